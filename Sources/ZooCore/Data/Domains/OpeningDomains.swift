extension DataLibrary {
  /// A dataset beside what is kept from training of it.
  private struct Splits {
    var training: any Dataset
    var test: (any Dataset)?

    func map(
      _ body: (any Dataset) throws(ZooError) -> any Dataset
    ) throws(ZooError) -> Splits {
      var mapped = Splits(training: try body(training))
      if let test { mapped.test = try body(test) }
      return mapped
    }
  }

  /// The dataset as `settings` want it, padded and beside its other domain.
  func openWithSource(_ settings: DataSettings) throws(ZooError) -> Opened {
    var alone = settings
    // Two pictures lie in one.
    if settings.source?.half != nil {
      alone.size[1] *= 2
      alone.enlarge?[1] *= 2
    }
    return try beside(openAlone(alone), alone, settings)
  }

  /// A dataset that is open, padded and beside its other domain.
  ///
  /// - Parameter alone: The settings that it was opened by.
  package func beside(
    _ opened: Opened, _ alone: DataSettings, _ settings: DataSettings
  ) throws(ZooError) -> Opened {
    guard let source = settings.source else {
      return Opened(dataset: try padded(opened.dataset, settings), notice: opened.notice)
    }
    let given = [source.made != nil, source.half != nil, (source.dataset ?? source.path) != nil]
    guard given.count(where: { $0 }) == 1 else {
      throw ZooError(
        .usage, "expected one of \"made\", \"half\", or \"dataset\" and \"path\"",
        at: "data.source", advice: "for instance \"source\": { \"made\": \"edges\" }")
    }
    if source.labels == nil ? source.instances != nil : source.path == nil {
      throw ZooError(
        .usage,
        "maps of labels are the pictures of a folder, and things are numbered beside labels",
        at: "data.source.\(source.labels == nil ? "instances" : "labels")",
        advice: "for instance \"source\": { \"path\": \"train_label\", \"labels\": 35 }")
    }
    let samples = try splits(opened.dataset, alone)
    let (images, drawn) = try sides(of: samples, settings, source)
    let back = source.direction == .back
    return Opened(
      dataset: try together(back ? drawn : images, back ? images : drawn, source),
      notice: opened.notice)
  }

  private func padded(
    _ dataset: any Dataset, _ settings: DataSettings
  ) throws(ZooError) -> any Dataset {
    guard let side = settings.pad else { return dataset }
    let shape = dataset.sampleShape
    guard shape.count == 3, shape[0] <= side, shape[1] <= side else {
      throw ZooError(
        .usage, "samples \(shape) of \(dataset.name) do not fit squares of \(side) pixels",
        at: "data.pad", advice: "leave it out, or set it to a larger side")
    }
    return PaddedImages(dataset, to: side)
  }

  /// A dataset and its test split: its own, that of the folder `test` beside `train`, or, where there
  /// is none, the last tenth of the samples.
  private func splits(
    _ dataset: any Dataset, _ settings: DataSettings
  ) throws(ZooError) -> Splits {
    // A file of one's own may have any name.
    let isOwn = dataset is FolderImages || dataset is PackFile || dataset is ArrayFile
    var test = try isOwn ? nil : testSplit(of: dataset.name)
    if test == nil, dataset is FolderImages, let path = settings.path.flatMap(Self.testFolder) {
      var other = settings
      other.path = path
      if Files.exists(Files.expandingHome(path)) || Files.exists(Files.join(directory, path)) {
        test = try openAlone(other).dataset
      }
    }
    guard test == nil, dataset.count > 1 else {
      return try Splits(training: dataset, test: test)
        .map { set throws(ZooError) in try padded(set, settings) }
    }
    let kept = max(1, min(1000, dataset.count / 10))
    return try Splits(
      training: DatasetPart(of: dataset, inOrder: 0..<dataset.count - kept),
      test: DatasetPart(of: dataset, inOrder: dataset.count - kept..<dataset.count)
    ).map { set throws(ZooError) in try padded(set, settings) }
  }

  /// `faces/test` for `faces/train`, `horses/testA` for `horses/trainA`.
  private static func testFolder(_ path: String) -> String? {
    let (directory, name) = Files.split(path.hasSuffix("/") ? String(path.dropLast()) : path)
    guard name.hasPrefix("train") else { return nil }
    return Files.join(directory, "test" + name.dropFirst("train".count))
  }

  /// What is started from, and what is drawn, for the direction from A to B.
  private func sides(
    of samples: Splits, _ settings: DataSettings, _ source: SourceSettings
  ) throws(ZooError) -> (images: Splits, drawn: Splits) {
    if let maker = source.made {
      let shape = samples.training.sampleShape
      guard shape.count == 3, shape[2] == maker.channels else {
        throw ZooError(
          .usage,
          "\"\(maker.rawValue)\" is made of \(maker.channels == 1 ? "grey" : "colour") images, "
            + "\(samples.training.name) has samples \(shape)", at: "data.source.made",
          advice: "choose another dataset, or another way to make pairs")
      }
      func made(_ side: PairMaker.Side) throws(ZooError) -> Splits {
        try samples.map { MadeImages(side, of: $0, by: maker) }
      }
      return (try made(.source), try made(.sample))
    }
    if let half = source.half {
      guard settings.dataset == "folder" else {
        throw ZooError(
          .usage, "only the dataset \"folder\" has pictures side by side", at: "data.source.half",
          advice: "leave it out")
      }
      return (
        try samples.map { HalfImages(of: $0, half) },
        try samples.map { HalfImages(of: $0, half == .left ? .right : .left) }
      )
    }
    var other = settings
    other.dataset = source.dataset ?? settings.dataset
    other.path = source.path
    guard let labels = source.labels else {
      return (try splits(openAlone(other).dataset, other), samples)
    }
    (other.channels, other.holdsLabels) = (1, true)
    let maps = try splits(openAlone(other).dataset, other)
    other.path = source.instances
    let things = try source.instances == nil ? nil : splits(openAlone(other).dataset, other)
    for set in [maps, things].compactMap({ $0?.training }) where set.sampleShape.last != 1 {
      throw ZooError(
        .data, "maps of labels are grey, \(set.name) has samples \(set.sampleShape)",
        at: "data.source.labels", advice: "save the numbers of classes as grey pictures")
    }
    if let things { try expectPairs(maps.training, things.training) }
    func labelled(_ maps: any Dataset, _ things: (any Dataset)?) -> any Dataset {
      LabelImages(maps, classes: labels, things: things)
    }
    return (
      Splits(
        training: labelled(maps.training, things?.training),
        test: maps.test.map { labelled($0, things?.test) }), samples
    )
  }

  private func together(
    _ images: Splits, _ drawn: Splits, _ source: SourceSettings
  ) throws(ZooError) -> TwoDomains {
    let isPaired = source.isPaired
    guard drawn.training.labelMaps == nil else {
      throw ZooError(
        .usage, "maps of labels can be translated, not drawn", at: "data.source.direction",
        advice: "leave the direction out")
    }
    if isPaired {
      try expectPairs(images.training, drawn.training)
      if let some = images.test, let others = drawn.test { try expectPairs(some, others) }
    }
    func test(_ images: any Dataset, _ drawn: any Dataset) -> TwoDomains {
      // Pairs that are made are pairs for a test, whatever the training sees.
      TwoDomains(drawn, from: images, paired: isPaired || source.made != nil)
    }
    let kept = images.test.flatMap { some in drawn.test.map { test(some, $0) } }
    guard source.made != nil, !isPaired else {
      return TwoDomains(drawn.training, from: images.training, paired: isPaired, test: kept)
    }
    // Nobody can put together two halves of a random order; in the data's own, classes may take turns.
    let (half, count) = (drawn.training.count / 2, drawn.training.count)
    guard half > 0 else {
      throw ZooError(
        .data, "one sample cannot be started from and be drawn without belonging to itself",
        at: "data.source", advice: "give more of them, or set \"paired\" to true")
    }
    return TwoDomains(
      DatasetPart(of: drawn.training, shuffled: half..<count),
      from: DatasetPart(of: images.training, shuffled: 0..<half), paired: false, test: kept)
  }

  /// Refuses pairs of which one is missing.
  private func expectPairs(
    _ images: any Dataset, _ samples: any Dataset
  ) throws(ZooError) {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: "data.source",
        advice: "give both the same pictures under the same names, or set \"paired\" to false")
    }
    let (ours, others) = (samples.fileNames, images.fileNames)
    if let ours, let others {
      let (known, also) = (Set(ours), Set(others))
      let alone =
        others.filter { !known.contains($0) }.map { "\($0) only in A" }
        + ours.filter { !also.contains($0) }.map { "\($0) only in B" }
      guard alone.isEmpty else {
        throw fault(
          "\(Text.counted(alone.count, "picture")) without a partner: \(Text.listed(alone))")
      }
    }
    guard images.count == samples.count else {
      throw fault(
        "\(Text.counted(images.count, "image")) to start from are paired with "
          + Text.counted(samples.count, "sample"))
    }
  }
}

extension Dataset {
  /// The names of a folder's pictures without folder and ending, in their order; nil for other data.
  fileprivate var fileNames: [String]? {
    switch self {
    case let folder as FolderImages: folder.names
    case let part as DatasetPart: part.whole.fileNames.map { part.chosen(of: $0) }
    case let padded as PaddedImages: padded.base.fileNames
    case let maps as LabelImages: maps.base.fileNames
    default: nil
    }
  }
}
