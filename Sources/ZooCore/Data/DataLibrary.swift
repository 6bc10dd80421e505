/// The two parts of a dataset.
public enum DataSplit: Sendable {
  /// What is trained on.
  case training
  /// What is kept for evaluation.
  case test
}

/// The datasets that configs can name.
public struct DataLibrary: Sendable {
  /// Where dataset files are looked for.
  public let directory: String

  /// The datasets below `directory`.
  public init(directory: String) { self.directory = directory }

  /// What `open` found.
  public struct Opened: Sendable {
    /// The data.
    public let dataset: any Dataset
    /// Set when the fallback had to serve: what is missing, and what is used instead.
    public let notice: String?
  }

  /// Sets in MNIST's layout: `<directory>/<name>/train-images-idx3-ubyte[.gz]`.
  private static let idxSets = ["mnist", "fashion-mnist", "kmnist"]
  private static let stacked = ["stacked-mnist", "stacked-stroke-digits"]
  /// What `path` leads to.
  static let paths = ["folder", "npy", "pack"]

  /// All names.
  public static var names: [String] {
    fallbacks + paths
  }

  /// The names that need no path.
  static var fallbacks: [String] {
    idxSets + CIFAR.sets.map(\.name) + stacked + ["stroke-digits"] + PointSet.names
  }

  /// Opens the named dataset, or the fallback when its files are not there.
  public func open(_ settings: DataSettings) throws(ZooError) -> Opened {
    if Self.paths.contains(settings.dataset) { return try open(at: settings.path, settings) }
    guard settings.path == nil else {
      throw ZooError(
        .usage, "the dataset \"\(settings.dataset)\" takes no path", at: "data.path",
        advice: "set data.dataset to \(Self.paths.joined(separator: ", ")), or leave the path out")
    }
    if let dataset = try find(settings.dataset) { return Opened(dataset: dataset, notice: nil) }
    let place = folder(of: settings.dataset)
    guard let fallback = settings.fallback else {
      throw ZooError(
        .data, "the dataset \"\(settings.dataset)\" is not on this machine", at: place,
        advice:
          "zoo data fetch \(Self.base(of: settings.dataset)), point --data-dir or ZOO_DATA_DIR to a folder that has its files, or set data.fallback to \"stroke-digits\""
      )
    }
    guard let dataset = try find(fallback) else {
      throw ZooError(
        .data,
        "neither \"\(settings.dataset)\" nor its fallback \"\(fallback)\" is on this machine",
        at: directory, advice: "set data.fallback to \"stroke-digits\", which needs no file")
    }
    return Opened(
      dataset: dataset,
      notice:
        "\(settings.dataset) is not in \(place): training on \(fallback) instead. Point ZOO_DATA_DIR to a folder that has \(Files.split(place).name)/ to use the real data."
    )
  }

  /// Samples of a named set that are kept from training, or nil when it has none or when their files
  /// are not there.
  public func testSplit(of name: String) throws(ZooError) -> (any Dataset)? {
    Self.paths.contains(name) ? nil : try find(name, .test)
  }

