/// What the first rank of a team lets the others know, so that they draw and describe a share of a
/// generator's samples each.
package struct SharedEvaluation {
  /// Whose samples they are.
  package let generator: TrainedGenerator
  private let (count, seed): (Int, UInt32)
  private let space: FeatureSpace?
  private let messenger: any Messenger

  /// Tells the others what is evaluated; then all describe its samples.
  ///
  /// - Parameters:
  ///   - count: How many samples.
  ///   - seed: Seeds their latent codes.
  package static func tell(
    _ generator: TrainedGenerator, count: Int, seed: UInt32, _ space: FeatureSpace,
    _ messenger: any Messenger
  ) throws(ZooError) {
    let (head, weights) = try generator.checkpoint.forDrawing(average: generator.isAverage)
    let described = space.travelling
    let word: JSONValue = [
      "checkpoint": head, "count": .number(count), "seed": .number(Int(seed)),
      "space": described.head,
    ]
    _ = try messenger.tell(TeamOrder.describe.word(word))
    for file in [weights, described.weights] { _ = try messenger.share(file.serialized()) }
  }

  /// Waits for what the first rank tells; nil where there is nothing to do.
  package init?(hearing messenger: any Messenger, _ registry: Registry) throws(ZooError) {
    let (order, more) = try TeamOrder.read(messenger.tell([])[0])
    guard order == .describe else { return nil }
    let word = try JSONDocument(parsing: more, name: "the first rank's word").root
    guard let head = word["checkpoint"], let count = word["count"]?.int,
      let seed = word["seed"]?.int.flatMap(UInt32.init(exactly:)), let space = word["space"]
    else { throw ZooError(.failure, "the first rank said what nobody understands") }
    let weights = try Safetensors(parsing: messenger.share([]), name: "the first rank's generator")
    let classifier = try Safetensors(
      parsing: messenger.share([]), name: "the first rank's classifier")
    generator = try TrainedGenerator(
      Checkpoint(drawing: head, generator: weights), registry: registry)
    self.space = try FeatureSpace(travelled: space, classifier)
    (self.count, self.seed, self.messenger) = (count, seed, messenger)
  }

  /// Draws and describes this rank's share.
  ///
  /// - Parameters:
  ///   - test: Test samples as the first rank has them.
  ///   - inception: Gives what does not travel: the space of the Inception network.
  package func describe(
    test: any Dataset, inception: () throws(ZooError) -> FeatureSpace
  ) throws(ZooError) {
    var source = SampleSource(generator, count: count, seed: seed, test: test)
    source.share = messenger.share
    let space = if let space { space } else { try inception() }
    _ = try space.describe(source, as: "generated") { _ in }
  }
}

extension Messenger {
  /// This rank's share of samples that all describe.
  var share: SampleSource.Share {
    .init(rank: rank, ranks: size) { own throws(ZooError) in try self.joined(own) }
  }
}

extension FeatureSpace {
  /// What another rank needs to have the same; Inception's weights, which all have as a file, stay.
  fileprivate var travelling: (head: JSONValue, weights: Safetensors) {
    switch self {
    case .coordinates: (["kind": "coordinates"], Safetensors())
    case .pixels: (["kind": "pixels"], Safetensors())
    case .inception: (["kind": "inception"], Safetensors())
    case .classifier(let classifier): (classifier.head("classifier"), classifier.weights)
    case .stacked(let classifier): (classifier.head("stacked"), classifier.weights)
    }
  }

  /// What came from another rank; nil for Inception.
  fileprivate init?(travelled head: JSONValue, _ weights: Safetensors) throws(ZooError) {
    func classifier() throws(ZooError) -> ImageClassifier {
      try ImageClassifier(
        sampleShape: (head["sample"]?.array ?? []).compactMap(\.int),
        classes: head["classes"]?.int ?? 0, weights: weights)
    }
    switch head["kind"]?.string {
    case "coordinates": self = .coordinates
    case "pixels": self = .pixels
    case "classifier": self = .classifier(try classifier())
    case "stacked": self = .stacked(try classifier())
    default: return nil
    }
  }
}

extension ImageClassifier {
  fileprivate func head(_ kind: String) -> JSONValue {
    [
      "kind": .string(kind), "sample": .array(sampleShape.map { .number($0) }),
      "classes": .number(classes),
    ]
  }
}
