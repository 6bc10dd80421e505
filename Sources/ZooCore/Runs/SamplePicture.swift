/// The picture that a run draws of its generator again and again: a grid of images, for conditional
/// generators one class in each row, or points over the real ones.
package struct SamplePicture {
  private let grid: SampleGrid
  private let range: ClosedRange<Double>
  /// Classes of the samples, where the generator asks for them.
  private let labels: [Int32]?
  /// Real points to draw over; nil for images.
  private let points: Tensor?
  private let count: Int

  /// Points in a picture, as many as in the evaluation of the toy sets.
  package static let pointCount = 2500

  /// The picture for a recipe's samples.
  init(_ recipe: Recipe, _ dataset: any Dataset) throws(ZooError) {
    let shape = dataset.sampleShape
    let size = recipe.config.output.grid
    grid = SampleGrid(rows: size[0], columns: size[1])
    range = recipe.config.data.range
    if shape == [2] {
      points = Tensor(
        try dataset.values(of: Array(0..<min(Self.pointCount, dataset.count))),
        shape: [min(Self.pointCount, dataset.count), 2])
      count = Self.pointCount
      labels = nil
      return
    }
    guard shape.count == 3, shape[2] == 1 || shape[2] == 3 else {
      throw ZooError(
        .data,
        "expected grey or RGB images [height, width, 1 or 3] or points [2], found samples \(shape)",
        at: dataset.name)
    }
    points = nil
    count = size[0] * size[1]
    try recipe.expectRoom(forPictureOf: count, shape)
    if recipe.config.conditioning != nil, let classes = dataset.classNames?.count {
      labels = (0..<count).map { Int32($0 / size[1] % classes) }
    } else {
      labels = nil
    }
  }

  /// What the generator, or its moving average, makes of the run's fixed latent codes.
  ///
  /// The codes never change, so that pictures form a film.
  func draw(_ trainer: Trainer) -> Tensor {
    trainer.draw(
      trainer.contest.generator.latent.draw(
        count, from: RandomStream(seed: trainer.settings.seed, purpose: .samples)),
      labels: labels)
  }

  /// How steep the discriminator is at the drawn samples.
  func criticSlope(_ trainer: Trainer, at samples: Tensor) -> Double? {
    trainer.criticSlope(at: samples, labels: labels)
  }

  /// A PNG of drawn samples.
  func png(_ samples: Tensor) -> [UInt8] {
    points.map { ScatterPlot().png(samples, over: $0) } ?? grid.png(samples, range: range)
  }

  /// What looks at the drawn samples.
  func sentinel(_ dataset: any Dataset) throws(ZooError) -> Sentinel {
    try Sentinel(dataset, labels: labels, count: count, range: range)
  }
}

extension Recipe {
  /// Refuses a grid whose picture this machine cannot hold.
  fileprivate func expectRoom(forPictureOf count: Int, _ shape: Shape) throws(ZooError) {
    // Single precision in portions, together and on the host; bytes as pixels, rows and packed.
    let needed = (3 * 4 + 3) * Double(count) * Double(shape.elementCount)
    guard let shortage = Machine.memoryLimit.shortage(of: needed) else { return }
    let reading = ConfigReading(document)
    reading.report(
      given["output"]?["grid"]?.origin ?? .none, "output.grid",
      "a picture of \(Text.counted(count, "sample")) \(shape) needs \(shortage)",
      advice: "give fewer rows and columns")
    try reading.finish()
  }
}
