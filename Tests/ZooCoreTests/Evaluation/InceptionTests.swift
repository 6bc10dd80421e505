import Foundation
import Testing
import ZooCore

/// The Inception network beside torch-fidelity's, with weights that a formula makes; see
/// `Fixtures/make_inception.py`.
@Suite struct InceptionTests {
  /// What torch-fidelity's network made of the same weights and images.
  private struct Fixture: Sendable {
    let file: Safetensors
    /// Names and shapes of all tensors of the network.
    let shapes: [(name: String, shape: [Int])]

    init() throws {
      let folder = try #require(Bundle.module.resourcePath)
      let path = "\(folder)/Fixtures/inception.safetensors"
      file = try Safetensors(parsing: Files.read(path), name: path)
      let text = try #require(file.metadata["tensors"])
      let members = try #require(JSONDocument(parsing: text, name: "tensors").root.object)
      shapes = try members.map { ($0.key, try #require($0.value.array).compactMap(\.int)) }
    }

    func values(_ name: String) throws -> [Double] {
      try #require(file[name], "\(name)").values(as: Float.self).map(Double.init)
    }

    /// All weights of the network.
    func weights() -> Safetensors {
      Safetensors(
        shapes.map {
          .init(name: $0.name, shape: $0.shape, values: Formula.weights($0.name, $0.shape))
        }
      )
    }
  }

  /// Numbers that Swift and NumPy make alike.
  private enum Formula {
    private static func random(_ name: String) -> SplitMix {
      // FNV-1a.
      SplitMix(
        seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) {
          ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        })
    }

    static func weights(_ name: String, _ shape: [Int]) -> [Float] {
      var random = random(name)
      var (scale, offset) = ((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot(), 0.0)
      if name.hasSuffix("running_var") || name.hasSuffix("bn.weight") {
        (scale, offset) = (0.5, 1)
      } else if shape.count == 1 {
        scale = 0.25
      }
      return (0..<shape.reduce(1, *)).map { _ in
        Float(offset + scale * (Double(random.next() >> 40) * 0x1p-23 - 1))
      }
    }

    static func bytes(_ name: String, _ count: Int) -> [UInt8] {
      var random = random(name)
      return (0..<count).map { _ in UInt8(random.next() >> 56) }
    }
  }

  private static let fixture = Result { try Fixture() }
  // The tests share it: making it takes most of their time.
  private static let network = Result {
    try InceptionNetwork(fixture.get().weights(), path: "formula")
  }

  /// The images of the fixture, values in 0...1.
  private static let images = Tensor(
    Formula.bytes("images", 2 * 20 * 31 * 3).map { Float($0) / 255 }, shape: [2, 20, 31, 3])

  // MARK: Images

  @Test(arguments: [(32, 32), (1, 7), (299, 299), (310, 420)])
  func resizeIsTensorFlows(height: Int, width: Int) throws {
    let pixels = Formula.bytes("\(height)x\(width)", height * width * 3).map(Float.init)
    let resized = InceptionImages.resized(pixels[...], rows: height, columns: width)
    let chosen = stride(from: 0, to: 299, by: 23).flatMap { row in
      stride(from: 0, to: 299, by: 17).flatMap { column in
        (0..<3).map { resized[(row * 299 + column) * 3 + $0] }
      }
    }
    // The same operations in the same order: the same bits.
    let fixture = try Self.fixture.get()
    #expect(try chosen.map(Double.init) == fixture.values("resized.\(height)x\(width)"))
  }

  /// Where pixel 0 is black and pixel 1 white, result i lies at 2 i / 299, up to pixel 1.
  @Test func resizeHasNoHalfPixels() {
    let resized = InceptionImages.resized([0, 0, 0, 255, 255, 255], rows: 1, columns: 2)
    for column in 0..<299 {
      let expected = 255 * min(2 * Float(column) / 299, 1)
      // Three roundings of numbers up to 255.
      #expect(abs(resized[3 * (299 * 7 + column)] - expected) < 1e-4)
    }
  }

  // MARK: Network

  @Test func featuresAreTorchFidelitys() throws {
    let (features, logits) = try Self.network.get().look(at: Self.images)
    #expect(features.shape == [2, 2048] && logits.shape == [2, 1008])
    // Float32 through some 20 layers: rounding reaches 1e-5 of the largest feature, as measured by
    // Benchmarks/inception_check.py, and depends on the instruction set.
    try expectClose(
      every(32, of: features), Self.fixture.get().values("features"), relative: 1e-4)
    try expectClose(every(16, of: logits), Self.fixture.get().values("logits"), relative: 1e-4)
  }

  private func every(_ step: Int, of matrix: Tensor) -> [Double] {
    let values = matrix.doubles
    return stride(from: 0, to: values.count, by: step).map { values[$0] }
  }

  /// Grey is three equal channels, and values between two levels are rounded.
  @Test func greyIsRepeatedAndLevelsAreRounded() throws {
    let levels = Formula.bytes("grey", 9 * 8)
    let network = try Self.network.get()
    let grey = Tensor(levels.map { (Float($0) + 0.3) / 255 }, shape: [1, 9, 8, 1])
    let colour = Tensor(
      levels.flatMap { [Float](repeating: Float($0) / 255, count: 3) }, shape: [1, 9, 8, 3])
    #expect(try network.look(at: grey).features.floats == network.look(at: colour).features.floats)
  }

  @Test func imagesThatAreNotFiniteAreAnError() throws {
    let network = try Self.network.get()
    let images = Tensor([0, 0.5, .nan, 1], shape: [1, 2, 2, 1])
    #expect(try fault { () throws(ZooError) in try network.look(at: images) }.kind == .diverged)
  }

  // MARK: Files

  /// What can be wrong with a file, and what the error must name.
  enum Damage: CaseIterable {
    case missing, shape, type, notFinite, variance, leftOver, torchvision

    func applied(to entries: [Safetensors.Entry]) -> (entries: [Safetensors.Entry], told: String) {
      func replacing(_ name: String, with entry: Safetensors.Entry?) -> [Safetensors.Entry] {
        entries.filter { $0.name != name } + (entry.map { [$0] } ?? [])
      }
      func filled(_ name: String, _ value: Float, shape: [Int]) -> Safetensors.Entry {
        .init(
          name: name, shape: shape,
          values: [Float](repeating: value, count: shape.reduce(1, *)))
      }
      let (norm, first) = ("Conv2d_1a_3x3.bn.running_var", "Conv2d_1a_3x3.conv.weight")
      return switch self {
      case .missing:
        (replacing("Conv2d_1a_3x3.bn.bias", with: nil), "Conv2d_1a_3x3.bn.bias [32], found none")
      case .shape:
        (replacing(first, with: filled(first, 0, shape: [32, 3, 3])), "found F32 [32, 3, 3]")
      case .type:
        (
          replacing(
            norm, with: .init(name: norm, shape: [32], values: [Double](repeating: 1, count: 32))),
          "found F64 [32]"
        )
      case .notFinite:
        (replacing(norm, with: filled(norm, .nan, shape: [32])), "found nan as value 0 of \(norm)")
      case .variance:
        (replacing(norm, with: filled(norm, -1, shape: [32])), "found -1 as value 0 of \(norm)")
      case .leftOver:
        (
          entries + [filled("AuxLogits.fc.bias", 0, shape: [1])],
          "AuxLogits.fc.bias does not belong"
        )
      case .torchvision:
        (
          replacing("fc.weight", with: filled("fc.weight", 0, shape: [1000, 2048])),
          "fc.weight as F32 [1008, 2048], found F32 [1000, 2048]"
        )
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func wrongFilesAreToldApart(_ damage: Damage) throws {
    // Zeros where values do not matter; they share their bytes.
    let zeros = [UInt8](repeating: 0, count: 4 * 2048 * 1008)
    let entries = try Self.fixture.get().shapes.map { name, shape in
      Safetensors.Entry(
        name: name, dtype: .f32, shape: shape, data: zeros[..<(4 * shape.reduce(1, *))])
    }
    let (damaged, told) = damage.applied(to: entries)
    let error = try fault { () throws(ZooError) in
      try InceptionNetwork(Safetensors(damaged), path: "weights.safetensors")
    }
    #expect(error.kind == .data)
    let text = error.description
    #expect(text.contains("weights.safetensors") && text.contains(told), "\(text)")
    #expect(text.contains("pt_inception-2015-12-05-6726825d.pth"))
  }

  @Test func pointsHaveNoInceptionFeatures() throws {
    var settings = DataSettings()
    settings.dataset = "ring8"
    let library = DataLibrary(directory: "/nonexistent")
    let data = try EvaluationData(
      library.open(settings).dataset, test: library.testSplit(of: "ring8"))
    let error = try fault { () throws(ZooError) in
      try FeatureSpace(inceptionWeights: "/nonexistent", for: data)
    }
    #expect(error.kind == .usage && error.description.contains("ring8"))
  }
}
