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
  /// How much it can learn.
  public let size: Size
  /// All parameters.
  public let store = ParameterStore()
  /// The number of features.
  static let featureCount = 64
  // Larger images are shrunk by a whole factor: classes do not hide in fine detail.
  private static let largestSide = 32
  private let body: Network
  private let head: Network

  /// How much a classifier can learn.
  public enum Size: Sendable {
    /// Three convolutions: enough for digits and drawings.
    case small
    /// Five, with batch norm, which learn shifted and mirrored images too: for photographs.
    case large
  }

  /// A network at its beginning.
  ///
  /// - Parameter width: Feature maps of a small network's first convolution; the others have more.
  public init(sampleShape: Shape, classes: Int, _ size: Size = .small, width: Int = 16) {
    require(sampleShape.count == 3, "expected images [H, W, C], found \(sampleShape)")
    self.sampleShape = sampleShape
    self.classes = classes
    self.size = size
    let scope = Scope(player: "classifier", seed: 1, initialization: .he, store: store)
    let shrinking = sampleShape.shrinking(toAtMost: Self.largestSide)
    let input = [sampleShape[0] / shrinking, sampleShape[1] / shrinking, sampleShape[2]]
    var layers: [any LayerSpec] = []
    var side = min(input[0], input[1])
    for stage in size.stages {
      for factor in stage {
        layers += Self.convolution(factor * width, normalised: size == .large)
      }
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

  /// One that has learned.
  ///
  /// - Parameter weights: Those that a cache keeps.
  /// - Throws: `.data` when they are of another network or not finite.
  package init(sampleShape: Shape, classes: Int, weights: Safetensors) throws(ZooError) {
    let isLarge = weights.entries.contains { $0.name.hasSuffix("running_mean") }
    self.init(sampleShape: sampleShape, classes: classes, isLarge ? .large : .small)
    for parameter in store.all {
      guard let entry = weights[parameter.name], entry.shape == parameter.exported.shape else {
        throw ZooError(.data, "\(parameter.name) is missing or of another shape")
      }
      let value = Tensor(try entry.values(as: Float.self), shape: entry.shape)
      guard value.isFinite else { throw ZooError(.data, "\(parameter.name) is not finite") }
      parameter.assign(exported: value)
    }
  }

  /// All that it has learned, in PyTorch's layout.
  package var weights: Safetensors {
    Safetensors(store.entries, metadata: ["format": "pt"])
  }

  /// How many classes the classifier in a file tells; nil where there is none in it.
  package static func classes(in file: Safetensors) -> Int? {
    let bias = file.entries.first { $0.name.hasPrefix("head.") && $0.name.hasSuffix("bias") }
    // As many as a dense layer may have units.
    return bias?.shape.first.flatMap { 1...65_536 ~= $0 ? $0 : nil }
  }

  private static func convolution(_ channels: Int, normalised: Bool) -> [any LayerSpec] {
    var convolution = Conv2D.Spec()
    convolution.channels = channels
    convolution.settings.kernel = [3, 3]
    return normalised
      ? [convolution, BatchNorm.Spec(), ReLUSpec()] : [convolution, ReLUSpec()]
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

  /// What goes into each of its layers but the first, of images with values in 0...1, for use in
  /// losses.
  package func hidden(_ images: Tensor) -> [Tensor] {
    let context = Context(.inference, random: RandomSource(seed: 0, step: 0, substep: 0))
    return body.hidden(images.shrunk(toAtMost: Self.largestSide), context).features
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

    /// Ten passes over a set for a large network, but twice as many updates as for a small one.
    func lengthened(for dataset: any Dataset) -> Schedule {
      Schedule(steps: max(2 * steps, 10 * dataset.count / batch), batch: batch)
    }
  }

  /// Learns from a set's images and labels: Adam at 1e-3, which falls to zero linearly.
  ///
  /// - Throws: `.diverged` if the loss is not finite, `.data` if the set cannot be read.
  public func learn(
    _ dataset: any Dataset, _ schedule: Schedule = Schedule(), progress: (Double) -> Void = { _ in }
  ) throws(ZooError) {
    let source = BatchSource(
      size == .large ? ShiftedImages(dataset) : dataset, batch: schedule.batch, seed: 1,
      range: 0...1,
      // Letters that are mirrored are others; they are seldom in colour.
      mirrored: size == .large && sampleShape[2] == 3)
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

extension ImageClassifier.Size {
  /// Feature maps, in widths, of the convolutions between which images are halved.
  fileprivate var stages: [[Int]] {
    switch self {
    case .small: [[1], [2], [4]]
    case .large: [[2], [4, 4], [8, 8]]
    }
  }
}

/// The images of a set, of which training sees each time another shift by up to four pixels.
private struct ShiftedImages: Dataset {
  let base: any Dataset
  let enlarged: (any Dataset)?

  init(_ base: any Dataset) {
    self.base = base
    let (height, width) = (base.sampleShape[0], base.sampleShape[1])
    // A border makes squares.
    enlarged = height == width ? PaddedImages(base, to: height + 8) : nil
  }

  var name: String { base.name }
  var count: Int { base.count }
  var sampleShape: Shape { base.sampleShape }
  var classNames: [String]? { base.classNames }
  var digest: String { base.digest }
  func label(at index: Int) -> Int32? { base.label(at: index) }
  func read(_ indices: [Int], into values: inout MutableSpan<Float>) throws(ZooError) {
    try base.read(indices, into: &values)
  }
  func takeRemarks() -> [ZooError] { base.takeRemarks() }
}
