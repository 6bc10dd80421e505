/// A writer of NumPy's array files.
///
/// Source: numpy.lib.format, version 1.0.
public enum NPY {
  /// Float32 values, the last axis fastest, as a file.
  public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
    precondition(
      values.count == shape.reduce(1, *), "npy: \(values.count) values for shape \(shape)")
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let start = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, version, length, header and line break fill a multiple of 64 bytes.
    let padding = (64 - (10 + start.utf8.count + 1) % 64) % 64
    let header = Array(start.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [10]
    return [0x93] + Array("NUMPY".utf8)
      + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
      + values.withUnsafeBytes { [UInt8]($0) }
  }
}