  private func find(
    _ name: String, _ split: DataSplit = .training
  ) throws(ZooError) -> (any Dataset)? {
    if name == "stroke-digits" { return ByteImages.strokeDigits(split) }
    if let set = CIFAR.sets.first(where: { $0.name == name }) {
      return try set.read(folder(of: name), split)
    }
    if Self.stacked.contains(name) {
      return try (find(String(name.dropFirst("stacked-".count)), split) as? ByteImages)
        .map { StackedDigits($0) }
    }
    if let points = PointSet.named(name, split) { return points }
    guard Self.idxSets.contains(name) else {
      let closest = Suggestion.closest(to: name, among: Self.names)
      throw ZooError(
        .usage, "there is no dataset \"\(Text.printable(name))\"", at: "data.dataset",
        advice: closest.map { "did you mean \"\($0)\"?" }
          ?? "datasets: \(Self.names.joined(separator: ", "))")
    }
    let folder = folder(of: name)
    let prefix = split == .training ? "train" : "t10k"
    guard let images = present(folder, "\(prefix)-images-idx3-ubyte") else { return nil }
    guard let labels = present(folder, "\(prefix)-labels-idx1-ubyte") else {
      throw ZooError(
        .data, "the images are there, but \(prefix)-labels-idx1-ubyte[.gz] is missing", at: folder,
        advice: "fetch the dataset again")
    }
    let pixels = try IDX.read(images, rank: 3)
    let classes = try IDX.read(labels, rank: 1)
    guard classes.shape[0] == pixels.shape[0] else {
      throw ZooError(
        .data, "\(classes.shape[0]) labels for \(pixels.shape[0]) images", at: labels,
        advice: "fetch the dataset again")
    }
    if let wrong = classes.bytes.first(where: { $0 > 9 }) {
      throw ZooError(
        .data, "expected labels in 0...9, found \(wrong)", at: labels,
        advice: "fetch the dataset again")
    }
    return ByteImages(
      name: name, bytes: pixels.bytes, sampleShape: Array(pixels.shape[1...]) + [1],
      labels: classes.bytes, classNames: (0...9).map(String.init))
  }

  /// Where a set's files are.
  private func folder(of name: String) -> String {
    let base = Self.base(of: name)
    return Files.join(directory, Catalog.entry(named: base)?.folder ?? base)
  }

  /// The set whose files a set is made from: itself, but for stacked ones.
  private static func base(of name: String) -> String {
    name.hasPrefix("stacked-") ? String(name.dropFirst("stacked-".count)) : name
  }

  /// What could be fetched so that the named dataset can be opened; nil when its files are there, or
  /// when it has none that could be fetched.
  public func missing(_ name: String) -> CatalogEntry? {
    let base = Self.base(of: name)
    guard let entry = Catalog.entry(named: base), entry.downloadSize != nil else { return nil }
    let folder = folder(of: base)
    let files =
      CIFAR.sets.first { $0.name == base }?.files
      ?? ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]
    let needed =
      base.hasPrefix("cifar")
      ? files.contains { Files.exists(Files.join(folder, $0)) }
      : files.allSatisfy { present(folder, $0) != nil }
    return needed ? nil : entry
  }

  /// A folder or file of the user's own.
  private func open(at given: String?, _ settings: DataSettings) throws(ZooError) -> Opened {
    guard let given else {
      throw ZooError(
        .usage, "the dataset \"\(settings.dataset)\" needs a path", at: "data.path",
        advice: "for instance \"path\": \"photos\"")
    }
    // As it is, or below the folder of all datasets.
    let path = Files.exists(given) ? given : Files.join(directory, given)
    guard Files.exists(path) else {
      let missing = ZooError(
        .data,
        path == given
          ? "there is no such folder or file"
          : "there is no such folder or file, neither from here nor in \(directory)",
        at: Text.printable(given), advice: "name one in data.path")
      guard let fallback = settings.fallback, let dataset = try find(fallback) else {
        throw missing
      }
      return Opened(
        dataset: dataset,
        notice: "\(Text.printable(given)) is not there: training on \(fallback) instead.")
    }
    switch settings.dataset {
    case "npy": return Opened(dataset: try ArrayFile(path), notice: nil)
    case "pack": return Opened(dataset: try PackFile(path), notice: nil)
    default:
      let (folder, notice) = try Self.images(in: path, settings)
      // A quarter: the rest is for training.
      return Opened(
        dataset: FolderImages(
          folder, memory: Int(Machine.memory / 4), standsIn: settings.broken == .skip),
        notice: notice)
    }
  }

  /// The file itself or its compressed form, whichever is there.
  private func present(_ folder: String, _ file: String) -> String? {
    let path = Files.join(folder, file)
    return [path, path + ".gz"].first(where: Files.exists)
  }
}
