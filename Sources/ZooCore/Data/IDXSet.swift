/// A set in MNIST's layout: a file of images and a file of labels for each split.
struct IDXSet: PublishedSet {
  let name: String
  let folders: [String]
  /// What the names of its files begin with.
  private let training: String
  private let test: String
  /// What the names of its files of labels end in.
  private let labelType: String
  private let classNames: [String]
  /// The label of the first class.
  private let firstLabel: Int
  /// Whether the file has images column by column.
  private let isTransposed: Bool

  /// A set with labels from `firstLabel` on.
  private init(
    _ name: String, in folders: [String], training: String = "train", test: String = "t10k",
    labelType: String = "idx1-ubyte", classNames: [String] = digits, firstLabel: Int = 0,
    isTransposed: Bool = false
  ) {
    (self.name, self.training, self.test) = (name, training, test)
    self.folders = folders
    self.labelType = labelType
    (self.classNames, self.firstLabel) = (classNames, firstLabel)
    self.isTransposed = isTransposed
  }

  // MARK: The sets

  static let all = [mnist, fashion, kmnist, qmnist] + emnist

  /// As torchvision lays a set out, besides the catalogue's folder.
  private static func folders(_ own: String, _ torchvision: String) -> [String] {
    [own, "\(torchvision)/raw", torchvision, "\(own)/raw"]
  }

  private static let mnist = IDXSet("mnist", in: folders("mnist", "MNIST"))
  private static let fashion = IDXSet(
    "fashion-mnist", in: folders("fashion-mnist", "FashionMNIST"))
  private static let kmnist = IDXSet("kmnist", in: folders("kmnist", "KMNIST"))
  private static let qmnist = IDXSet(
    "qmnist", in: folders("qmnist", "QMNIST"), training: "qmnist-train", test: "qmnist-test",
    labelType: "idx2-int")

  private static let digits = (0...9).map(String.init)
  private static let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)

  /// The six splits of arXiv:1702.05373; their zip archive has a folder `gzip`.
  private static let emnist = {
    // Where capital and small letter look alike, they are one class.
    let merged = digits + capitals + "abdefghnqrt".map(String.init)
    let splits: [(name: String, classes: [String], first: Int)] = [
      ("balanced", merged, 0), ("bymerge", merged, 0),
      ("byclass", digits + capitals + capitals.map { $0.lowercased() }, 0),
      ("letters", capitals, 1), ("digits", digits, 0), ("mnist", digits, 0),
    ]
    return splits.map { split in
      IDXSet(
        "emnist-\(split.name)",
        in: folders("emnist", "EMNIST") + ["emnist/gzip", "EMNIST/raw/gzip", "gzip"],
        training: "emnist-\(split.name)-train", test: "emnist-\(split.name)-test",
        classNames: split.classes, firstLabel: split.first, isTransposed: true)
    }
  }()

  // MARK: Its files

  private struct Pair {
    let folder: String
    let images: String?
    let labels: String?
  }

  var wanted: String {
    "\(training)-images-idx3-ubyte and \(training)-labels-\(labelType) (or images.idx3-ubyte and "
      + "the like, each with or without .gz)"
  }

  private func beginning(_ split: DataSplit) -> String { split == .training ? training : test }

  /// The names without `.gz` that a file of images or labels may have, the usual one first:
  /// publishers write `images-idx3-ubyte`, archives of others `images.idx3-ubyte`.
  private func names(_ what: String, _ split: DataSplit) -> [String] {
    let type = what == "images" ? "idx3-ubyte" : labelType
    return ["-", "."].map { "\(beginning(split))-\(what)\($0)\(type)" }
  }

  private func file(_ folder: String, _ what: String, _ split: DataSplit) -> String? {
    names(what, split).lazy.flatMap { name in
      // Archives of Kaggle have each file in a folder of its own name.
      [name, name + ".gz", "\(name)/\(name)"].map { Files.join(folder, $0) }
    }.first { Files.exists($0) && !Files.isDirectory($0) }
  }

  /// The files of a split: the first place with both, else the first with one.
  private func pair(_ directory: String, _ split: DataSplit) -> Pair? {
    let pairs = places(in: directory).map {
      Pair(folder: $0, images: file($0, "images", split), labels: file($0, "labels", split))
    }
    return pairs.first { $0.images != nil && $0.labels != nil } ?? pairs.first { $0.images != nil }
  }

  func presence(in directory: String) throws(ZooError) -> SetPresence {
    var presence = SetPresence()
    for split in [DataSplit.training, .test] {
      let pair = pair(directory, split)
      if split == .training, pair?.labels != nil { presence.folder = pair?.folder }
      if pair?.images == nil { presence.missing += names("images", split).prefix(1) }
      if pair?.labels == nil { presence.missing += names("labels", split).prefix(1) }
    }
    return presence
  }

  // MARK: Reading

  func read(_ directory: String, _ split: DataSplit) throws(ZooError) -> ByteImages? {
    guard let pair = pair(directory, split), let images = pair.images else { return nil }
    guard let labels = pair.labels else {
      throw ZooError(
        .data,
        "the images are there, but \(names("labels", split)[0])[.gz] is missing: "
          + Files.glimpse(pair.folder), at: Text.printable(pair.folder), advice: again)
    }
    let pixels = try IDX.read(images, rank: 3)
    let classes = try IDX.readLabels(labels)
    guard classes.count == pixels.shape[0] else {
      throw ZooError(
        .data, "\(classes.count) labels for \(pixels.shape[0]) images", at: Text.printable(labels),
        advice: again)
    }
    let range = firstLabel..<firstLabel + classNames.count
    if let wrong = classes.first(where: { !range.contains($0) }) {
      throw ZooError(
        .data, "expected labels in \(range.lowerBound)...\(range.upperBound - 1), found \(wrong)",
        at: Text.printable(labels),
        advice: "\(again); EMNIST's files are the datasets emnist-letters, emnist-balanced, …")
    }
    let (height, width) = (pixels.shape[1], pixels.shape[2])
    return ByteImages(
      name: name, bytes: isTransposed ? Self.transposed(pixels.bytes, height, width) : pixels.bytes,
      sampleShape: isTransposed ? [width, height, 1] : [height, width, 1],
      labels: classes.map { UInt8($0 - firstLabel) }, classNames: classNames)
  }

  private var again: String {
    Catalog.entry(named: name)?.downloadSize == nil
      ? "get the files again" : "remove it and run zoo data fetch \(name)"
  }

  /// Images of `height` rows in the file, each with rows and columns exchanged.
  private static func transposed(_ bytes: [UInt8], _ height: Int, _ width: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for image in stride(from: 0, to: bytes.count, by: height * width) {
      for column in 0..<width {
        for row in 0..<height { result.append(bytes[image + row * width + column]) }
      }
    }
    return result
  }
}
