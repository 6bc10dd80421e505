/// CIFAR-10 and CIFAR-100 in their binary form: records of labels and 32x32 pixels, plane by plane.
///
/// Source: Krizhevsky 2009; the layout is on https://www.cs.toronto.edu/~kriz/cifar.html.
package struct CIFAR: PublishedSet {
  private static let side = 32

  /// The set's name in configs.
  let name: String
  let folders: [String]
  /// The files with training images.
  let files: [String]
  /// The file with test images.
  let testFile: String
  /// The labels before the pixels of a record; the last of them is the class.
  let labelCount: Int
  /// The names of the classes, or the file in the folder that has them.
  let classes: Classes

  enum Classes: Sendable {
    case names([String])
    case listed(in: String, count: Int)
  }

  package static let sets = [
    CIFAR(
      name: "cifar-10",
      folders: ["cifar-10-batches-bin", "cifar-10", "CIFAR10", "CIFAR10/cifar-10-batches-bin"],
      files: (1...5).map { "data_batch_\($0).bin" }, testFile: "test_batch.bin", labelCount: 1,
      classes: .names([
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ])),
    // A coarse label of 20, then a fine one of 100.
    CIFAR(
      name: "cifar-100", folders: ["cifar-100-binary", "cifar-100", "CIFAR100"],
      files: ["train.bin"], testFile: "test.bin", labelCount: 2,
      classes: .listed(in: "fine_label_names.txt", count: 100)),
  ]

  private var record: Int { labelCount + 3 * Self.side * Self.side }

  /// Of every set of this kind.
  private static let trainingImages = 50_000

  var wanted: String {
    files.count == 1 ? files[0] : "\(files[0]) to \(files[files.count - 1])"
  }

  private func files(_ split: DataSplit) -> [String] { split == .training ? files : [testFile] }

  /// The first place with files of a split, and which ones those are.
  private func find(
    _ directory: String, _ split: DataSplit
  ) -> (folder: String, names: [String])? {
    places(in: directory).lazy.map { folder in
      (folder, files(split).filter { Files.exists(Files.join(folder, $0)) })
    }.first { !$0.1.isEmpty }
  }

  func presence(in directory: String) throws(ZooError) -> SetPresence {
    var presence = SetPresence()
    for split in [DataSplit.training, .test] {
      let found = find(directory, split)
      presence.missing += files(split).filter { !(found?.names.contains($0) ?? false) }
      guard split == .training, let found else { continue }
      presence.folder = found.folder
      presence.published = Self.trainingImages
      for name in found.names {
        presence.images +=
          (try Files.size(of: Files.join(found.folder, name), kind: .data) ?? 0) / record
      }
    }
    return presence
  }

  /// The images of a split that are there, as many files as there are, or nil when there are none.
  func read(_ directory: String, _ split: DataSplit) throws(ZooError) -> ByteImages? {
    guard let (folder, found) = find(directory, split) else { return nil }
    let present = found.map { Files.join(folder, $0) }
    let names = try classNames(folder)
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for file in present {
      let bytes = try Files.read(file, limit: Self.trainingImages * record, kind: .data)
      try parse(bytes, name: file, classes: names.count, &pixels, &labels)
    }
    return ByteImages(
      name: name, bytes: pixels, sampleShape: [Self.side, Self.side, 3], labels: labels,
      classNames: names)
  }

  private func classNames(_ folder: String) throws(ZooError) -> [String] {
    switch classes {
    case .names(let names): return names
    case .listed(let file, let count):
      let path = Files.join(folder, file)
      // Names are a help; without them the classes are called by their numbers.
      guard Files.exists(path) else { return (0..<count).map(String.init) }
      let text = String(decoding: try Files.read(path, limit: 1 << 16, kind: .data), as: UTF8.self)
      let names = text.split(whereSeparator: \.isNewline).map { Text.printable(String($0)) }
      guard names.count == count else {
        throw Self.fault("expected \(count) names of classes, found \(names.count)", path)
      }
      return names
    }
  }

  /// Appends a file's images, pixel by pixel, and labels.
  package func parse(
    _ bytes: [UInt8], name: String, classes: Int, _ pixels: inout [UInt8], _ labels: inout [UInt8]
  ) throws(ZooError) {
    guard !bytes.isEmpty, bytes.count % record == 0 else {
      throw Self.fault("expected records of \(record) bytes, found \(bytes.count) bytes", name)
    }
    let plane = Self.side * Self.side
    for first in stride(from: 0, to: bytes.count, by: record) {
      let label = bytes[first + labelCount - 1]
      guard label < classes else {
        throw Self.fault(
          "expected labels in 0...\(classes - 1), found \(label) at byte \(first)", name)
      }
      labels.append(label)
      let start = first + labelCount
      for pixel in start..<start + plane {
        pixels.append(bytes[pixel])
        pixels.append(bytes[pixel + plane])
        pixels.append(bytes[pixel + 2 * plane])
      }
    }
  }

  private static func fault(_ problem: String, _ name: String) -> ZooError {
    ZooError(
      .data, problem, at: Text.printable(name),
      advice: "fetch the file again, or point --data-dir to a folder with intact files")
  }
}
