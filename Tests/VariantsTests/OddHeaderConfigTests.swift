import Testing
import Variants
import ZooCore

/// Configs and manifests whose numbers no machine can hold: errors with a place, soon, and no trap.
@Suite struct OddHeaderConfigTests {
  private func expectFault(_ json: String, _ body: (Recipe) throws -> Void = { _ in }) {
    let what = json.prefix(200)
    let start = ContinuousClock.now
    do {
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
      try body(recipe)
      Issue.record("\(what) was taken")
    } catch let error as ZooError {
      #expect(error.kind == .usage, "\(what): \(error)")
      #expect(error.findings[0].place?.hasPrefix("c.json") == true, "\(what): \(error)")
    } catch {
      Issue.record("\(what): \(error)")
    }
    #expect(ContinuousClock.now - start < .seconds(10), "\(what)")
  }

  private func discriminator(_ layers: String) -> String {
    #"{"variant":"gan","discriminator":{"layers":["flatten",\#(layers),{"dense":1}]}}"#
  }

  private static func many(_ text: String, _ count: Int) -> String {
    Array(repeating: text, count: count).joined(separator: ",")
  }

  // MARK: Numbers

  /// Places of whole numbers; the question mark is the number.
  static let places: [String] = [
    #""training":{"steps":?}"#, #""training":{"batch":?}"#, #""training":{"seed":?}"#,
    #""training":{"discriminatorSteps":?}"#, #""training":{"discriminatorBatch":?}"#,
    #""training":{"evalEvery":?}"#, #""training":{"rollbacks":?}"#,
    #""training":{"batch":{"points":[[0,?]]}}"#, #""training":{"batch":{"points":[[0,1],[9,?]]}}"#,
    #""output":{"sampleEvery":?}"#, #""output":{"keepLast":?}"#, #""output":{"keepEvery":?}"#,
    #""output":{"grid":[8,?]}"#, #""data":{"dataset":"folder","path":"p","size":[?,9]}"#,
    #""data":{"dataset":"folder","path":"p","crop":?}"#,
    #""data":{"dataset":"folder","path":"p","channels":?}"#,
    #""generator":{"latent":{"size":?}}"#, #""generator":{"width":?}"#,
    #""discriminator":{"width":?}"#, #""conditioning":{"embedding":?}"#,
    #""generator":{"layers":[{"dense":?}]}"#, #""generator":{"layers":[{"maxout":?}]}"#,
    #""generator":{"layers":[{"maxout":2,"pieces":?}]}"#,
    #""generator":{"layers":[{"conv":?}]}"#, #""generator":{"layers":[{"conv":1,"kernel":?}]}"#,
    #""generator":{"layers":[{"conv":1,"kernel":[3,?]}]}"#,
    #""generator":{"layers":[{"conv":1,"stride":?}]}"#,
    #""generator":{"layers":[{"conv":1,"padding":?}]}"#,
    #""generator":{"layers":[{"conv":1,"padding":[0,0,0,?]}]}"#,
    #""generator":{"layers":[{"conv":1,"groups":?}]}"#,
    #""generator":{"layers":[{"convTranspose":?}]}"#,
    #""generator":{"layers":[{"convTranspose":1,"outputPadding":?}]}"#,
    #""generator":{"layers":[{"modulatedConv":?}]}"#, #""generator":{"layers":[{"attention":?}]}"#,
    #""generator":{"layers":[{"minibatchDeviation":?}]}"#,
    #""generator":{"layers":[{"reshape":[1,1,?]}]}"#, #""generator":{"layers":[{"crop":[1,?]}]}"#,
    #""generator":{"layers":[{"constant":[?,1,1]}]}"#, #""generator":{"layers":[{"upsample":?}]}"#,
    #""generator":{"layers":[{"maxPool":?}]}"#, #""generator":{"layers":[{"reflectPad":?}]}"#,
    #""generator":{"layers":[{"blur":[1,1],"up":?}]}"#,
    #""generator":{"layers":[{"repeat":?,"layers":["relu"]}]}"#,
  ]

