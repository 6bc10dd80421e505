/// NumPy's array files.
///
/// Source: numpy.lib.format, versions 1.0 to 3.0.
public enum NPY {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Float32 values, the last axis fastest, as a file.
  public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
    require(
      values.count == shape.reduce(1, *), "npy: \(values.count) values for shape \(shape)")
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let start = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Magic, version, length, header and line break fill a multiple of 64 bytes.
    let padding = (64 - (10 + start.utf8.count + 1) % 64) % 64
    let header = Array(start.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [10]
    return magic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
      + values.withUnsafeBytes { [UInt8]($0) }
  }

  /// What a file holds.
  public struct Contents {
    /// The sizes, outermost first.
    public let shape: [Int]
    /// The elements, the last axis fastest.
    public let values: Values
  }

  /// The elements of the types that are read.
  public enum Values {
    /// `|u1`.
    case bytes([UInt8])
    /// `<f4`, or `<f8` rounded.
    case numbers([Float])
  }

  /// Reads a file's bytes: unsigned bytes, or little-endian floats of 32 or 64 bits, in C order.
  ///
  /// - Parameter name: The file's name, for errors.
  public static func decode(_ bytes: [UInt8], name: String) throws(ZooError) -> Contents {
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(name),
        advice: "write it with numpy.save(file, numpy.ascontiguousarray(x)), as uint8 or float32")
    }
    guard bytes.count >= 10, bytes.starts(with: magic), 1...3 ~= bytes[6] else {
      throw fault("expected a NumPy array file, found something else")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let start = 8 + lengthBytes
    guard bytes.count >= start else { throw fault("the header is cut short") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 16, bytes.count - start >= length else {
      throw fault("the header claims \(length) bytes, the file has \(bytes.count)")
    }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    // Only names of fields have other characters, and of those arrays none is read.
    guard bytes[start..<start + length].allSatisfy({ $0 < 0x80 }),
      let type = value(of: "descr", in: header).map({ $0.filter { !"'\" ".contains($0) } }),
      let order = value(of: "fortran_order", in: header),
      let sizes = value(of: "shape", in: header), sizes.hasPrefix("("), sizes.hasSuffix(")")
    else { throw fault("the header makes no sense: \(Text.printable(String(header.prefix(80))))") }
    guard order == "False" else {
      let found = order == "True" ? "Fortran order" : Text.printable(String(order.prefix(40)))
      throw fault("expected C order, found \(found)")
    }
    let shown = Text.printable(String(sizes.prefix(80)))
    var shape: [Int] = []
    var count = 1
    for part in sizes.dropFirst().dropLast().split(separator: ",") {
      let text = part.drop { $0 == " " }
      if text.isEmpty { continue }
      guard let size = Int(text), size >= 0 else { throw fault("the shape is no shape: \(shown)") }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw fault("the shape \(shown) is too large") }
      shape.append(size)
      count = product
    }
    let data = bytes[(start + length)...]
    func check(_ width: Int) throws(ZooError) {
      let (size, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow, size == data.count else {
        throw fault("the shape \(shown) takes \(count) elements, \(data.count) bytes follow")
      }
    }
    switch type {
    case "|u1", "u1", "<u1":
      try check(1)
      return Contents(shape: shape, values: .bytes([UInt8](data)))
    case "<f4":
      try check(4)
      return Contents(shape: shape, values: .numbers(elements(data, zero: Float(0))))
    case "<f8":
      try check(8)
      let doubles = elements(data, zero: Double(0))
      return Contents(shape: shape, values: .numbers(doubles.map { Float($0) }))
    default: throw fault("expected uint8, float32 or float64, found \(Text.printable(type))")
    }
  }

  /// What follows a key of the header's dictionary, up to the comma that ends it.
  private static func value(of key: String, in header: String) -> String? {
    guard let place = header.firstRange(of: "'\(key)':") else { return nil }
    var depth = 0
    var text = ""
    for character in header[place.upperBound...] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 || depth == 0 && (character == "," || character == "}") { break }
      text.append(character)
    }
    let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  private static func elements<Element: BitwiseCopyable>(
    _ data: ArraySlice<UInt8>, zero: Element
  ) -> [Element] {
    var values = [Element](
      repeating: zero, count: data.count / MemoryLayout<Element>.stride)
    values.withUnsafeMutableBytes { $0.copyBytes(from: data) }
    return values
  }
}
