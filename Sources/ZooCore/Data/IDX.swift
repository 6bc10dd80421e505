/// Files in the IDX format of MNIST, plain or gzip-compressed.
///
/// Two zero bytes, the element type (08: unsigned bytes, 0C: 32-bit integers), the number of axes,
/// the sizes as big-endian 32-bit numbers, then the values, big-endian. Source: LeCun's MNIST page.
public enum IDX {
  /// An array of bytes with its sizes.
  public struct Array: Equatable, Sendable {
    /// The sizes, outermost first.
    public let shape: Shape
    /// The values, row-major.
    public let bytes: [UInt8]
  }

  // More than any image set of this kind: MNIST's training images are 47 MB.
  private static let limit = 1 << 30

  /// Reads `path`, which holds unsigned bytes with `rank` axes.
  public static func read(_ path: String, rank: Int) throws(ZooError) -> Array {
    try parse(content(of: path), rank: rank, name: path)
  }

  /// Reads labels: a byte for each sample, or the first of some 32-bit numbers for each, the others
  /// being what QMNIST knows besides.
  static func readLabels(_ path: String) throws(ZooError) -> [Int] {
    try parseLabels(content(of: path), name: path)
  }

  /// The labels in the bytes of a file called `name`.
  package static func parseLabels(_ bytes: [UInt8], name: String) throws(ZooError) -> [Int] {
    guard bytes.starts(with: [0, 0, 0x0C]) else {
      return try parse(bytes, rank: 1, name: name).bytes.map { Int($0) }
    }
    let columns = try parse(bytes, rank: 2, elementSize: 4, name: name)
    let size = 4 * columns.shape[1]
    return stride(from: 0, to: columns.bytes.count, by: size).map { start in
      let word = columns.bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Int(Int32(bitPattern: word))
    }
  }

  private static func content(of path: String) throws(ZooError) -> [UInt8] {
    let bytes = try Files.read(path, limit: limit, kind: .data)
    return Gzip.isGzip(bytes) ? try Gzip.inflate(bytes, limit: limit, name: path) : bytes
  }

  /// Reads the bytes of a file called `name`.
  public static func parse(_ bytes: [UInt8], rank: Int, name: String) throws(ZooError) -> Array {
    try parse(bytes, rank: rank, elementSize: 1, name: name)
  }

  /// The same for elements of one byte or of four, which stay as they are in the file.
  private static func parse(
    _ bytes: [UInt8], rank: Int, elementSize: Int, name: String
  ) throws(ZooError) -> Array {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name),
        advice: "fetch the file again, or point --data-dir to a folder with intact files")
    }
    let header = 4 + 4 * rank
    guard bytes.count >= header else {
      throw fault("expected an IDX header of \(header) bytes, found \(bytes.count) bytes")
    }
    let isBytes = elementSize == 1
    guard bytes.starts(with: [0, 0, isBytes ? 0x08 : 0x0C, UInt8(rank)]) else {
      let found = bytes[..<4].map { SHA256.hex([$0]) }.joined(separator: " ")
      throw fault(
        "expected an IDX file of \(isBytes ? "bytes" : "integers") with \(rank) axes "
          + "(00 00 \(isBytes ? "08" : "0c") 0\(rank)), found \(found)")
    }
    var shape: Shape = []
    var count = elementSize
    for axis in 0..<rank {
      let size = bytes[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else {
        throw fault("the header's sizes make no sense: \(shape + [size])")
      }
      shape.append(size)
      count = product
    }
    guard bytes.count - header == count else {
      throw fault(
        "the header says \(shape), which is \(count) bytes, but \(bytes.count - header) follow")
    }
    return Array(shape: shape, bytes: [UInt8](bytes[header...]))
  }
}