  @Test(arguments: places)
  func wholeNumbers(_ place: String) {
    for number in [
      "1e308", "-1e308", "1e400", "99999999999999999999", "9223372036854775807",
      "-9223372036854775808", "9223372036854775808", "-1", "1.5", "1e-400", "1e99999999999",
    ] {
      let member = place.split(separator: "?", omittingEmptySubsequences: false)
      expectFault(#"{"variant":"cgan",\#(member[0])\#(number)\#(member[1])}"#)
    }
    // Zero, which some may be.
    let member = place.split(separator: "?", omittingEmptySubsequences: false)
    let json = #"{"variant":"cgan",\#(member[0])-0\#(member[1])}"#
    let recipe = try? Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    _ = try? recipe?.plan(for: [28, 28, 1], classes: 10)
  }

  /// Places of other numbers.
  @Test(arguments: [
    #""data":{"range":[-1,?]}"#, #""training":{"optimizer":{"adam":{"learningRate":?}}}"#,
    #""training":{"averageDecay":?}"#, #""training":{"averageDecay":{"points":[[0,?]]}}"#,
    #""training":{"batch":{"in":"run","points":[[0,1],[?,1]]}}"#,
    #""training":{"batch":{"points":[[?,1],[1e308,1],[1e308,1]]}}"#,
    #""generator":{"layers":[{"leakyRelu":?}]}"#, #""generator":{"layers":[{"dropout":?}]}"#,
    #""generator":{"layers":[{"batchNorm":?}]}"#, #""generator":{"layers":[{"blur":[1,?]}]}"#,
    #""generator":{"layers":[{"dense":1,"gain":?}]}"#,
    #""generator":{"layers":[{"residual":["relu"],"factor":?}]}"#,
  ])
  func numbers(_ place: String) {
    for number in ["1e308", "-1e308", "1e400", "-1e400", "99999999999999999999"] {
      let member = place.split(separator: "?", omittingEmptySubsequences: false)
      expectFault(#"{"variant":"gan",\#(member[0])\#(number)\#(member[1])}"#)
    }
  }

  @Test func farPlacesOfSchedules() throws {
    for unit in ["steps", "epochs", "images"] {
      let json =
        #"{"variant":"gan","training":{"batch":{"in":"\#(unit)","points":[[0,4],[1e308,8]]}}}"#
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
      let last = RunPosition(
        step: .max, steps: .max, samplesSeen: .max, samplesPerEpoch: 1)
      #expect(recipe.config.training.batch.wholeNumber(at: last) == 4)
      _ = try recipe.plan(for: [28, 28, 1])
    }
  }

  // MARK: Many layers, deep layers

  @Test(arguments: ["residual", "skip", "sum", "concat", "repeat"])
  func deepLayers(_ key: String) {
    let (start, end) =
      switch key {
      case "sum", "concat": (#"{"\#(key)":[[],["#, "]]}")
      case "repeat": (#"{"repeat":1000,"layers":["#, "]}")
      default: (#"{"\#(key)":["#, "]}")
      }
    for depth in [24, 25, 30, 200, 10_000] {
      let layers =
        String(repeating: start, count: depth) + "\"relu\"" + String(repeating: end, count: depth)
      expectFault(discriminator(layers)) { _ = try $0.plan(for: [28, 28, 1]) }
    }
  }

  /// What takes long where every layer is looked at with all before it, or every fault explained.
  static let crowds: [(what: String, layers: String)] = [
    ("unknown layers", many("\"instanceNormi\"", 100_000)),
    ("layers", many("\"relu\"", 100_000)),
    ("branches", #"{"concat":[\#(many("[]", 100_000))]},{"crop":[1,1]}"#),
    ("repetitions", #"{"repeat":1000,"layers":[{"repeat":1000,"layers":[{"dense":1}]}]}"#),
    ("unknown keys", (0..<50_000).map { #"{"dense":1,"dens\#($0)":1}"# }.joined(separator: ",")),
    ("letters", "\"" + String(repeating: "e", count: 1 << 20) + "\""),
    ("marks", "\"e" + String(repeating: "\u{301}\u{323}", count: 1 << 18) + "\""),
  ]

  @Test(arguments: crowds.indices)
  func manyLayers(_ index: Int) {
    expectFault(discriminator(Self.crowds[index].layers)) { _ = try $0.plan(for: [1, 1, 1]) }
  }

  // MARK: Shapes that a manifest may tell of

  @Test(arguments: [
    [.max, 1, 1], [1, .max, 1], [1, 1, .max], [1 << 40, 1 << 22, 1],
    [3_037_000_498, 3_037_000_498, 1],
    [65_537, 1, 1], [65_536, 65_536, 1], [.max], [1 << 62], [28, 28], [28, 28, 1, 1],
    [1, 1, 1, 1, 1],
  ])
  func shapes(_ shape: Shape) throws {
    for variant in builtIn.variants {
      for architecture in SmallConfig.architectures(for: variant.card.name) {
        let json = SmallConfig.json(variant.card.name, architecture: architecture)
        expectFault(json) { _ = try $0.plan(for: shape, classes: 10) }
      }
    }
    let strided = #"{"variant":"cgan","discriminator":{"layers":[{"conv":1,"stride":2}]}}"#
    expectFault(strided) { _ = try $0.plan(for: shape, classes: 10) }
  }

  /// A checkpoint may tell of samples of which nobody can draw a picture.
  @Test func samplesWithoutPictures() throws {
    for shape in [[4, 4, 2], [4, 4, 0], [3], [4, 4], [1, 4, 4, 1]] {
      let error = #expect(throws: ZooError.self, "\(shape)") {
        try SamplePicture.expectPicture(of: shape, at: "x")
      }
      #expect(error?.kind == .data && error?.findings[0].place == "x", "\(shape)")
    }
    for shape in [[2], [4, 4, 1], [4, 4, 3]] {
      try SamplePicture.expectPicture(of: shape, at: "x")
    }
  }

  @Test func identities() throws {
    for members in [
      #""shape":[28,28,1],"classes":[]"#, #""shape":[],"classes":null"#, #""shape":[0,1,1]"#,
      #""shape":[4294967296,4294967296,1]"#, #""shape":[1e308,1,1]"#, #""shape":[-1,-1,1]"#,
    ] {
      let json = try JSONDocument(parsing: #"{"name":"x","sha256":"0",\#(members)}"#, name: "m")
      #expect(DatasetIdentity(written: json.root) == nil, "\(members)")
    }
    // A digest is of the values alone: another shape of them is other data.
    let digits = ByteImages.strokeDigits(count: 2)
    let wide = ByteImages(
      name: digits.name, bytes: digits.bytes, sampleShape: [14, 56, 1], labels: digits.labels,
      classNames: digits.classNames)
    #expect(digits.digest == wide.digest)
    let difference = DatasetIdentity(digits).difference(from: wide)
    #expect(difference?.contains("samples were [28, 28, 1], here are [14, 56, 1]") == true)
    #expect(DatasetIdentity(digits).difference(from: digits) == nil)
  }
}
