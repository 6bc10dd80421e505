import Foundation
import Testing
import ZooCore

/// Data of two domains: pairs that are made, files side by side, folders, and what does not match.
@Suite struct TwoDomainsTests {
  private let library = DataLibrary(directory: "nowhere")

  private func open(_ source: String, _ data: String = "") throws -> any Dataset {
    var settings = DataSettings()
    settings.dataset = "stroke-digits"
    settings.pad = 32
    settings.source = try self.source(source)
    return try library.open(settings).dataset
  }

  private func source(_ maker: String) throws -> SourceSettings {
    var source = SourceSettings()
    let made = try #require(PairMaker(rawValue: maker))
    source.made = made
    return source
  }

  /// L1, PSNR and SSIM of the input as it is, over 1,000 pairs: figures of the tasks as they were
  /// designed, to what other draws and other thousands make of them.
  @Test(arguments: [
    ("edges", 0.177, 8.1, -0.05), ("inpaint", 0.061, 15.4, 0.65), ("thicken", 0.098, 11.8, 0.39),
    ("colour-by-class", 0.051, 14.5, 0.62), ("colour-random", 0.050, 14.6, 0.63),
    ("palette", 0.782, 1.8, -0.22), ("slant", 0.090, 12.2, 0.38),
  ])
  func tasksAreAsHardAsTheyShouldBe(_ task: String, _ l1: Double, _ psnr: Double, _ ssim: Double)
    throws
  {
    let data = try open(task)
    let images = try #require(data.source).images
    let shape = data.sampleShape
    var sums = [0.0, 0, 0]
    for first in stride(from: 0, to: 1000, by: 250) {
      let numbers = Array(first..<first + 250)
      let truth = try data.values(of: numbers)
      var input = try images.values(of: numbers)
      if images.sampleShape[2] < shape[2] { input = input.flatMap { [$0, $0, $0] } }
      let size = shape.elementCount
      for row in 0..<250 {
        let range = row * size..<(row + 1) * size
        let difference = ImageDifference(of: input[range], from: truth[range], shape)
        sums[0] += difference.l1
        sums[1] += difference.psnr
        sums[2] += difference.ssim ?? 0
      }
    }
    #expect(abs(sums[0] / 1000 - l1) <= 0.003, "\(sums[0] / 1000)")
    #expect(abs(sums[1] / 1000 - psnr) <= 0.2, "\(sums[1] / 1000)")
    #expect(abs(sums[2] / 1000 - ssim) <= 0.02, "\(sums[2] / 1000)")
  }

  @Test func batchesHoldPairsWhateverTheirOrder() throws {
    let data = try open("thicken")
    let source = BatchSource(data, batch: 6, seed: 4, range: -1...1)
    let batch = try source.batch(from: 29_997, count: 6)
    let images = try #require(batch.condition.source)
    #expect(images.shape == [6, 32, 32, 1] && batch.samples.shape == images.shape)
    // The maximum over neighbours is nowhere below what it is made of.
    #expect(zip(batch.samples.floats, images.floats).allSatisfy { $0 >= $1 })
    #expect(zip(batch.samples.floats, images.floats).contains { $0 > $1 })
    // Across the end of an epoch, and with another batch in between.
    _ = try source.batch(from: 0, count: 3)
    let again = try source.batch(from: 29_997, count: 6)
    #expect(again.samples.floats == batch.samples.floats)
    #expect(again.condition.source?.floats == images.floats)
  }

  @Test func theOtherDirectionSwapsThem() throws {
    var settings = DataSettings()
    settings.dataset = "stroke-digits"
    settings.source = try source("colour-by-class")
    let forth = try library.open(settings).dataset
    settings.source?.direction = .back
    let back = try library.open(settings).dataset
    #expect(forth.sampleShape == [28, 28, 3] && forth.source?.images.sampleShape == [28, 28, 1])
    #expect(back.sampleShape == [28, 28, 1] && back.source?.images.sampleShape == [28, 28, 3])
    #expect(forth.digest != back.digest)
    #expect(DatasetIdentity(back).difference(from: forth)?.contains("images to start from") == true)
  }

