import Foundation
import Testing
import Variants
import ZooCore

/// Configs that chance has damaged, from every shipped one: an error with a place, or a config.
///
/// `ZOO_MUTANTS=100000 swift test -c release --filter ConfigMutantTests` tries more of them.
@Suite struct ConfigMutantTests {
  @Test func nothingTrapsOrHangs() throws {
    let count = ProcessInfo.processInfo.environment["ZOO_MUTANTS"].flatMap(Int.init) ?? 2000
    let seeds = try ConfigsTests.names.map {
      try Files.read(ConfigsTests.folder.appending(path: $0).path, limit: 1 << 20)
    }
    let words = Philox(key: SIMD2(5, 77))
    var slowest = Duration.zero
    for number in 0..<count {
      var bytes = seeds[number % seeds.count]
      let block = words.block(SIMD4(UInt32(number), 0, 0, 0))
      for change in 0..<Int(1 + block[0] % 3) {
        let draw = words.block(SIMD4(UInt32(number), 1, UInt32(change), 0))
        let place = Int(draw[0]) % bytes.count
        switch draw[1] % 5 {
        case 0: bytes[place] ^= 1 << (draw[2] % 8)
        case 1: bytes[place] = Array("{}[]:,\"0-9.eE".utf8)[Int(draw[2]) % 13]
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: bytes[place...].prefix(Int(1 + draw[2] % 20)), at: place)
        default: bytes.replaceSubrange(place..<place, with: Array("99999999".utf8))
        }
      }
      let start = ContinuousClock.now
      do throws(ZooError) {
        let recipe = try Recipe(parsing: bytes, file: "mutant.json", registry: builtIn)
        _ = try recipe.plan(for: [28, 28, 1], classes: 10)
      } catch {
        #expect(error.kind == .usage && !error.description.isEmpty)
      }
      slowest = max(slowest, ContinuousClock.now - start)
    }
    #expect(slowest < .seconds(2))
  }
}
