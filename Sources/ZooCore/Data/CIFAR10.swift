/// CIFAR-10 in its binary form: records of one label and 32x32 pixels, plane by plane.
///
/// Source: Krizhevsky 2009; the layout is on https://www.cs.toronto.edu/~kriz/cifar.html.
enum CIFAR10 {
  private static let side = 32
  private static let record = 1 + 3 * side * side
  private static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// The training batches that are in `folder`, or nil when there is none.
  static func read(_ folder: String) throws(ZooError) -> ByteImages? {
    let files = (1...5).map { Files.join(folder, "data_batch_\($0).bin") }.filter(Files.exists)
    guard !files.isEmpty else { return nil }
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for file in files {
      try parse(
        Files.read(file, limit: 10_000 * record, kind: .data), name: file, &pixels, &labels)
    }
    return ByteImages(
      name: "cifar-10", bytes: pixels, sampleShape: [side, side, 3], labels: labels,
      classNames: classNames)
  }

  /// Appends a file's images, pixel by pixel, and labels.
  static func parse(
    _ bytes: [UInt8], name: String, _ pixels: inout [UInt8], _ labels: inout [UInt8]
  ) throws(ZooError) {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name),
        advice: "fetch the file again, or point --data-dir to a folder with intact files")
    }
    guard !bytes.isEmpty, bytes.count % record == 0 else {
      throw fault("expected records of \(record) bytes, found \(bytes.count) bytes")
    }
    let plane = side * side
    for first in stride(from: 0, to: bytes.count, by: record) {
      guard bytes[first] < 10 else {
        throw fault("expected labels in 0...9, found \(bytes[first]) at byte \(first)")
      }
      labels.append(bytes[first])
      for pixel in first + 1..<first + 1 + plane {
        pixels.append(bytes[pixel])
        pixels.append(bytes[pixel + plane])
        pixels.append(bytes[pixel + 2 * plane])
      }
    }
  }
}