  /// Unpaired halves have no image in common; the test has pairs all the same.
  @Test func hiddenPairsAreHidden() throws {
    var settings = DataSettings()
    settings.dataset = "stroke-digits"
    settings.source = try source("thicken")
    settings.source?.paired = false
    let data = try library.open(settings).dataset
    let domain = try #require(data.source)
    #expect(!domain.isPaired && data.count == 15_000 && domain.images.count == 15_000)
    // The set numbers its digits in turn: each half has all of them all the same.
    for part in [data, domain.images] {
      #expect(Set((0..<200).compactMap { part.label(at: $0) }).count == 10)
    }
    // What is started from lies in no sample's half: no image of one thickens to one of the other.
    let (thin, thick) = (
      try domain.images.values(of: Array(0..<300)), try data.values(of: Array(0..<300))
    )
    let drawn = Set((0..<300).map { Array(thick[$0 * 784..<($0 + 1) * 784]) })
    #expect(drawn.count == 300)
    var settingsOfPairs = settings
    settingsOfPairs.source?.paired = true
    let pairs = try library.open(settingsOfPairs).dataset
    let images = try #require(pairs.source).images
    var place: [[Float]: Int] = [:]
    for first in stride(from: 0, to: 30_000, by: 1000) {
      let values = try images.values(of: Array(first..<first + 1000))
      for row in 0..<1000 { place[Array(values[row * 784..<(row + 1) * 784])] = first + row }
    }
    for row in 0..<300 {
      let number = try #require(place[Array(thin[row * 784..<(row + 1) * 784])])
      let thickened = try pairs.values(of: [number])
      #expect(!drawn.contains(thickened))
    }
    #expect(domain.test?.source?.isPaired == true && domain.test?.count == 10_000)
  }

  private func picture(_ path: String, _ levels: [UInt8], width: Int) throws {
    try Files.createDirectory(Files.split(path).directory)
    try Files.write(
      PNG.encode(
        levels.flatMap { [$0, $0, $0] }, width: width, height: levels.count / width, channels: 3),
      to: path)
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
    defer { try? Files.remove(folder) }
    try body(folder)
  }

  private func folder(_ path: String) -> DataSettings {
    var settings = DataSettings()
    (settings.dataset, settings.path, settings.size) = ("folder", path, [1, 2])
    settings.channels = 1
    settings.source = SourceSettings()
    return settings
  }

  @Test func sideBySide() throws {
    try inFolder { root in
      for (split, count) in [("train", 3), ("test", 2)] {
        for number in 0..<count {
          try picture(
            "\(root)/\(split)/\(number).png", [10, 20, 200, UInt8(number)], width: 4)
        }
      }
      var settings = folder("\(root)/train")
      settings.source?.half = .left
      let data = try library.open(settings).dataset
      let domain = try #require(data.source)
      #expect(data.count == 3 && data.sampleShape == [1, 2, 1] && domain.isPaired)
      #expect(try data.values(of: [2]).map { ($0 * 255).rounded() } == [200, 2])
      #expect(try domain.images.values(of: [2]).map { ($0 * 255).rounded() } == [10, 20])
      // The folder beside it is the test.
      #expect(domain.test?.count == 2)
    }
  }

