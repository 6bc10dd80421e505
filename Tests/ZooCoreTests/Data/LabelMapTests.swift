import Foundation
import Testing
import ZooCore

/// Maps of labels: how networks read them, the scenes that are drawn by them, and those of folders.
@Suite struct LabelMapTests {
  private let library = DataLibrary(directory: "nowhere")

  /// One channel for each class, and the borders of things: both pixels beside a border.
  @Test func encodedMaps() {
    let maps = LabelMaps(classes: 3, hasInstances: true)
    // Classes 0 2 2 / 0 2 1, things 0 1 2 / 0 1 3.
    let encoded = maps.encoded(
      Tensor([0, 0, 2, 1, 2, 2, 0, 0, 2, 1, 1, 3] as [Float], shape: [1, 2, 3, 2]))
    let expected: [Float] = [
      1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1,
      1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1,
    ]
    #expect(encoded.shape == [1, 2, 3, 4] && encoded.floats == expected)
    let alone = LabelMaps(classes: 2, hasInstances: false)
      .encoded(Tensor([1, 0] as [Float], shape: [1, 1, 2, 1]))
    #expect(alone.floats == [0, 1, 1, 0])
  }

  @Test func scenesShowWhatTheirMapsSay() throws {
    var settings = DataSettings()
    (settings.dataset, settings.pad) = ("stroke-digits", 32)
    settings.source = SourceSettings(made: .scenes)
    let data = try library.open(settings).dataset
    let domain = try #require(data.source)
    let maps = try #require(domain.images.labelMaps)
    #expect(data.sampleShape == [64, 64, 3] && domain.images.sampleShape == [64, 64, 2])
    #expect(maps.classes == 11 && maps.hasInstances && data.classNames == nil)
    var found = Set<Int>()
    for number in 0..<20 {
      let (map, picture) = (
        try domain.images.values(of: [number]), try data.values(of: [number])
      )
      let labels = stride(from: 0, to: map.count, by: 2).map { Int(map[$0]) }
      let things = stride(from: 1, to: map.count, by: 2).map { Int(map[$0]) }
      // The digit's class is that of the dataset; each thing has one class.
      #expect(maps.classes(ofPicture: picture[...]) == labels)
      #expect(Set(zip(labels, things).map { "\($0) \($1)" }).count == Set(things).count)
      #expect(Set(things).isSubset(of: [0, 1, 2, 3]) && things.contains(3))
      found.formUnion(labels)
    }
    #expect(found == Set(0...10))
    // Values stay as they are, whatever pixels are mapped to.
    let batch = try data.batch(of: [0], range: -1...1)
    #expect(try batch.condition.source?.floats == domain.images.values(of: [0]))
    let source = BatchSource(data, batch: 2, seed: 1, range: -1...1)
    #expect(try source.batch(0).condition.source?.floats.max() ?? 0 > 1)
    settings.source?.direction = .back
    #expect(throws: ZooError.self) { try library.open(settings) }
  }

  /// As in arXiv:1411.4038: shares of pixels, means over classes that are asked for, and IoU.
  @Test func segmentation() {
    var counts = Segmentation(classes: 3)
    counts.add([0, 0, 0, 1], [0, 0, 1, 1])
    #expect(counts.pixelAccuracy == 0.75)
    #expect(abs(counts.classAccuracy - (2.0 / 3 + 1) / 2) < 1e-12)
    #expect(abs(counts.intersectionOverUnion - (2.0 / 3 + 1.0 / 2) / 2) < 1e-12)
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    defer { try? Files.remove(folder) }
    try body(folder)
  }

  private func write(_ path: String, _ levels: [UInt8], width: Int) throws {
    try Files.createDirectory(Files.split(path).directory)
    try Files.write(
      PNG.encode(levels, width: width, height: levels.count / width, channels: 1), to: path)
  }

