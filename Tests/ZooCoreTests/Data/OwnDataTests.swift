import Foundation
import Testing
import ZooCore

/// Data of the user's own: arrays, pack files, folders; and sets made of other sets.
@Suite final class OwnDataTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    try Files.createDirectory(folder)
  }

  deinit { try? Files.remove(folder) }

  private func open(
    _ name: String, _ path: String? = nil, _ change: (inout DataSettings) -> Void = { _ in }
  ) throws -> DataLibrary.Opened {
    var settings = DataSettings()
    settings.dataset = name
    settings.path = path
    change(&settings)
    return try DataLibrary(directory: folder).open(settings)
  }

  private func array(_ name: String) throws -> String {
    let resources = try #require(Bundle.module.resourcePath)
    return "\(resources)/Fixtures/arrays/\(name).npy"
  }

  @Test func arraysOfNumPyAreRead() throws {
    let colour = try open("npy", array("bytes-rgb")).dataset
    #expect(colour.count == 2 && colour.sampleShape == [3, 4, 3])
    #expect(try colour.values(of: [1]) == (36..<72).map { Float($0) / 255 })
    let grey = try open("npy", array("bytes-grey")).dataset
    #expect(grey.sampleShape == [3, 4, 1])
    #expect(
      try grey.values(of: [1, 0]) == (Array(12..<24) + Array(0..<12)).map { Float($0) / 255 })
    for name in ["floats", "doubles"] {
      let floats = try open("npy", array(name)).dataset
      #expect(try floats.values(of: [0, 1]) == (0..<24).map { Float(Double($0) / 23) })
    }
    let points = try open("npy", array("points")).dataset
    #expect(points.sampleShape == [2] && points.count == 3)
    #expect(try points.values(of: [2, 0]) == [1e-3, 7, 0.5, -2])
  }

  @Test(arguments: [
    ("out-of-range", "expected pixels in 0...1, found 1.5"), ("fortran", "Fortran order"),
    ("strings", "expected uint8"), ("vector", "expected images or points"),
  ])
  func otherArraysAreExplained(_ name: String, _ problem: String) throws {
    let error = try #require(throws: ZooError.self) { try self.open("npy", self.array(name)) }
    #expect(error.kind == .data && error.description.contains(problem), "\(error)")
  }

  @Test func damagedArraysAreRefused() throws {
    let bytes = try Files.read(array("bytes-grey"))
    for end in 0..<bytes.count {
      #expect(throws: ZooError.self, "cut to \(end)") {
        try NPY.decode(Array(bytes[..<end]), name: "cut")
      }
    }
    // A shape whose product wraps around to the true size.
    let header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (4194305, 4194305, 211106198978564), }\n"
    let hostile =
      Array(bytes[..<8]) + [UInt8(header.utf8.count), 0] + Array(header.utf8) + [1, 2, 3, 4]
    #expect(throws: ZooError.self) { try NPY.decode(hostile, name: "hostile") }
  }

  @Test func numPyReadsWhatIsWritten() throws {
    let written = NPY.encode([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(written.count % 64 == 24)
    let read = try NPY.decode(written, name: "again")
    guard case .numbers(let numbers) = read.values else { return #expect(Bool(false)) }
    #expect(read.shape == [3, 2] && numbers == [1, 2, 3, 4, 5, 6])
  }

  private func pack(_ images: ByteImages) throws -> String {
    let path = "\(folder)/set.zoopack"
    let size = images.sampleShape.elementCount
    let kept = try PackFile.write(
      to: path, name: "packed", sampleShape: images.sampleShape, classNames: images.classNames,
      count: images.count
    ) { index throws(ZooError) in
      // One image is left out, as a broken picture would be.
      index == 3
        ? nil
        : (Array(images.bytes[index * size..<(index + 1) * size]), Int(images.labels[index]))
    }
    #expect(kept == images.count - 1)
    return path
  }

  @Test func packFilesGiveBackWhatWentIn() throws {
    let images = ByteImages.strokeDigits(count: 10)
    let packed = try PackFile(pack(images))
    #expect(packed.count == 9 && packed.sampleShape == images.sampleShape)
    #expect(try packed.isIntact())
    #expect(packed.classNames == images.classNames)
    #expect(
      (0..<9).map { packed.label(at: $0) }
        == [0, 1, 2, 4, 5, 6, 7, 8, 9].map { images.label(at: $0) })
    #expect(try packed.values(of: [8, 0, 3]) == images.values(of: [9, 0, 4]))
  }

  @Test func damagedPackFilesAreRefused() throws {
    let path = try pack(ByteImages.strokeDigits(count: 10))
    let bytes = try Files.read(path)
    let damaged = "\(folder)/damaged"
    let trailer = 9 * 784 + 18
    for cut in stride(from: 0, to: bytes.count, by: 37) {
      try Data(bytes[..<cut]).write(to: URL(filePath: damaged))
      let error = #expect(throws: ZooError.self, "cut to \(cut)") { try PackFile(damaged) }
      #expect(error?.kind == .data)
    }
    for place in trailer..<bytes.count {
      var flipped = bytes
      flipped[place] ^= 1 << (place % 8)
      try Data(flipped).write(to: URL(filePath: damaged))
      #expect(throws: ZooError.self, "bit flipped at \(place)") { try PackFile(damaged) }
    }
    // A flipped pixel or label shows when one asks.
    for place in [5, trailer - 1] {
      var flipped = bytes
      flipped[place] ^= 0x80
      try Data(flipped).write(to: URL(filePath: damaged))
      let opened = try PackFile(damaged)
      #expect(try !opened.isIntact())
      #expect((0..<9).allSatisfy { 0..<10 ~= opened.label(at: $0) ?? -1 })
    }
  }

  @Test func aMissingPathIsNamedAsItWasGiven() throws {
    let error = try #require(throws: ZooError.self) { try self.open("npy", "none.npy") }
    #expect(error.findings[0].place == "none.npy")
    #expect(error.findings[0].problem.hasSuffix("neither from here nor in \(folder)"), "\(error)")
  }

  @Test func foldersOfPicturesTrain() throws {
    let photos = "\(folder)/photos"
    for (name, shade) in [("b/2.png", 200), ("a/1.png", 100), ("a/0.png", 0)] {
      try Files.createDirectory("\(photos)/\(name.prefix(1))")
      let pixels = [UInt8](repeating: UInt8(shade), count: 6 * 4 * 3)
      try Files.write(
        PNG.encode(pixels, width: 6, height: 4, channels: 3), to: "\(photos)/\(name)")
    }
    try Files.write(Array("no picture".utf8), to: "\(photos)/a/broken.png")
    let error = try #require(throws: ZooError.self) { try self.open("folder", photos) }
    #expect(error.kind == .data && error.description.contains("1 of 4 pictures"), "\(error)")
    let opened = try open("folder", photos) {
      ($0.size, $0.channels, $0.broken) = ([2, 3], 1, .skip)
    }
    #expect(opened.notice?.contains("left out 1 of 4 pictures") == true)
    let set = opened.dataset
    #expect(set.count == 3 && set.sampleShape == [2, 3, 1] && set.classNames == ["a", "b"])
    #expect((0..<3).map { set.label(at: $0) } == [0, 0, 1])
    for _ in 0..<2 {
      #expect(
        try set.values(of: [0, 1, 2])
          == [0, 100, 200].flatMap { Array(repeating: Float($0) / 255, count: 6) })
    }
    #expect(throws: ZooError.self) { try self.open("folder", nil) }
    #expect(throws: ZooError.self) { try self.open("stroke-digits", photos) }
  }

  /// A folder in which the second of three pictures of class a passes the check, but not the decoder.
  private func photosWithADamagedOne() throws -> String {
    let photos = "\(folder)/damaged"
    for (name, shade) in [("a/0", 0), ("a/1", 100), ("a/2", 51), ("b/3", 255)] {
      try Files.createDirectory("\(photos)/\(name.prefix(1))")
      var file = PNG.encode(
        [UInt8](repeating: UInt8(shade), count: 12), width: 2, height: 2, channels: 3)
      // Within the data, whose checksum is then another.
      if shade == 100 { file[file.count - 20] ^= 1 }
      try Files.write(file, to: "\(photos)/\(name).png")
    }
    return photos
  }

  @Test(.needsPNG, arguments: [0, 1 << 20])
  func anotherPictureOfTheClassStandsInForOneThatDoesNotDecode(_ memory: Int) throws {
    let photos = try photosWithADamagedOne()
    var settings = DataSettings()
    (settings.dataset, settings.size, settings.broken) = ("folder", [1, 1], .skip)
    let (pictures, notice) = try DataLibrary.images(in: photos, settings)
    #expect(notice == nil)
    // In whatever order they are asked for.
    for order in [[0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [1, 1, 1, 1]] {
      let set = FolderImages(pictures, memory: memory, standsIn: true)
      let shades: [Float] = [0, 0.2, 0.2, 1]
      for _ in 0..<2 {
        #expect(
          try set.values(of: order) == order.flatMap { [shades[$0], shades[$0], shades[$0]] })
      }
      #expect(set.label(at: 1) == 0)
      let remarks = set.takeRemarks()
      #expect(remarks.count == 1 && set.takeRemarks().isEmpty)
      #expect(remarks.first?.findings[0].place == "\(photos)/a/1.png")
      #expect(remarks.first?.findings[0].problem.hasSuffix("; a/2.png stands in for it") == true)
      #expect(set.digest == FolderImages(pictures, memory: memory).digest)
    }
    let strict = FolderImages(pictures, memory: memory)
    let error = try fault { () throws(ZooError) in try strict.values(of: [1]) }
    #expect(error.kind == .data && error.description.contains("--set data.broken=skip"), "\(error)")
    // After the last of a class comes its first; and where none is left it is an error.
    try Files.write(Files.read("\(photos)/a/1.png"), to: "\(photos)/a/2.png")
    let set = FolderImages(pictures, memory: memory, standsIn: true)
    #expect(try set.values(of: [2, 1]) == [Float](repeating: 0, count: 6))
    try Files.write(Files.read("\(photos)/a/1.png"), to: "\(photos)/b/3.png")
    let alone = try fault { () throws(ZooError) in try set.values(of: [3]) }
    #expect(alone.kind == .data && alone.description.contains("none in its class"), "\(alone)")
    // A file that is gone is no reason to take another: which bits follow would depend on when.
    try Files.remove("\(photos)/a/0.png")
    let fresh = FolderImages(pictures, memory: memory, standsIn: true)
    #expect(throws: ZooError.self) { try fresh.values(of: [0]) }
  }

  @Test func stackedDigitsAreTriples() throws {
    let digits = ByteImages.strokeDigits(count: 20)
    let stacked = StackedDigits(digits)
    #expect(stacked.sampleShape == [28, 28, 3] && stacked.classNames?.count == 1000)
    #expect(stacked.classNames?[407] == "407")
    let singles = try (0..<20).map { try digits.values(of: [$0]) }
    for index in [0, 1, 127_999] {
      let pixels = try stacked.values(of: [index])
      let classes = (0..<3).map { channel in
        let plane = stride(from: channel, to: pixels.count, by: 3).map { pixels[$0] }
        return singles.firstIndex(of: plane).flatMap { digits.label(at: $0) }
      }
      let label = try #require(stacked.label(at: index))
      #expect(classes == [label / 100, label / 10 % 10, label % 10])
    }
    let seen = Set((0..<5000).compactMap { stacked.label(at: $0) })
    // 1,000 equally likely classes: 5000 draws leave out about e⁻⁵ of them.
    #expect(seen.count > 970)
    #expect(try open("stacked-stroke-digits").dataset.count == 128_000)
  }

  @Test func cifar100HasAHundredClasses() throws {
    let set = "\(folder)/cifar-100-binary"
    try Files.createDirectory(set)
    var record = [UInt8](repeating: 0, count: 3074)
    (record[0], record[1], record[2], record[2 + 1024]) = (19, 99, 51, 255)
    try Files.write(record, to: set + "/train.bin")
    var dataset = try open("cifar-100").dataset
    #expect(dataset.classNames?.count == 100 && dataset.label(at: 0) == 99)
    #expect(try Array(dataset.values(of: [0])[..<3]) == [0.2, 1, 0])
    try Files.write((0..<100).map { "name\($0)\n" }.joined(), to: set + "/fine_label_names.txt")
    dataset = try open("cifar-100").dataset
    #expect(dataset.classNames?[99] == "name99")
    record[1] = 100
    try Files.write(record, to: set + "/train.bin")
    #expect(throws: ZooError.self) { try self.open("cifar-100") }
  }

  /// Half of the images of an epoch, others in the next, the same ones each time.
  @Test func mirroredImagesAreTurnedHalfOfTheTime() throws {
    let images = ByteImages(
      name: "pairs", bytes: (0..<200).flatMap { _ in [0, 102, 255] }, sampleShape: [1, 3, 1])
    func turned(_ numbers: Range<Int>) throws -> [Bool] {
      let source = BatchSource(images, batch: 100, seed: 3, range: 0...1, mirrored: true)
      return try numbers.flatMap { number in
        let values = try source.batch(number).samples.floats
        return try (0..<100).map { row in
          let image = Array(values[3 * row..<3 * row + 3])
          try #require(image == [0, 0.4, 1] || image == [1, 0.4, 0])
          return image == [1, 0.4, 0]
        }
      }
    }
    let first = try turned(0..<4)
    // 400 fair coins: 200 ± 3 standard deviations of 10.
    #expect(abs(first.count { $0 } - 200) < 30)
    #expect(first[..<200] != first[200...])
    #expect(try turned(1..<4) == Array(first[100...]))
  }
}
