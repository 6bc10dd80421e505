/// A small convolutional network that tells the classes of a labelled set apart.
///
/// Its last hidden layer is the space in which generated images are compared with real ones, as
/// Inception's is for photographs: a network that has learned from the very data sees what matters
/// in them, and needs no download.
public struct ImageClassifier {
  /// The shape of one image.
  public let sampleShape: Shape
  /// The number of classes.
  public let classes: Int
  /// All parameters.
  public let store = ParameterStore()
  /// The number of features.
  static let featureCount = 64
  // Larger images are shrunk by a whole factor: classes do not hide in fine detail.
  private static let largestSide = 32
  private let body: Network
  private let head: Network

  /// A network at its beginning.
  ///
  /// - Parameter width: Feature maps of the first convolution; the others have two and four times as
  ///   many.
  public init(sampleShape: Shape, classes: Int, width: Int = 16) {
    require(sampleShape.count == 3, "expected images [H, W, C], found \(sampleShape)")
    self.sampleShape = sampleShape
    self.classes = classes
    let scope = Scope(player: "classifier", seed: 1, initialization: .he, store: store)
    let shrinking = sampleShape.shrinking(toAtMost: Self.largestSide)
    let input = [sampleShape[0] / shrinking, sampleShape[1] / shrinking, sampleShape[2]]
    var layers: [any LayerSpec] = []
    var side = min(input[0], input[1])
    for stage in 0..<3 {
      var convolution = Conv2D.Spec()
      convolution.channels = width << stage
      convolution.settings.kernel = [3, 3]
      layers += [convolution, ReLUSpec()]
      if side >= 4 {
        layers.append(MaxPoolSpec())
        side /= 2
      }
    }
    layers += [FlattenSpec(), Self.dense(Self.featureCount), ReLUSpec()]
    body = Self.network(layers, scope, from: input)
    var dropout = Dropout.Spec()
    dropout.rate = 0.25
    head = Self.network(
      [dropout, Self.dense(classes)], scope / "head", from: [Self.featureCount])
  }

  private static func network(
    _ layers: [any LayerSpec], _ scope: Scope, from input: Shape
  ) -> Network {
    do throws(ShapeMismatch) {
      return try Network(layers.map { LayerEntry($0) }, scope, from: input)
    } catch {
      fatalError("the classifier's layers fit any image: \(error.problem)")
    }
  }

  private static func dense(_ units: Int) -> Dense.Spec {
    var dense = Dense.Spec()
    dense.units = units
    return dense
  }

  /// The features `[N, 64]`, and the logits `[N, classes]`, of images with values in 0...1.
  func callAsFunction(_ images: Tensor, _ context: Context) -> (features: Tensor, logits: Tensor) {
    let features = body(images.shrunk(toAtMost: Self.largestSide), context)
    return (features, head(features, context))
  }

  /// The same for use.
  func look(at images: Tensor) -> (features: Tensor, logits: Tensor) {
    withoutDerivatives {
      self(images, Context(.inference, random: RandomSource(seed: 0, step: 0, substep: 0)))
    }
  }

  /// The share of a set's images whose class it sees.
  public func accuracy(on dataset: any Dataset) throws(ZooError) -> Double {
    let source = SampleSource(dataset, count: dataset.count)
    guard let labels = source.labels else { return 0 }
    var (seen, hits) = (0, 0)
    try source.forEachPortion { images throws(ZooError) in
      let logits = try FeatureMatrix(look(at: images).logits.floats, columns: classes, of: "test")
      for predicted in logits.predictedClasses {
        hits += predicted == labels[seen] ? 1 : 0
        seen += 1
      }
    }
    return Double(hits) / Double(seen)
  }
}

// MARK: - Learning

extension ImageClassifier {
  /// How long a classifier learns.
  public struct Schedule: Sendable {
    /// Updates.
    public let steps: Int
    /// Images in each.
    public let batch: Int

    /// A schedule.
    public init(steps: Int = 2500, batch: Int = 100) {
      self.steps = steps
      self.batch = batch
    }
  }

  /// Learns from a set's images and labels: Adam at 1e-3, which falls to zero linearly.
  ///
  /// - Throws: `.diverged` if the loss is not finite, `.data` if the set cannot be read.
  public func learn(
    _ dataset: any Dataset, _ schedule: Schedule = Schedule(), progress: (Double) -> Void = { _ in }
  ) throws(ZooError) {
    let source = BatchSource(dataset, batch: schedule.batch, seed: 1, range: 0...1)
    let optimizer = Optimizer(
      .adam(.init(learningRate: 1e-3, beta1: 0.9, beta2: 0.999)), store.parameters)
    for step in 0..<schedule.steps {
      let batch = try source.batch(step)
      guard let labels = batch.labels else {
        fatalError("the set \(dataset.name) has no labels to learn")
      }
      let context = Context(
        .training, random: RandomSource(seed: 1, step: step, substep: 0), step: step)
      let logits = self(batch.samples, context).logits
      let loss = crossEntropy(of: logits, labels: labels).mean()
      guard loss.scalar.isFinite else {
        throw ZooError(.diverged, "the classifier's loss is not finite", at: "step \(step)")
      }
      optimizer.update(
        gradient(of: loss, at: store.parameters.map(\.value)),
        scale: 1 - Double(step) / Double(schedule.steps))
      progress(Double(step + 1) / Double(schedule.steps))
    }
  }
}
