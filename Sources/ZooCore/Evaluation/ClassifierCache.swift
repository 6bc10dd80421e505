/// Trained classifiers beside the datasets, one folder for each set and recipe.
///
/// `classifiers/<name>-<digest>/`: `classifier.safetensors`, and `manifest.json` with the file's
/// digest and the accuracy on test images.
public struct ClassifierCache: Sendable {
  private let directory: String
  private let schedule: ImageClassifier.Schedule
  // Changes when the network or its training does.
  private static let recipe = "2"
  /// With a smaller share of test images right, a small classifier is not enough.
  private static let goodEnough = 0.9
  private static let (weightsName, manifestName) = ("classifier.safetensors", "manifest.json")

  /// The classifiers below the folder of datasets.
  public init(
    dataDirectory: String, schedule: ImageClassifier.Schedule = ImageClassifier.Schedule()
  ) {
    directory = Files.join(dataDirectory, "classifiers")
    self.schedule = schedule
  }

  /// The classifier of a labelled set, trained now unless it is there.
  ///
  /// - Parameters:
  ///   - progress: Is told how much of the training is done; not called where there is none.
  ///   - warn: Is told of a damaged classifier, and when a new one cannot be kept.
  public func classifier(
    for data: EvaluationData, progress: (Double) -> Void, warn: (ZooError) -> Void
  ) throws(ZooError) -> ImageClassifier {
    let training = data.training
    guard let classes = training.classNames?.count else {
      fatalError("the set \(training.name) has no labels to learn")
    }
    let folder = Files.join(directory, try name(for: training))
    if Files.exists(folder) {
      do throws(ZooError) {
        return try restored(training.sampleShape, classes: classes, from: folder)
      } catch { warn(error) }
    }
    var classifier = ImageClassifier(sampleShape: training.sampleShape, classes: classes)
    try classifier.learn(training, schedule, progress: progress)
    var accuracy = try classifier.accuracy(on: data.test)
    if accuracy < Self.goodEnough {
      let larger = ImageClassifier(sampleShape: training.sampleShape, classes: classes, .large)
      try larger.learn(training, schedule.lengthened(for: training), progress: progress)
      let better = try larger.accuracy(on: data.test)
      if better > accuracy { (classifier, accuracy) = (larger, better) }
    }
    do throws(ZooError) {
      try keep(classifier, accuracy: accuracy, training, in: folder)
    } catch {
      // A folder of datasets that cannot be written to is no reason not to evaluate.
      warn(error)
    }
    return classifier
  }

  /// `mnist-a8c4d2810c2f0be2`: the set, and a digest of all that the classifier depends on.
  private func name(for dataset: any Dataset) throws(ZooError) -> String {
    var hash = SHA256()
    hash.update(
      Array("\(Self.recipe) \(schedule.steps) \(schedule.batch) \(dataset.digest)".utf8))
    // The digest of a folder of pictures knows their names only.
    let samples = try dataset.values(of: Array(0..<min(16, dataset.count)))
    hash.update(samples.withUnsafeBytes { [UInt8]($0) })
    // A pack has the name that its maker liked.
    let title = dataset.name.prefix(40).map {
      $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-"
    }
    return String(title) + "-" + SHA256.hex(hash.finalize()).prefix(16)
  }

  private func keep(
    _ classifier: ImageClassifier, accuracy: Double, _ dataset: any Dataset, in folder: String
  ) throws(ZooError) {
    let bytes = classifier.weights.serialized()
    let manifest: JSONValue = [
      "schema_version": 1, "dataset": .string(dataset.name),
      "datasetDigest": .string(dataset.digest),
      "steps": .number(schedule.steps), "batch": .number(schedule.batch),
      "testAccuracy": .number(accuracy), "sha256": .string(SHA256.hexDigest(of: bytes)),
    ]
    try Files.createDirectory(directory)
    if Files.exists(folder) { try Files.discard(folder) }
    try Files.stage(folder) { staged throws(ZooError) in
      try Files.write(bytes, to: Files.join(staged, Self.weightsName))
      try Files.write(manifest.pretty() + "\n", to: Files.join(staged, Self.manifestName))
    }
  }

  private func restored(
    _ shape: Shape, classes: Int, from folder: String
  ) throws(ZooError) -> ImageClassifier {
    func damaged(_ problem: String) -> ZooError {
      ZooError(
        .data, "the classifier is damaged (\(problem)) and is trained again",
        at: Text.printable(folder))
    }
    let manifest = try JSONDocument(
      parsing: Files.read(
        Files.join(folder, Self.manifestName), limit: 1 << 16, kind: .data),
      name: Self.manifestName, kind: .data
    ).root
    let path = Files.join(folder, Self.weightsName)
    let bytes = try Files.read(path, limit: 1 << 26, kind: .data)
    guard manifest["sha256"]?.string == SHA256.hexDigest(of: bytes) else {
      throw damaged("its \(bytes.count) bytes of weights have another digest than was written")
    }
    do throws(ZooError) {
      return try ImageClassifier(
        sampleShape: shape, classes: classes, weights: Safetensors(parsing: bytes, name: path))
    } catch { throw damaged(error.findings[0].problem) }
  }
}
