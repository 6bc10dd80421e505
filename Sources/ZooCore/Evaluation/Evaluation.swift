/// What an evaluation found: the scores of generated samples beside those of real ones.
public struct Evaluation {
  /// Of the generated samples.
  public let generated: Scores
  /// Of as many samples of the training data, or of all of them, by the same metrics: what a perfect
  /// generator gets.
  public let real: Scores
  /// In which numbers samples were compared.
  public let features: String
  /// The share of test samples that the classifier gets right; nil without one.
  public let accuracy: Double?
  /// The number of generated samples.
  public let count: Int
  /// The number of test samples.
  public let testCount: Int
  /// The number of training samples that were judged beside the generated ones.
  public let realCount: Int
  /// What is to be known of the test samples; nil for fresh ones.
  public let notice: String?
  /// Some generated images beside the training images nearest to them; nil for points.
  public let neighbours: TrainingNeighbours?

  // Enough for a picture, and for a median; each takes a pass over all training images.
  private static let neighbourCount = 40

  /// How many samples are judged when nobody says: where modes are counted, what the published
  /// protocols take (2,500 of mixtures, 26,000 of stacked digits: VEEGAN, PacGAN), else 10,000.
  public static func standardCount(for dataset: any Dataset) -> Int {
    if dataset is StackedDigits { return 26_000 }
    return PointMixture.of(dataset) == nil ? 10_000 : 2500
  }

  /// Gives the scores of what an objective adds, by test samples and what tells their classes.
  package typealias Examine = (
    _ test: any Dataset, _ classifier: Examination.Classifier?
  ) throws(ZooError) -> [Score]

  /// Judges samples, and as many training samples beside them.
  package init(
    of source: SampleSource, _ data: EvaluationData, _ space: FeatureSpace,
    examine: Examine = { _, _ throws(ZooError) in [] },
    progress: Evaluator.Progress = { _, _ in }
  ) throws(ZooError) {
    let evaluator = try Evaluator(data, space, count: source.count, progress: progress)
    var generated = try evaluator.judge(source, as: "generated", progress: progress)
    generated.list += try examine(data.test, space.classifier)
    let realSource = SampleSource(data.training, count: source.count)
    var real = try evaluator.judge(realSource, as: "real", progress: progress)
    let translations = try TranslationScores(source, data.test, space.classifier)
    generated.list += translations.generated
    real.list += translations.real
    if let domain = data.test.source, !domain.isPaired,
      domain.images.sampleShape == data.test.sampleShape
    {
      let input = SampleSource(domain.images, count: source.count)
      generated.list.append(
        .init(
          "inputFrechetDistance", "Fréchet distance of the input as it is",
          try evaluator.frechetDistance(of: input, as: "input"), .lower))
    }
    var shown: TrainingNeighbours?
    if data.training.sampleShape.count == 3 {
      func neighbours(of source: SampleSource, _ what: String) throws(ZooError)
        -> TrainingNeighbours
      {
        let samples = try source.draw(0..<min(Self.neighbourCount, source.count))
        return try TrainingNeighbours(of: samples, in: data.training) {
          progress("looking for the training images nearest to \(what) samples", $0)
        }
      }
      let (ofGenerated, ofTest) = (
        try neighbours(of: source, "generated"),
        try neighbours(of: SampleSource(data.test, count: Self.neighbourCount), "test")
      )
      shown = ofGenerated
      let title = "distance to the nearest training image"
      generated.list.append(
        .init("trainingDistance", title, ofGenerated.medianDistance, .alike))
      // A training image is at 0 from itself: fresh images tell what is usual.
      real.list.append(.init("trainingDistance", title, ofTest.medianDistance, .alike))
    }
    neighbours = shown
    notice = data.notice
    (self.generated, self.real) = (generated, real)
    (features, accuracy) = (space.name, evaluator.accuracy)
    (count, testCount, realCount) = (source.count, evaluator.testCount, realSource.count)
  }

  /// What was found in the course of a run, without a look for nearest training images.
  init(
    generated: Scores, real: Scores, realCount: Int, _ space: FeatureSpace,
    _ evaluator: Evaluator, count: Int, notice: String?
  ) {
    (self.generated, self.real, neighbours) = (generated, real, nil)
    self.notice = notice
    (features, accuracy) = (space.name, evaluator.accuracy)
    (self.count, testCount, self.realCount) = (count, evaluator.testCount, realCount)
  }

  /// Everything but the pictures, as an object.
  public var json: JSONValue {
    .object(
      [
        .init("samples", .number(count)), .init("testSamples", .number(testCount)),
        .init("realSamples", .number(realCount)), .init("features", .string(features)),
      ] + (notice.map { [.init("notice", .string($0))] } ?? []) + [
        .init("classifierAccuracy", accuracy.map { .number($0) } ?? nil),
        .init("generated", generated.json), .init("real", real.json),
      ])
  }

  /// The figures that tell most, in one line.
  public var brief: String {
    ["modes", "highQualityShare", "frechetDistance", "precision", "recall"].compactMap { key in
      generated.list.first { $0.key == key }.map { "\($0.title): \(Self.text($0))" }
    }.joined(separator: ", ")
  }

  /// Lines for people: name, generated, real, and which way is better.
  public var table: String {
    let rows =
      [["", "generated", "real", "better"]]
      + generated.list.map { score in
        [
          score.title, Self.text(score),
          real.list.first { $0.key == score.key }.map(Self.text) ?? "-",
          score.sense == .alike ? "like real" : score.sense.rawValue,
        ]
      }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        // Numbers stand to the right.
        return column == 1 || column == 2 ? space + cell.0 : cell.0 + space
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  private static func text(_ score: Score) -> String {
    guard let value = score.value else { return "-" }
    let digits = Text.figure(value, digits: 4)
    guard let deviation = score.deviation else { return digits }
    return digits + " ± " + Text.figure(deviation, digits: 2)
  }
}
