import Testing
import ZooCore

/// Pillow is the oracle, without tolerance: the same integers, in the same order.
@Suite("Raster images")
struct RasterImageTests {
  private static let sizes = [
    (16, 12), (7, 5), (1, 1), (30, 11), (13, 22), (41, 27), (20, 35),
  ]

  @Test("resizing is Pillow's", arguments: [ResamplingFilter.bilinear, .bicubic], sizes)
  func resized(_ filter: ResamplingFilter, _ size: (width: Int, height: Int)) throws {
    let (width, height) = size
    let expected = try ImageFixtures.picture(
      "\(filter)-\(width)x\(height).rgb", width: width, height: height)
    let source = try ImageFixtures.source()
    #expect(source.resized(width: width, height: height, filter: filter) == expected)
  }

  @Test("the same size changes nothing", arguments: [ResamplingFilter.bilinear, .bicubic])
  func sameSize(_ filter: ResamplingFilter) throws {
    let source = try ImageFixtures.source()
    #expect(source.resized(width: 30, height: 22, filter: filter) == source)
  }

  /// Weights are rounded to 22 bits, so their sum can be off by the number of taps, 2⁻²² each: far
  /// from half a step of 255.
  @Test("one colour stays that colour", arguments: [1, 2, 3, 100, 999])
  func evenPicture(side: Int) {
    let bytes = (0..<100 * 7).flatMap { _ in [0, 255, 77] as [UInt8] }
    let image = RasterImage(width: 100, height: 7, channels: 3, bytes: bytes)
    let resized = image.resized(width: side, height: 5, filter: .bicubic)
    #expect(resized.bytes == (0..<side * 5).flatMap { _ in [0, 255, 77] as [UInt8] })
  }

  @Test("a very long row can become one pixel")
  func extremeReduction() {
    let bytes = (0..<65_500).map { UInt8($0 & 1) * 200 }
    let image = RasterImage(width: 65_500, height: 1, channels: 1, bytes: bytes)
    #expect(image.resized(width: 1, height: 1).bytes == [100])
  }

  @Test("mirroring is Pillow's, and undoes itself")
  func mirrored() throws {
    let source = try ImageFixtures.source()
    #expect(
      try source.mirrored == ImageFixtures.picture("mirrored.rgb", width: 30, height: 22))
    #expect(source.mirrored.mirrored == source)
  }

  @Test("every grey is its own luma, and the primaries have those of Rec. 601")
  func grey() {
    let greys = (0...255).flatMap { [UInt8](repeating: $0, count: 3) }
    let ramp = RasterImage(width: 256, height: 1, channels: 3, bytes: greys)
    #expect(ramp.grey.bytes == Array(0...255))
    let primaries: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255]
    let image = RasterImage(width: 3, height: 1, channels: 3, bytes: primaries)
    // 255 times 0.299, 0.587 and 0.114, rounded.
    #expect(image.grey.bytes == [76, 150, 29] && image.grey.grey == image.grey)
  }

  @Test("a crop is the pixels it covers")
  func crop() {
    let image = RasterImage(width: 4, height: 3, channels: 1, bytes: Array(0..<12))
    #expect(image.cropped(left: 1, top: 1, width: 2, height: 2).bytes == [5, 6, 9, 10])
    // Of an odd rest the larger half is right and below.
    #expect(image.centreCropped(width: 1, height: 2).bytes == [1, 5])
    #expect(image.centreCropped(width: 4, height: 3) == image)
  }
}

@Suite("Image preparation")
struct ImagePreparationTests {
  @Test("centre crop, grey and resize are Pillow's", arguments: [1, 3])
  func prepared(channels: Int) throws {
    let preparation = ImagePreparation(
      height: 8, width: 8, channels: channels, crop: .pixels(19))
    let image = try preparation.apply(to: ImageFixtures.source(), name: "a")
    let name = "crop-19-to-8x8.\(channels == 1 ? "grey" : "rgb")"
    #expect(
      try image == ImageFixtures.picture(name, width: 8, height: 8, channels: channels))
  }

  @Test("a picture of another shape loses its sides")
  func shape() throws {
    let preparation = ImagePreparation(height: 12, width: 8, filter: .bicubic)
    let image = try preparation.apply(to: ImageFixtures.source(), name: "a")
    #expect(try image == ImageFixtures.picture("shape-8x12.rgb", width: 8, height: 12))
  }

  @Test(
    "the region has the target's shape and touches two sides",
    arguments: [
      // CelebA, as DCGAN, and without a crop.
      (ImagePreparation(height: 64, width: 64, crop: .pixels(108)), (178, 218), (108, 108)),
      (ImagePreparation(height: 64, width: 64), (178, 218), (178, 178)),
      (ImagePreparation(height: 64, width: 64, crop: .square), (300, 200), (200, 200)),
      (ImagePreparation(height: 50, width: 100), (300, 200), (300, 150)),
      (ImagePreparation(height: 50, width: 100, crop: .square), (300, 200), (200, 100)),
      (ImagePreparation(height: 100, width: 50), (300, 200), (100, 200)),
      (ImagePreparation(height: 1, width: 65_500), (3, 65_500), (3, 1)),
    ])
  func region(
    _ preparation: ImagePreparation, _ source: (Int, Int), _ expected: (Int, Int)
  ) throws {
    #expect(
      try preparation.region(width: source.0, height: source.1, name: "a") == expected)
  }

  @Test("a picture smaller than the crop is refused", arguments: [(107, 200), (200, 107)])
  func tooSmall(_ width: Int, _ height: Int) throws {
    let preparation = ImagePreparation(height: 64, width: 64, crop: .pixels(108))
    let error = try fault { () throws(ZooError) in
      try preparation.region(width: width, height: height, name: "a.png")
    }
    #expect(error.kind == .data)
    #expect(
      error.findings[0].problem
        == "expected at least 108x108 pixels to crop, found \(width)x\(height)")
  }
}
