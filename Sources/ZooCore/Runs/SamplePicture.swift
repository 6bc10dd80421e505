/// The picture that a run draws of its generator again and again: a grid of images, for conditional
/// generators one class in each row, or points over the real ones.
package struct SamplePicture {
  private let grid: SampleGrid
  private let range: ClosedRange<Double>
  /// What the samples are drawn from, always the same, so that pictures form a film.
  private let inputs: InputSource
  /// Real points to draw over; nil for images.
  private let points: Tensor?
  /// What a translator's samples stand beside; nil for other generators.
  private let rows: TranslationRows?

  /// Points in a picture, as many as in the evaluation of the toy sets.
  package static let pointCount = 2500

  /// The picture for a plan's samples.
  init(_ plan: Plan, _ dataset: any Dataset) throws(ZooError) {
    let (shape, config) = (dataset.sampleShape, plan.recipe.config)
    let size = config.output.grid
    grid = SampleGrid(rows: size[0], columns: size[1])
    range = config.data.range
    let isPlane = shape == [2]
    rows = try TranslationRows(
      plan.contest.generator.takes, dataset, range: range,
      seed: UInt32(config.training.seed), size: (size[0], size[1]))
    if let rows {
      (inputs, points) = (rows.inputs, nil)
      try Self.expectPicture(of: shape, at: dataset.name)
      try plan.recipe.expectRoom(forPictureOf: 3 * inputs.count, shape)
      return
    }
    // One class in each row.
    inputs = plan.contest.generator.takes.inputs(
      isPlane ? Self.pointCount : size[0] * size[1],
      from: RandomStream(seed: UInt32(config.training.seed), purpose: .samples),
      classOf: { sample, classes in isPlane ? sample % classes : sample / size[1] % classes })
    if isPlane {
      points = Tensor(
        try dataset.values(of: Array(0..<min(Self.pointCount, dataset.count))),
        shape: [min(Self.pointCount, dataset.count), 2])
      return
    }
    try Self.expectPicture(of: shape, at: dataset.name)
    points = nil
    try plan.recipe.expectRoom(forPictureOf: inputs.count, shape)
  }

  /// Refuses samples that have no picture.
  package static func expectPicture(of shape: Shape, at place: String) throws(ZooError) {
    guard shape != [2], shape.count != 3 || (shape[2] != 1 && shape[2] != 3) else { return }
    throw ZooError(
      .data,
      "expected grey or RGB images [height, width, 1 or 3] or points [2], found samples \(shape)",
      at: Text.printable(place))
  }

  /// What the generator, or its moving average, makes of the run's fixed inputs.
  func draw(_ trainer: Trainer) throws(ZooError) -> Tensor {
    try trainer.draw(0..<inputs.count, of: inputs)
  }

  /// How steep the discriminator is at the drawn samples.
  func criticSlope(_ trainer: Trainer, at samples: Tensor) throws(ZooError) -> Double? {
    let condition = try inputs.input(0..<samples.shape[0]).condition
    return trainer.criticSlope(at: samples, given: condition)
  }

  /// A PNG of drawn samples.
  func png(_ samples: Tensor) -> [UInt8] {
    points.map { ScatterPlot().png(samples, over: $0) } ?? rows?.png(samples)
      ?? grid.png(samples, range: range)
  }

  /// What looks at the drawn samples.
  func sentinel(_ dataset: any Dataset) throws(ZooError) -> Sentinel {
    try Sentinel(dataset, labels: inputs.labels, count: inputs.count, range: range)
  }
}

extension Recipe {
  /// Refuses a grid whose picture this machine cannot hold.
  fileprivate func expectRoom(forPictureOf count: Int, _ shape: Shape) throws(ZooError) {
    // Single precision in portions, together and on the host; bytes as pixels, rows and packed.
    let needed = (3 * 4 + 3) * Double(count) * Double(shape.elementCount)
    guard let shortage = Machine.memoryLimit.shortage(of: needed) else { return }
    let reading = reading()
    reading.report(
      given["output"]?["grid"]?.origin ?? .none, "output.grid",
      "a picture of \(Text.counted(count, "sample")) \(shape) needs \(shortage)",
      advice: "give fewer rows and columns")
    try reading.finish()
  }
}
