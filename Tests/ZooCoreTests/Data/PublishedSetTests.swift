import Foundation
import Testing
import ZooCore

/// Published sets in the folders and under the names that people have them.
@Suite final class PublishedSetTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
  }

  deinit { try? Files.remove(folder) }

  private func open(
    _ name: String, in directory: String? = nil, fallback: String? = nil
  ) throws -> DataLibrary.Opened {
    var settings = DataSettings()
    (settings.dataset, settings.fallback) = (name, fallback)
    return try DataLibrary(directory: directory ?? folder).open(settings)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Files.createDirectory(Files.split("\(folder)/\(path)").directory)
    try Files.write(bytes, to: "\(folder)/\(path)")
  }

  /// Two images of two rows and three columns.
  private static let images: [UInt8] =
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (0..<12).map { 20 * $0 }
  private static func labels(_ values: UInt8...) -> [UInt8] {
    [0, 0, 8, 1, 0, 0, 0, 2] + values
  }

  @Test(arguments: [
    ("mnist/train-images-idx3-ubyte", "mnist/train-labels-idx1-ubyte"),
    ("mnist/train-images.idx3-ubyte", "mnist/train-labels.idx1-ubyte"),
    ("MNIST/raw/train-images-idx3-ubyte.gz", "MNIST/raw/train-labels-idx1-ubyte"),
    (
      "mnist/train-images-idx3-ubyte/train-images-idx3-ubyte",
      "mnist/train-labels-idx1-ubyte/train-labels-idx1-ubyte"
    ),
  ])
  func mnistIsFoundAsOthersNameIt(_ images: String, _ labels: String) throws {
    try write(images.hasSuffix(".gz") ? Gzip.deflate(Self.images) : Self.images, to: images)
    try write(Self.labels(7, 9), to: labels)
    let library = DataLibrary(directory: folder)
    #expect(library.missing("mnist") == nil)
    let set = try open("mnist").dataset
    #expect(set.count == 2 && set.sampleShape == [2, 3, 1])
    #expect(set.label(at: 0) == 7 && set.label(at: 1) == 9)
    #expect(try set.values(of: [1])[0] == 120 / 255)
    let presence = try #require(try library.presence(of: "mnist"))
    #expect(presence.folder == "\(folder)/\(images.hasPrefix("MNIST") ? "MNIST/raw" : "mnist")")
    #expect(presence.missing == ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
  }

  @Test func theFolderItselfMayBeNamed() throws {
    try write(Self.images, to: "MNIST/raw/train-images-idx3-ubyte")
    try write(Self.labels(1, 2), to: "MNIST/raw/train-labels-idx1-ubyte")
    #expect(try open("mnist", in: "\(folder)/MNIST/raw/").dataset.count == 2)
    // The names of its files are those of MNIST, so only the folder tells.
    #expect(throws: ZooError.self) { try self.open("kmnist", in: "\(self.folder)/MNIST/raw") }
  }

  /// EMNIST's labels of letters start at 1, its images lie column by column.
  @Test(arguments: [
    ("letters", [UInt8(1), 26], ["A", "Z"], [Int32(0), 25], 26),
    ("byclass", [10, 61], ["A", "z"], [10, 61], 62),
    ("balanced", [36, 46], ["a", "t"], [36, 46], 47),
    ("digits", [0, 9], ["0", "9"], [0, 9], 10),
  ])
  func emnistHasItsClasses(
    _ split: String, _ written: [UInt8], _ names: [String], _ labels: [Int32], _ count: Int
  ) throws {
    let name = "emnist-\(split)"
    try write(Self.images, to: "emnist/\(name)-train-images-idx3-ubyte")
    try write(Self.labels(written[0], written[1]), to: "emnist/\(name)-train-labels-idx1-ubyte")
    let set = try open(name).dataset
    #expect(set.sampleShape == [3, 2, 1] && set.classNames?.count == count)
    #expect((0..<2).map { set.label(at: $0) } == labels)
    #expect(labels.map { set.classNames?[Int($0)] } == names)
    #expect(
      try set.values(of: [0]) == [0, 60, 20, 80, 40, 100].map { Float($0) / 255 })
  }

  @Test func labelsOutsideTheClassesAreRefused() throws {
    try write(Self.images, to: "mnist/train-images-idx3-ubyte")
    try write(Self.labels(3, 26), to: "mnist/train-labels-idx1-ubyte")
    let error = try #require(throws: ZooError.self) { try self.open("mnist") }
    #expect(error.kind == .data && error.description.contains("0...9, found 26"), "\(error)")
    #expect(error.description.contains("emnist-letters"))
    try write(Self.images, to: "emnist/emnist-letters-train-images-idx3-ubyte")
    try write(Self.labels(0, 26), to: "emnist/emnist-letters-train-labels-idx1-ubyte")
    let zero = try #require(throws: ZooError.self) { try self.open("emnist-letters") }
    #expect(zero.description.contains("1...26, found 0"), "\(zero)")
  }

  /// QMNIST tells eight numbers of each digit, the first of which is its class.
  @Test func qmnistHasColumnsOfLabels() throws {
    let header: [UInt8] = [0, 0, 0x0C, 2, 0, 0, 0, 2, 0, 0, 0, 8]
    let rows = [[4, 1, 2, 3, 4, 5, 6, 7], [8, -1, 9, 9, 9, 9, 9, 9]].map { row in
      row.flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: Int32(number) >> (24 - 8 * Int32($0))) }
      }
    }
    let bytes = header + rows.flatMap { $0 }
    try write(Self.images, to: "QMNIST/raw/qmnist-train-images-idx3-ubyte")
    try write(Gzip.deflate(bytes), to: "QMNIST/raw/qmnist-train-labels-idx2-int.gz")
    let set = try open("qmnist").dataset
    #expect(set.count == 2 && set.label(at: 0) == 4 && set.label(at: 1) == 8)
    for end in 0..<bytes.count {
      #expect(throws: ZooError.self, "cut to \(end)") {
        try IDX.parseLabels(Array(bytes[..<end]), name: "cut")
      }
    }
  }

  @Test func whatIsNotThereIsToldWithWhatIs() throws {
    try write([1], to: "mnist/train.csv")
    let error = try #require(throws: ZooError.self) { try self.open("mnist") }
    #expect(error.kind == .data && error.findings[0].place == "\(folder)/mnist")
    for part in ["looked for train-images-idx3-ubyte and", "MNIST/raw", "mnist has train.csv"] {
      #expect(error.description.contains(part), "\(error)")
    }
    try write([1], to: "cifar-10-batches-py/data_batch_1")
    let cifar = try #require(throws: ZooError.self) { try self.open("cifar-10") }
    for part in [
      "looked for data_batch_1.bin to data_batch_5.bin in cifar-10-batches-bin",
      "\(folder) has cifar-10-batches-py, mnist", "the same images for Python",
    ] {
      #expect(cifar.description.contains(part), "\(cifar)")
    }
    let notice = try open("cifar-100", fallback: "ring8").notice
    #expect(notice?.contains("looked for train.bin") == true)
    #expect(
      try #require(throws: ZooError.self) { try self.open("kmnist", in: "/nonexistent") }
        .description.contains("there is no /nonexistent"))
    // Images without labels.
    try write(Self.images, to: "mnist/train-images-idx3-ubyte")
    let half = try #require(throws: ZooError.self) { try self.open("mnist") }
    #expect(half.description.contains("mnist has train-images-idx3-ubyte, train.csv"), "\(half)")
  }

  @Test func batchesThatAreMissingAreCounted() throws {
    let batch = [UInt8](repeating: 1, count: 10_000 * 3073)
    try write(batch, to: "cifar-10-batches-bin/data_batch_1.bin")
    try write(batch, to: "cifar-10-batches-bin/test_batch.bin")
    let library = DataLibrary(directory: folder)
    let presence = try #require(try library.presence(of: "cifar-10"))
    #expect(presence.images == 10_000 && presence.published == 50_000 && presence.isPartial)
    let gap =
      "10,000 of 50,000 training images; missing data_batch_2.bin, data_batch_3.bin, "
      + "data_batch_4.bin, data_batch_5.bin"
    #expect(presence.gap == gap)
    // A run hears of it too; fewer images are sooner read.
    let file = try #require(
      FileHandle(forWritingAtPath: "\(folder)/cifar-10-batches-bin/data_batch_1.bin"))
    try file.truncate(atOffset: 10 * 3073)
    let notice = try open("cifar-10").notice
    #expect(notice?.hasPrefix("\(folder)/cifar-10-batches-bin: 10 of 50,000 training") == true)
    #expect(notice?.hasSuffix("; zoo data fetch cifar-10 fetches them") == true)
  }

  /// In the place of a folder of pictures something else is data that are not there: exit code 4.
  @Test func whatIsNoFolderIsAFaultOfData() throws {
    try write([1, 2], to: "file")
    for path in ["\(folder)/file", "\(folder)/nothing"] {
      let error = try #require(throws: ZooError.self) {
        try DataLibrary.images(in: path, DataSettings())
      }
      #expect(error.kind == .data && error.findings[0].place == path, "\(error)")
    }
    try Files.createDirectory("\(folder)/mnist/train-images-idx3-ubyte.gz")
    let mnist = try #require(Catalog.entry(named: "mnist"))
    let error = try #require(throws: ZooError.self) { try mnist.verify(in: self.folder) }
    #expect(error.kind == .data, "\(error)")
  }

  @Test func theHomeFolderIsKnownByItsSign() throws {
    let home = try #require(ProcessInfo.processInfo.environment["HOME"])
    #expect(Files.expandingHome("~/x/y") == "\(home)/x/y" && Files.expandingHome("~") == home)
    for path in ["~other/x", "a/~/b", "", "/~"] { #expect(Files.expandingHome(path) == path) }
    // A config's path leads there too: this one is nobody's.
    var settings = DataSettings()
    (settings.dataset, settings.path) = ("npy", "~/zoo-\(UUID().uuidString).npy")
    let error = try #require(throws: ZooError.self) {
      try DataLibrary(directory: self.folder).open(settings)
    }
    #expect(error.findings[0].problem == "there is no such folder or file", "\(error)")
    #expect(error.findings[0].advice?.contains(home) == true)
  }
}