  @Test func pairsByName() throws {
    try inFolder { root in
      for name in ["a", "b", "c"] {
        try picture("\(root)/A/\(name).png", [1, 2], width: 2)
        try picture("\(root)/B/\(name).png", [3, 4], width: 2)
      }
      var settings = folder("\(root)/B")
      settings.source?.path = "\(root)/A"
      settings.source?.paired = true
      let data = try library.open(settings).dataset
      // A tenth, at least one, is kept for the test.
      #expect(data.count == 2 && data.source?.test?.count == 1)
      try Files.remove("\(root)/A/b.png")
      try picture("\(root)/A/x.png", [1, 2], width: 2)
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.kind == .data)
      #expect(error?.description.contains("b only in B") == true)
      settings.source?.paired = false
      #expect(try library.open(settings).dataset.source?.isPaired == false)
    }
  }

  /// A file may be called as no set of the program is: its test is its last tenth.
  @Test func pairsOfPacks() throws {
    try inFolder { root in
      try Files.createDirectory(root)
      for name in ["A", "B"] {
        let bytes = [UInt8](repeating: name == "A" ? 10 : 200, count: 12)
        _ = try PackFile.write(
          to: "\(root)/\(name).pack", name: name, sampleShape: [2, 2, 3], classNames: nil, count: 4
        ) { _ throws(ZooError) in (bytes, 0) }
      }
      var settings = DataSettings()
      (settings.dataset, settings.path) = ("pack", "\(root)/B.pack")
      var source = SourceSettings()
      (source.dataset, source.path, source.paired) = ("pack", "\(root)/A.pack", true)
      settings.source = source
      let data = try library.open(settings).dataset
      #expect(data.count == 3 && data.source?.images.count == 3 && data.source?.test?.count == 1)
      // In colour they are no maps.
      settings.source?.labels = 5
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.description.contains("maps of labels are grey") == true)
    }
  }

  @Test func onePictureHidesNoPair() throws {
    try inFolder { root in
      try picture("\(root)/only/1.png", [10, 200], width: 2)
      var settings = folder("\(root)/only")
      settings.source = SourceSettings(made: .thicken, paired: false)
      let error = #expect(throws: ZooError.self) { try library.open(settings) }
      #expect(error?.kind == .data && error?.description.contains("data.source") == true)
    }
  }

  @Test func whatDoesNotGoTogetherIsTold() throws {
    func fault(_ change: (inout DataSettings) -> Void) -> String {
      var settings = DataSettings()
      settings.dataset = "stroke-digits"
      settings.source = SourceSettings()
      change(&settings)
      do throws(ZooError) {
        _ = try library.open(settings)
        return ""
      } catch {
        #expect(error.kind == .usage)
        return error.description
      }
    }
    let faults: [(told: String, change: (inout DataSettings) -> Void)] = [
      ("expected one of \"made\", \"half\"", { _ in }),
      (
        "expected one of",
        {
          $0.source?.made = .edges
          $0.source?.half = .left
        }
      ),
      ("is made of colour images", { $0.source?.made = .grey }),
      ("only the dataset \"folder\"", { $0.source?.half = .left }),
      (
        "do not fit squares of 20 pixels",
        {
          $0.source?.made = .edges
          $0.pad = 20
        }
      ),
    ]
    for (told, change) in faults {
      let found = fault(change)
      #expect(found.contains(told))
    }
  }
}

/// L1, PSNR and SSIM beside scikit-image 0.26 (`structural_similarity` with Gaussian weights, σ 1.5).
@Suite struct ImageDifferenceTests {
  private func image(_ shape: Shape, _ frequency: Double) -> [Float] {
    (0..<shape.elementCount).map { Float(0.5 + 0.5 * sin(frequency * Double($0))) }
  }

  @Test(arguments: [
    ([16, 20, 1], 0.9005950692734573, 0.11968283213573158, 16.558031911757105),
    ([13, 11, 3], 0.8765593031597617, 0.12640847925461465, 16.22600883690091),
  ])
  func likeScikitImage(_ shape: Shape, _ ssim: Double, _ l1: Double, _ psnr: Double) throws {
    let a = image(shape, 0.37)
    let b = zip(a, image(shape, 0.41)).map { 0.7 * $0 + 0.3 * $1 }
    let difference = ImageDifference(of: a[...], from: b[...], shape)
    // Inputs in single precision, figures in double.
    #expect(abs(try #require(difference.ssim) - ssim) < 1e-5)
    #expect(abs(difference.l1 - l1) < 1e-6 && abs(difference.psnr - psnr) < 1e-4)
  }

  @Test func equalAndSmallImages() {
    let a = image([12, 12, 1], 0.3)
    let same = ImageDifference(of: a[...], from: a[...], [12, 12, 1])
    #expect(same == ImageDifference(of: a[...], from: a[...], [12, 12, 1]))
    #expect(same.l1 == 0 && same.psnr == 100 && abs((same.ssim ?? 0) - 1) < 1e-12)
    #expect(ImageDifference(of: a[..<100], from: a[..<100], [10, 10, 1]).ssim == nil)
  }
}