  @Test func mapsOfAFolder() throws {
    try inFolder { root in
      for name in ["a", "b", "c"] {
        try write("\(root)/img/\(name).png", [10, 20, 30, 40, 50, 60, 70, 80], width: 4)
        try write("\(root)/label/\(name).png", [0, 0, 2, 2, 0, 0, 2, 1], width: 4)
        try write("\(root)/inst/\(name).png", [0, 0, 7, 7, 0, 0, 7, 9], width: 4)
      }
      var settings = DataSettings()
      (settings.dataset, settings.path, settings.size) = ("folder", "\(root)/img", [1, 2])
      var source = SourceSettings()
      (source.path, source.labels, source.paired) = ("\(root)/label", 3, true)
      source.instances = "\(root)/inst"
      settings.source = source
      let domain = try #require(library.open(settings).dataset.source)
      #expect(domain.images.labelMaps == LabelMaps(classes: 3, hasInstances: true))
      // The nearest pixels, no means of labels: those of the second row and each second column.
      #expect(try domain.images.values(of: [0]) == [0, 0, 1, 9])
      settings.source?.labels = 2
      settings.source?.instances = nil
      settings.size = [2, 4]
      let narrow = try #require(library.open(settings).dataset.source)
      let error = #expect(throws: ZooError.self) { try narrow.images.values(of: [0]) }
      #expect(error?.description.contains("is 2") == true)
      settings.source?.path = nil
      settings.source?.dataset = "mnist"
      let other = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(other?.description.contains("data.source.labels") == true)
    }
  }

  /// Numbers of 16 bits would be rounded to others.
  @Test(.needsPNG) func deepMapsAreRefused() throws {
    try inFolder { root in
      try write("\(root)/img/a.png", [10, 20, 30, 40], width: 2)
      let form = PNGForm(colour: 0, depth: 16, interlaced: false)
      try Files.createDirectory("\(root)/label")
      try Files.write(
        form.file([0, 1, 2, 26_001], width: 2, height: 2, palette: []), to: "\(root)/label/a.png")
      var settings = DataSettings()
      (settings.dataset, settings.path, settings.size) = ("folder", "\(root)/img", [2, 2])
      var source = SourceSettings()
      (source.path, source.labels, source.paired) = ("\(root)/label", 3, true)
      settings.source = source
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.description.contains("8 bits, found 16") == true)
    }
  }

  /// Training sees parts of larger pictures: a pair the same part, each time another one; and always
  /// the same, however batches are cut.
  @Test func randomParts() throws {
    try inFolder { root in
      // Values tell places: 16 pixels a row.
      let ramp = (0..<256).map { UInt8($0) }
      for name in ["a", "b", "c", "d"] {
        try write("\(root)/A/\(name).png", ramp, width: 16)
        try write("\(root)/B/\(name).png", ramp, width: 16)
      }
      var settings = DataSettings()
      (settings.dataset, settings.path, settings.size) = ("folder", "\(root)/B", [12, 12])
      (settings.channels, settings.enlarge) = (1, [16, 16])
      var source = SourceSettings()
      (source.path, source.paired) = ("\(root)/A", true)
      settings.source = source
      let data = try library.open(settings).dataset
      #expect(data.sampleShape == [12, 12, 1] && data.enlarged?.sampleShape == [16, 16, 1])
      func corners(_ images: Tensor?, _ count: Int) -> [Int] {
        let values = images?.floats ?? []
        return (0..<count).map { Int((values[$0 * 144] * 255).rounded()) }
      }
      let batch = try BatchSource(data, batch: 30, seed: 1, range: 0...1).batch(0)
      let found = corners(batch.samples, 30)
      #expect(found == corners(batch.condition.source, 30))
      // Five places in each direction.
      #expect(Set(found.map { $0 / 16 }) == Set(0...4) && Set(found.map { $0 % 16 }) == Set(0...4))
      let pieces = BatchSource(data, batch: 10, seed: 1, range: 0...1)
      #expect(try (0..<3).flatMap { corners(try pieces.batch($0).samples, 10) } == found)
      settings.source?.paired = false
      let apart = try BatchSource(library.open(settings).dataset, batch: 30, seed: 1, range: 0...1)
        .batch(0)
      #expect(corners(apart.samples, 30) != corners(apart.condition.source, 30))
      // Tests see whole pictures.
      let test = try #require(data.source?.test)
      let whole = resized(ramp, side: 16, to: 12)
      #expect(try test.values(of: [0]).map { UInt8(($0 * 255).rounded()) } == whole)
      settings.enlarge = [10, 16]
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.description.contains("data.enlarge") == true)
    }
  }

  private func resized(_ ramp: [UInt8], side: Int, to size: Int) -> [UInt8] {
    RasterImage(width: side, height: side, channels: 1, bytes: ramp)
      .resized(width: size, height: size).bytes
  }
}
