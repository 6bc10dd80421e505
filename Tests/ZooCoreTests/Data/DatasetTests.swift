import Foundation
import Testing
import ZooCore

@Suite struct DatasetTests {
  private let header: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3]

  @Test func idxIsReadPlainAndCompressed() throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
    let bytes = header + [1, 2, 3, 4, 5, 6]
    for (name, content) in [("plain", bytes), ("packed", Gzip.deflate(bytes))] {
      try Files.write(content, to: "\(folder)/\(name)")
      let array = try IDX.read("\(folder)/\(name)", rank: 3)
      #expect(array.shape == [2, 1, 3] && array.bytes == [1, 2, 3, 4, 5, 6])
    }
    try Files.remove(folder)
  }

  /// Planes of red, green and blue become pixels; a broken record is a fault.
  @Test func cifarIsReadPlaneByPlane() throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    let set = folder + "/cifar-10-batches-bin"
    try Files.createDirectory(set)
    defer { try? Files.remove(folder) }
    var settings = DataSettings()
    settings.dataset = "cifar-10"
    let library = DataLibrary(directory: folder)
    #expect(throws: ZooError.self) { try library.open(settings) }
    var record = [UInt8](repeating: 0, count: 3073)
    (record[0], record[1], record[1 + 1024], record[1 + 2048]) = (7, 51, 102, 255)
    try Files.write(record + record, to: set + "/data_batch_2.bin")
    let dataset = try library.open(settings).dataset
    #expect(dataset.count == 2 && dataset.sampleShape == [32, 32, 3])
    #expect(dataset.label(at: 1) == 7 && dataset.classNames?[7] == "horse")
    #expect(try Array(dataset.values(of: [1])[..<4]) == [0.2, 0.4, 1, 0])
    for broken in [[], Array(record.dropLast()), [10] + record.dropFirst()] {
      try Files.write(broken, to: set + "/data_batch_2.bin")
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.kind == .data)
    }
  }

  @Test(arguments: 0..<16)
  func truncatedHeadersAreFaults(_ length: Int) {
    let error = #expect(throws: ZooError.self) {
      try IDX.parse(Array(header[..<length]), rank: 3, name: "f")
    }
    #expect(error?.kind == .data)
  }

  /// Any file gives an array or an error, and never ends the program.
  @Test func mutantsNeverTrap() throws {
    let bytes = header + [1, 2, 3, 4, 5, 6]
    let words = RandomStream(seed: 8, purpose: .noise).integers(30_000, below: 1 << 16)
    for mutant in 0..<10_000 {
      var changed = bytes
      changed[Int(words[3 * mutant]) % bytes.count] = UInt8(words[3 * mutant + 1] & 255)
      if words[3 * mutant + 2] % 4 == 0 {
        changed.removeLast(Int(words[3 * mutant + 2]) % changed.count)
      }
      if let array = try? IDX.parse(changed, rank: 3, name: "mutant") {
        #expect(array.bytes.count == array.shape.reduce(1, *))
      }
    }
  }

  @Test func strokeDigitsAreDrawnAlikeEverywhere() {
    let digits = StrokeDigits(seed: 1)
    let first = digits.image(at: 3)
    #expect(first == StrokeDigits(seed: 1).image(at: 3))
    #expect(first != StrokeDigits(seed: 2).image(at: 3))
    #expect(first != digits.image(at: 13))
    // The drawing of the first hundred digits, as it was when the set was first looked at.
    var hash = SHA256()
    for index in 0..<100 { hash.update(digits.image(at: index)) }
    #expect(
      SHA256.hex(hash.finalize())
        == "729e1bb70326e99495c1382b777e08f33d1de8486b96c2469696961d16e9da53")
  }

  @Test func strokeDigitsHaveMNISTsInk() throws {
    let digits = ByteImages.strokeDigits(count: 2000)
    #expect(digits.sampleShape == [28, 28, 1] && digits.classNames?.count == 10)
    for digit in 0..<10 {
      #expect(digits.labels.count { $0 == digit } == 200)
    }
    let pixels = try digits.values(of: Array(0..<2000)).map(Double.init)
    let mean = pixels.reduce(0, +) / Double(pixels.count)
    let square = pixels.reduce(0) { $0 + $1 * $1 } / Double(pixels.count)
    // MNIST: mean 0.1307, deviation 0.3081; a tenth of that to either side.
    #expect(abs(mean - 0.1307) < 0.013 && abs((square - mean * mean).squareRoot() - 0.3081) < 0.03)
  }

  /// Real MNIST, where a folder with it is named.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["ZOO_DATA_DIR"] != nil,
      "ZOO_DATA_DIR names no folder with real MNIST"))
  func realMNIST() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["ZOO_DATA_DIR"])
    let opened = try DataLibrary(directory: folder).open(DataSettings())
    let dataset = try #require(opened.dataset as? ByteImages)
    #expect(dataset.count == 60_000 && dataset.sampleShape == [28, 28, 1])
    // The first labels, and how often each class occurs: published with the set.
    #expect(dataset.labels.prefix(10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    let counts = (0..<10).map { digit in dataset.labels.count { $0 == digit } }
    #expect(counts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    let mean = dataset.bytes.reduce(0) { $0 + Int($1) }
    #expect(abs(Double(mean) / 255 / Double(dataset.bytes.count) - 0.1307) < 1e-4)
  }
}
