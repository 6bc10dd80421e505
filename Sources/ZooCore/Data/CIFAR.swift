/// CIFAR-10 and CIFAR-100 in their binary form: records of labels and 32x32 pixels, plane by plane.
///
/// Source: Krizhevsky 2009; the layout is on https://www.cs.toronto.edu/~kriz/cifar.html.
package struct CIFAR: Sendable {
  private static let side = 32

  /// The set's name in configs.
  let name: String
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
      files: (1...5).map { "data_batch_\($0).bin" }, testFile: "test_batch.bin", labelCount: 1,
      classes: .names([
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ])),
    // A coarse label of 20, then a fine one of 100.
    CIFAR(
      name: "cifar-100", files: ["train.bin"], testFile: "test.bin", labelCount: 2,
      classes: .listed(in: "fine_label_names.txt", count: 100)),
  ]

  private var record: Int { labelCount + 3 * Self.side * Self.side }

  /// The images of a split that are in `folder`, or nil when there are none.
  func read(_ folder: String, _ split: DataSplit) throws(ZooError) -> ByteImages? {
    let present = (split == .training ? files : [testFile]).map { Files.join(folder, $0) }.filter(
      Files.exists)
    guard !present.isEmpty else { return nil }
    let names = try classNames(folder)
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for file in present {
      try parse(
        Files.read(file, limit: 50_000 * record, kind: .data), name: file, classes: names.count,
        &pixels, &labels)
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
