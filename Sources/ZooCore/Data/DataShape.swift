/// What is known of data before a sample is read.
public struct DataShape: Equatable, Sendable {
  /// The shape of one sample: `[H, W, C]` or `[D]`.
  public let sample: Shape
  /// The number of classes, where the data have labels.
  public let classes: Int?
  /// The shape of one image of the other domain, where there is one.
  public let source: Shape?
  /// The number of classes in maps of labels, where the other domain's images are such.
  public let sourceLabels: Int?

  /// Samples of this shape, in so many classes if they have labels.
  public init(
    _ sample: Shape, classes: Int? = nil, source: Shape? = nil, sourceLabels: Int? = nil
  ) {
    self.sample = sample
    self.classes = classes
    self.source = source
    self.sourceLabels = sourceLabels
  }

  /// What images of the other domain hold, where they are maps of labels.
  public var labelMaps: LabelMaps? {
    sourceLabels.map { LabelMaps(classes: $0, hasInstances: source?.last == 2) }
  }

  /// The shape of a dataset.
  public init(_ dataset: any Dataset) { self.init(DatasetIdentity(dataset)) }

  /// The shape of a dataset that is not at hand.
  public init(_ dataset: DatasetIdentity) {
    self.init(
      dataset.sampleShape, classes: dataset.classNames?.count, source: dataset.sourceShape,
      sourceLabels: dataset.sourceLabels)
  }
}
