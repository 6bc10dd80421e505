import Testing
import ZooCore

/// The examples of protobuf.dev/programming-guides/encoding, and the borders of its varints.
@Suite struct ProtobufTests {
  private func bytes(_ write: (inout ProtobufMessage) -> Void) -> [UInt8] {
    var message = ProtobufMessage()
    write(&message)
    return message.bytes
  }

  static let integers: [(Int, [UInt8])] = [
    (0, [0x00]), (1, [0x01]), (127, [0x7F]), (128, [0x80, 0x01]), (150, [0x96, 0x01]),
    (300, [0xAC, 0x02]), (16_384, [0x80, 0x80, 0x01]),
    (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
    (-1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    (-2, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
  ]

  @Test(arguments: integers)
  func integersAreVarints(_ value: Int, _ expected: [UInt8]) {
    #expect(bytes { $0.add(1, integer: value) } == [0x08] + expected)
  }

  @Test func textBytesAndMessagesHaveTheirLengthBefore() {
    let testing: [UInt8] = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67]
    #expect(bytes { $0.add(2, text: "testing") } == testing)
    #expect(bytes { $0.add(2, bytes: Array("testing".utf8)) } == testing)
    #expect(bytes { $0.add(2, text: "") } == [0x12, 0x00])
    #expect(
      bytes { $0.add(3) { $0.add(1, integer: 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    let long = bytes { $0.add(2, bytes: [UInt8](repeating: 7, count: 300)) }
    #expect(long == [0x12, 0xAC, 0x02] + [UInt8](repeating: 7, count: 300))
  }

  @Test func floatsAreFourBytes() {
    #expect(bytes { $0.add(2, float: 0.5) } == [0x15, 0x00, 0x00, 0x00, 0x3F])
    #expect(bytes { $0.add(2, float: -2.5) } == [0x15, 0x00, 0x00, 0x20, 0xC0])
  }

  @Test func largeFieldNumbersTakeMoreBytes() {
    #expect(bytes { $0.add(15, integer: 1) } == [0x78, 0x01])
    #expect(bytes { $0.add(16, integer: 1) } == [0x80, 0x01, 0x01])
    #expect(
      bytes { $0.add((1 << 29) - 1, integer: 1) } == [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01])
  }

  @Test func fieldsStandInTheirOrder() {
    #expect(
      bytes {
        $0.add(1, integer: 3)
        $0.add(1, integer: 270)
      } == [0x08, 0x03, 0x08, 0x8E, 0x02])
  }
}
