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
  private static let embedded = ["stroke-digits"]

  /// All names.
  public static var names: [String] { idxSets + ["cifar-10"] + embedded + PointSet.names }

  /// Opens the named dataset, or the fallback when its files are not there.
  public func open(_ settings: DataSettings) throws(ZooError) -> Opened {
    if let dataset = try find(settings.dataset) { return Opened(dataset: dataset, notice: nil) }
    let place = folder(of: settings.dataset)
    guard let fallback = settings.fallback else {
      throw ZooError(
        .data, "the dataset \"\(settings.dataset)\" is not on this machine", at: place,
        advice:
          "put its files there, point --data-dir or ZOO_DATA_DIR to a folder that has them, or set data.fallback to \"stroke-digits\""
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

  private func find(_ name: String) throws(ZooError) -> (any Dataset)? {
    if name == "stroke-digits" { return ByteImages.strokeDigits() }
    if name == "cifar-10" {
      return try CIFAR10.read(folder(of: name))
    }
    if let points = PointSet.named(name) { return points }
    guard Self.idxSets.contains(name) else {
      let closest = Suggestion.closest(to: name, among: Self.names)
      throw ZooError(
        .usage, "there is no dataset \"\(Text.printable(name))\"", at: "data.dataset",
        advice: closest.map { "did you mean \"\($0)\"?" }
          ?? "datasets: \(Self.names.joined(separator: ", "))")
    }
    let folder = folder(of: name)
    guard let images = present(folder, "train-images-idx3-ubyte") else { return nil }
    guard let labels = present(folder, "train-labels-idx1-ubyte") else {
      throw ZooError(
        .data, "the images are there, but train-labels-idx1-ubyte[.gz] is missing", at: folder,
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

  /// Where a set's files are: CIFAR-10 keeps the name that its archive gives.
  private func folder(of name: String) -> String {
    Files.join(directory, name == "cifar-10" ? "cifar-10-batches-bin" : name)
  }

  /// The file itself or its compressed form, whichever is there.
  private func present(_ folder: String, _ file: String) -> String? {
    let path = Files.join(folder, file)
    return [path, path + ".gz"].first(where: Files.exists)
  }
}
