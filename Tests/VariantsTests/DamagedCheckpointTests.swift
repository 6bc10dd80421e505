import Foundation
import Testing
import Variants
import ZooCore

/// Checkpoints that a disk or chance has damaged: never believed, never a crash, never a hang.
///
/// `ZOO_MUTANTS=100000 swift test -c release --filter DamagedCheckpointTests` tries more of them,
/// and every place to cut.
@Suite(.serialized) final class DamagedCheckpointTests {
  static let count = ProcessInfo.processInfo.environment["ZOO_MUTANTS"].flatMap(Int.init) ?? 1000

  private let folder: String
  private let path: String
  private let recipe: Recipe
  private let data: any Dataset
  /// Every file of the checkpoint, as it was written.
  private let files: [(name: String, bytes: [UInt8])]

  /// A checkpoint with every kind of file that there is, and small enough for every place in it.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "zoo-\(UUID())").path
    try Files.createDirectory(folder)
    let json = """
      { "variant": "gan", "data": { "dataset": "ring8" },
        "generator": { "latent": { "size": 2 }, "layers": [{ "dense": 4 }, "relu", { "dense": 2 }] },
        "discriminator": { "layers": [{ "dense": 4 }, "relu", { "dense": 1 }] },
        "training": { "steps": 1, "batch": 2, "averageDecay": 0.9 } }
      """
    recipe = try Recipe(parsing: Array(json.utf8), file: "damaged.json", registry: builtIn)
    data = try DataLibrary(directory: folder).open(recipe.config.data).dataset
    try TrainingRun(recipe, on: data, in: "\(folder)/run", manifest: .object([])).run { _ in }
    let path = "\(folder)/run/checkpoints/step-000001"
    self.path = path
    files = try Files.list(path).map { ($0, try Files.read("\(path)/\($0)")) }
    try #require(files.count == 5 && files.reduce(0) { $0 + $1.bytes.count } <= 64 << 10)
  }

  deinit { try? Files.remove(folder) }

  /// Not `Files.write`: its syncs would take hours.
  private func put(_ bytes: [UInt8], as name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  private func expectRefused(_ what: @autoclosure () -> String) {
    do throws(ZooError) {
      _ = try Checkpoint(reading: path)
      Issue.record("believed: \(what())")
    } catch {
      #expect(error.kind == .data, "\(what()): \(error)")
    }
  }

  @Test func cutAtEveryPlace() throws {
    let total = files.reduce(0) { $0 + $1.bytes.count }
    let pace = max(1, total / Self.count)
    var cuts = 0
    let clock = ContinuousClock()
    let start = clock.now
    for (name, bytes) in files {
      for end in stride(from: 0, to: bytes.count, by: pace) {
        try put(Array(bytes[..<end]), as: name)
        expectRefused("\(name) cut to \(end) of \(bytes.count)")
        cuts += 1
      }
      try put(bytes + [0], as: name)
      expectRefused("\(name) with a byte more")
      try Files.remove("\(path)/\(name)")
      expectRefused("without \(name)")
      try put(bytes, as: name)
    }
    _ = try Checkpoint(reading: path)
    print("\(cuts) cuts of a checkpoint of \(total) bytes: all refused, \(clock.now - start)")
  }

  @Test func everyFlippedBitShows() throws {
    var random = Chance(seed: 7)
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<Self.count {
      let (name, bytes) = files[random.below(files.count)]
      let (place, bit) = (random.below(bytes.count), random.below(8))
      var flipped = bytes
      flipped[place] ^= 1 << bit
      try put(flipped, as: name)
      expectRefused("\(name): bit \(bit) of byte \(place) flipped")
      try put(bytes, as: name)
    }
    _ = try Checkpoint(reading: path)
    print("\(Self.count) flipped bits in a checkpoint: all refused, \(clock.now - start)")
  }

  /// Mutants of a file as they are, which the digests give away, and with the digests made right
  /// again, as only malice would: these reach what lies behind.
  @Test(arguments: [false, true])
  func nothingTrapsOrHangs(_ isSealed: Bool) throws {
    let manifest = try #require(files.first { $0.name == "manifest.json" }).bytes
    let trainer = try recipe.plan(for: data).trainer(on: data)
    var random = Chance(seed: isSealed ? 2 : 1)
    var (refused, equal, believed) = (0, 0, 0)
    var slowest = Duration.zero
    for number in 0..<Self.count {
      let (name, bytes) = files[number % files.count]
      var changed = random.mutant(of: bytes)
      if isSealed {
        changed = try seal(changed, name, manifest)
      } else {
        try put(changed, as: name)
      }
      let start = ContinuousClock.now
      do throws(ZooError) {
        try Checkpoint(reading: path).restore(trainer)
        if changed == bytes { equal += 1 } else { believed += 1 }
      } catch {
        // A sound manifest of another version is no damage.
        #expect(error.kind == .data || (isSealed && error.kind == .usage), "\(name): \(error)")
        refused += 1
      }
      slowest = max(slowest, ContinuousClock.now - start)
      try put(bytes, as: name)
      if isSealed { try put(manifest, as: "manifest.json") }
    }
    if !isSealed { #expect(believed == 0) }
    print(
      "\(Self.count) mutants of a checkpoint, digests \(isSealed ? "made right" : "as they were"): \(refused) refused, \(equal) equal to the original, \(believed) believed, slowest \(slowest)"
    )
  }

  /// Counters that no run reaches, and the first step after them would overflow.
  @Test(arguments: ["step", "samplesSeen", "optimizerSteps"])
  func countersAreBounded(_ key: String) throws {
    let manifest = try #require(files.first { $0.name == "manifest.json" }).bytes
    let trainer = try recipe.plan(for: data).trainer(on: data)
    for count in [Int.max, Int.max - 1, -1] {
      var members = try #require(
        try JSONDocument(parsing: manifest, name: "manifest.json").root.object)
      let place = try #require(members.firstIndex { $0.key == key })
      let steps: JSONValue = .array(Array(repeating: .number(count), count: 4))
      members[place].value =
        key == "optimizerSteps" ? ["generator": steps, "discriminator": steps] : .number(count)
      let changed = Array(JSONValue.object(members).compact().utf8)
      _ = try seal(changed, "manifest.json", manifest)
      let error = #expect(throws: ZooError.self) {
        try Checkpoint(reading: self.path).restore(trainer)
      }
      #expect(error?.kind == .data)
    }
  }

  /// A checkpoint of a version that counted batches is where it was.
  @Test func batchesOfEarlierVersionsAreSamples() throws {
    let manifest = try #require(files.first { $0.name == "manifest.json" }).bytes
    var members = try #require(
      try JSONDocument(parsing: manifest, name: "manifest.json").root.object)
    let place = try #require(members.firstIndex { $0.key == "samplesSeen" })
    #expect(members[place].value == 2)
    members[place] = .init("batchesSeen", 1)
    _ = try seal(
      Array(JSONValue.object(members).compact().utf8), "manifest.json", manifest)
    let trainer = try recipe.plan(for: data).trainer(on: data)
    try Checkpoint(reading: path).restore(trainer)
    #expect(trainer.samplesSeen == 2)
  }

  /// Puts a changed file in place with a manifest whose digests fit it.
  ///
  /// - Returns: The bytes that are in place under the file's name.
  private func seal(
    _ changed: [UInt8], _ name: String, _ manifest: [UInt8]
  ) throws -> [UInt8] {
    var members: [JSONValue.Member]
    if name == "manifest.json" {
      // What is no JSON any more goes in as it is.
      guard let root = try? JSONDocument(parsing: changed, name: name).root,
        let found = root.object
      else {
        try put(changed, as: name)
        return changed
      }
      members = found
    } else {
      members = try #require(try JSONDocument(parsing: manifest, name: name).root.object)
      try put(changed, as: name)
      let list = try #require(members.firstIndex { $0.key == "files" })
      let entries = try #require(members[list].value.array)
      members[list].value = .array(
        entries.map { entry in
          entry["name"]?.string != name
            ? entry
            : [
              "name": .string(name), "bytes": .number(changed.count),
              "sha256": .string(SHA256.hexDigest(of: changed)),
            ]
        })
    }
    members.removeAll { $0.key == "sha256" }
    let digest = SHA256.hexDigest(of: Array(JSONValue.object(members).compact().utf8))
    members.append(.init("sha256", .string(digest)))
    let sealed = Array((JSONValue.object(members).compact() + "\n").utf8)
    try put(sealed, as: "manifest.json")
    return name == "manifest.json" ? sealed : changed
  }
}

/// Seeded chance, so that a failing mutant can be made again.
private struct Chance {
  private let words: Philox
  private var drawn: UInt32 = 0

  init(seed: UInt32) { words = Philox(key: SIMD2(seed, 77)) }

  mutating func below(_ bound: Int) -> Int {
    drawn += 1
    return Int(words.block(SIMD4(drawn, 0, 0, 0))[0]) % bound
  }

  /// A damaged copy: one to three bytes flipped, replaced, inserted, removed or repeated, or the end
  /// cut off.
  mutating func mutant(of bytes: [UInt8]) -> [UInt8] {
    let striking: [UInt8] = [0, 0x7F, 0x80, 0xFF] + Array(#"{}[],:"\-.e0129"#.utf8)
    var bytes = bytes
    for _ in 0...below(3) where !bytes.isEmpty {
      let place = below(bytes.count)
      switch below(6) {
      case 0: bytes[place] ^= 1 << below(8)
      case 1: bytes[place] = striking[below(striking.count)]
      case 2: bytes.insert(striking[below(striking.count)], at: place)
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(contentsOf: bytes[place...].prefix(1 + below(16)), at: place)
      default: bytes.removeLast(below(bytes.count))
      }
    }
    return bytes
  }
}
