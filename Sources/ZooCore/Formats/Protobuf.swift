/// A message in the wire format of Protocol Buffers, written field by field.
///
/// Source: protobuf.dev/programming-guides/encoding. A field is a tag (its number and how its value
/// is written) and the value; repeated fields are written one by one.
package struct ProtobufMessage {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// An empty message.
  package init() {}

  /// A whole number; a negative one takes ten bytes.
  package mutating func add(_ field: Int, integer: Int) {
    addTag(field, wireType: 0)
    addVarint(UInt64(bitPattern: Int64(integer)))
  }

  /// A Float32.
  package mutating func add(_ field: Int, float: Float) {
    addTag(field, wireType: 5)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> (8 * $0)) }
  }

  /// A Float64.
  package mutating func add(_ field: Int, double: Double) {
    addTag(field, wireType: 1)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: double.bitPattern >> (8 * $0)) }
  }

  /// Text in UTF-8.
  package mutating func add(_ field: Int, text: String) {
    add(field, bytes: Array(text.utf8))
  }

  /// Bytes as they are.
  package mutating func add(_ field: Int, bytes value: [UInt8]) {
    addTag(field, wireType: 2)
    addVarint(UInt64(value.count))
    bytes += value
  }

  /// A message within this one.
  package mutating func add(_ field: Int, message write: (inout ProtobufMessage) -> Void) {
    var inner = ProtobufMessage()
    write(&inner)
    add(field, bytes: inner.bytes)
  }

  private mutating func addTag(_ field: Int, wireType: UInt64) {
    require(1..<(1 << 29) ~= field, "protobuf: field \(field) is not in 1..<2²⁹")
    addVarint(UInt64(field) << 3 | wireType)
  }

  /// Seven bits in each byte, the lowest first; the top bit says that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
