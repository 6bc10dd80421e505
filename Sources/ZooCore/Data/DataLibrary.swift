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
    /// Set when the data are not all that was asked for: what is missing, what is used instead.
    public let notice: String?

    package init(dataset: any Dataset, notice: String?) {
      (self.dataset, self.notice) = (dataset, notice)
    }
  }

  /// The sets that others publish.
  private static let published: [any PublishedSet] = IDXSet.all + CIFAR.sets
  private static let stacked = ["stacked-mnist", "stacked-stroke-digits"]
  /// What `path` leads to.
  static let paths = ["folder", "npy", "pack"]

  /// All names.
  public static var names: [String] {
    fallbacks + paths
  }

  /// The names that need no path.
  static var fallbacks: [String] {
    published.map(\.name) + stacked + ["stroke-digits"] + PointSet.names
  }

  /// Opens the named dataset, or the fallback when its files are not there.
  public func open(_ settings: DataSettings) throws(ZooError) -> Opened {
    let opened = try openWithSource(settings)
    let (count, shape) = (opened.dataset.count, opened.dataset.sampleShape)
    try Self.expectNumbers(for: count, at: opened.dataset.name)
    if let fault = SampleBounds.fault(of: shape) {
      throw ZooError(
        .data, fault, at: settings.path ?? opened.dataset.name,
        advice: "give the data another shape")
    }
    return opened
  }

  /// The dataset without its other domain.
  func openAlone(_ settings: DataSettings) throws(ZooError) -> Opened {
    Self.paths.contains(settings.dataset)
      ? try open(at: settings.path, settings) : try open(named: settings)
  }

  /// Refuses more samples than can be numbered: orders are kept as numbers of 32 bits.
  static func expectNumbers(for count: Int, at place: String) throws(ZooError) {
    guard count > Int(Int32.max) else { return }
    throw ZooError(
      .data, "\(Text.counted(count, "sample")) are more than \(Text.grouped(Int(Int32.max)))",
      at: Text.printable(place), advice: "train on a part of them")
  }

  private func open(named settings: DataSettings) throws(ZooError) -> Opened {
    guard settings.path == nil else {
      throw ZooError(
        .usage, "the dataset \"\(settings.dataset)\" takes no path", at: "data.path",
        advice: "set data.dataset to \(Self.paths.joined(separator: ", ")), or leave the path out")
    }
    if let dataset = try find(settings.dataset) {
      return Opened(dataset: dataset, notice: try gap(settings.dataset))
    }
    let place = folder(of: settings.dataset)
    let absence = set(for: settings.dataset)?.absence(in: directory) ?? ""
    guard let fallback = settings.fallback else {
      throw ZooError(
        .data, "the dataset \"\(settings.dataset)\" is not on this machine: \(absence)",
        at: Text.printable(place), advice: remedy(settings.dataset))
    }
    guard let dataset = try find(fallback) else {
      throw ZooError(
        .data,
        "neither \"\(settings.dataset)\" nor its fallback \"\(fallback)\" is on this machine: \(absence)",
        at: directory, advice: "set data.fallback to \"stroke-digits\", which needs no file")
    }
    return Opened(
      dataset: dataset,
      notice:
        "\(settings.dataset) is not in \(place): training on \(fallback) instead. Point ZOO_DATA_DIR to a folder that has \(Files.split(place).name)/ to use the real data (\(absence))."
    )
  }

  /// What to do where a set is not there.
  private func remedy(_ name: String) -> String {
    let base = Self.base(of: name)
    let entry = Catalog.entry(named: base)
    let first =
      entry?.downloadSize == nil
      ? "put its files there, which are at \(entry?.homePage ?? "their publisher's")"
      : "zoo data fetch \(base)"
    return "\(first), point --data-dir or ZOO_DATA_DIR to a folder that has its files, or set "
      + "data.fallback to \"stroke-digits\"" + pickled(base)
  }

  /// The form of CIFAR that most programs fetch is one of Python's own.
  private func pickled(_ base: String) -> String {
    let folder = base == "cifar-100" ? "cifar-100-python" : "\(base)-batches-py"
    guard Files.exists(Files.join(directory, folder)) else { return "" }
    return "; \(folder) has the same images for Python, what is read is the \"binary version\""
  }

  /// What is not there of a set that is, in words; nil when nothing is missing for training.
  private func gap(_ name: String) throws(ZooError) -> String? {
    guard let presence = try presence(of: name), presence.isPartial, let gap = presence.gap,
      let folder = presence.folder
    else { return nil }
    let fetch = Catalog.entry(named: Self.base(of: name))?.downloadSize != nil
    return "\(Text.printable(folder)): \(gap)"
      + (fetch ? "; zoo data fetch \(Self.base(of: name)) fetches them" : "")
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
    if Self.stacked.contains(name) {
      return try (find(String(name.dropFirst("stacked-".count)), split) as? ByteImages)
        .map { StackedDigits($0) }
    }
    if let points = PointSet.named(name, split) { return points }
    guard let set = set(for: name) else {
      let closest = Suggestion.closest(to: name, among: Self.names)
      throw ZooError(
        .usage, "there is no dataset \"\(Text.printable(name))\"", at: "data.dataset",
        advice: closest.map { "did you mean \"\($0)\"?" }
          ?? "datasets: \(Self.names.joined(separator: ", "))")
    }
    return try set.read(directory, split)
  }

  /// The published set whose files a set is made from; nil where there are none.
  private func set(for name: String) -> (any PublishedSet)? {
    let base = Self.base(of: name)
    return Self.published.first { $0.name == base }
  }

  /// How much of a published set is here; nil for sets without files of their own.
  public func presence(of name: String) throws(ZooError) -> SetPresence? {
    try set(for: name)?.presence(in: directory)
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
    // A file that cannot be looked at is an error of its own when it is opened.
    guard let presence = try? presence(of: base) else { return nil }
    return presence.folder == nil ? entry : nil
  }

  /// A folder or file of the user's own.
  private func open(at given: String?, _ settings: DataSettings) throws(ZooError) -> Opened {
    guard let given else {
      throw ZooError(
        .usage, "the dataset \"\(settings.dataset)\" needs a path", at: "data.path",
        advice: "for instance \"path\": \"photos\"")
    }
    // As it is, or below the folder of all datasets.
    let own = Files.expandingHome(given)
    let path = own.hasPrefix("/") || Files.exists(own) ? own : Files.join(directory, given)
    guard Files.exists(path) else {
      let missing = ZooError(
        .data,
        path == own
          ? "there is no such folder or file"
          : "there is no such folder or file, neither from here nor in \(Text.printable(directory))",
        at: Text.printable(given),
        advice: "name one in data.path; \(Files.glimpse(Files.split(own).directory))")
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
      return Opened(dataset: try Self.pictures(of: folder, settings), notice: notice)
    }
  }

  /// The pictures of a folder, and larger ones where training sees parts of them.
  private static func pictures(
    of folder: ImageFolder, _ settings: DataSettings
  ) throws(ZooError) -> FolderImages {
    // A quarter: the rest is for training.
    let memory = Int(Machine.memory / 4)
    func pictures(_ size: [Int], _ memory: Int, parts: FolderImages? = nil) -> FolderImages {
      let preparation = settings.preparation(size)
      return FolderImages(
        ImageFolder(folder.index, preparation: preparation), memory: memory,
        standsIn: settings.broken == .skip, enlarged: parts)
    }
    guard let larger = settings.enlarge else { return pictures(settings.size, memory) }
    guard larger[0] >= settings.size[0], larger[1] >= settings.size[1], settings.pad == nil else {
      throw ZooError(
        .usage,
        settings.pad == nil
          ? "expected at least the size \(settings.size), found \(larger)"
          : "pictures with a border have no random parts", at: "data.enlarge",
        advice: "give both, for instance \"size\": [256, 256], \"enlarge\": [286, 286]")
    }
    return pictures(settings.size, memory / 2, parts: pictures(larger, memory / 2))
  }
}
