/// Files in the IDX format of MNIST, plain or gzip-compressed.
///
/// Two zero bytes, the element type (08: unsigned bytes), the number of axes, the sizes as
/// big-endian 32-bit numbers, then the values. Source: LeCun's MNIST page.
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
    var bytes = try Files.read(path, limit: limit, kind: .data)
    if Gzip.isGzip(bytes) { bytes = try Gzip.inflate(bytes, limit: limit, name: path) }
    return try parse(bytes, rank: rank, name: path)
  }

  /// Reads the bytes of a file called `name`.
  public static func parse(_ bytes: [UInt8], rank: Int, name: String) throws(ZooError) -> Array {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name),
        advice: "fetch the file again, or point --data-dir to a folder with intact files")
    }
    let header = 4 + 4 * rank
    guard bytes.count >= header else {
      throw fault("expected an IDX header of \(header) bytes, found \(bytes.count) bytes")
    }
    guard bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, Int(bytes[3]) == rank else {
      let found = bytes[..<4].map { SHA256.hex([$0]) }.joined(separator: " ")
      throw fault(
        "expected an IDX file of bytes with \(rank) axes (00 00 08 0\(rank)), found \(found)")
    }
    var shape: Shape = []
    var count = 1
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
