import Foundation
import Testing
import ZooCore

/// Files that chance has damaged: every reader answers with what it read or with an error, soon, and
/// never ends the program.
///
/// `ZOO_MUTANTS=100000 swift test -c release --filter MutantTests` tries more of them.
@Suite(.serialized) struct MutantTests {
  struct Reader: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let seeds: [[UInt8]]
    let read: @Sendable ([UInt8]) throws -> Void
  }

  static let count = ProcessInfo.processInfo.environment["ZOO_MUTANTS"].flatMap(Int.init) ?? 1000

  static let readers: [Reader] = {
    let digits = ByteImages.strokeDigits(count: 2)
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28] + digits.bytes
    var record = [UInt8](repeating: 7, count: 3073)
    record[0] = 3
    let pictures = ["rgb.png", "palette.png", "rgba-16.png", "grey.png"]
    let photos = ["progressive.jpg", "restarts.jpg"]
    func fixtures(_ names: [String]) -> [[UInt8]] {
      names.compactMap { try? ImageFixtures.bytes($0) }
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "zoo-mutant-\(getpid())").path
    func pack() -> [UInt8] {
      defer { try? Files.remove(file) }
      _ = try? PackFile.write(
        to: file, name: "m", sampleShape: [28, 28, 1], classNames: ["a", "b"], count: 2
      ) { index throws(ZooError) in
        (Array(digits.bytes[index * 784..<(index + 1) * 784]), index)
      }
      return (try? Files.read(file)) ?? []
    }
    return [
      Reader(testDescription: "IDX", seeds: [images]) {
        _ = try IDX.parse($0, rank: 3, name: "mutant")
      },
      Reader(testDescription: "gzip", seeds: [Gzip.deflate(images)]) {
        _ = try Gzip.inflate($0, limit: 1 << 20, name: "mutant")
      },
      Reader(testDescription: "CIFAR", seeds: [record + record]) { bytes in
        var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
        try CIFAR.sets[0].parse(bytes, name: "mutant", classes: 10, &pixels, &labels)
      },
      Reader(testDescription: "PNG", seeds: fixtures(pictures)) {
        _ = try ImageReader.read($0, name: "mutant")
      },
      Reader(testDescription: "JPEG", seeds: fixtures(photos)) {
        _ = try ImageReader.read($0, name: "mutant")
      },
      Reader(testDescription: "npy", seeds: [NPY.encode([1, 2, 3, 4, 5, 6], shape: [3, 2])]) {
        _ = try NPY.decode($0, name: "mutant")
      },
      Reader(testDescription: "pack file", seeds: [pack()]) { bytes in
        try Data(bytes).write(to: URL(filePath: file))
        defer { try? Files.remove(file) }
        let set = try PackFile(file)
        _ = try set.values(of: [0, set.count - 1])
        _ = set.label(at: set.count - 1)
      },
    ]
  }()

  @Test(arguments: readers.indices)
  func nothingTrapsOrHangs(_ index: Int) throws {
    let reader = Self.readers[index]
    try #require(!reader.seeds.isEmpty && reader.seeds.allSatisfy { !$0.isEmpty })
    var random = SplitMix(seed: 2026)
    var (slowest, read) = (Duration.zero, 0)
    for number in 0..<Self.count {
      let bytes = mutant(of: reader.seeds[number % reader.seeds.count], &random)
      let start = ContinuousClock.now
      do {
        try reader.read(bytes)
        read += 1
      } catch {
        // An error of ours, which says where.
        let error = try #require(error as? ZooError)
        #expect(!error.description.isEmpty)
      }
      slowest = max(slowest, ContinuousClock.now - start)
    }
    #expect(slowest < .seconds(2))
    let peak = try #require(Self.peakMemory)
    print(
      "\(reader.testDescription): \(Self.count) mutants, \(read) read, slowest \(slowest), peak \(peak >> 20) MB"
    )
    // The bound of the whole test process, other tests included where they run in it.
    if Self.count > 10_000 { #expect(peak < 256 << 20) }
  }

  /// Bytes that the process has held at most, as Linux tells; 0 elsewhere.
  static var peakMemory: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return 0
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 }
  }
}
