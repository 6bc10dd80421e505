/// The checksum of TensorBoard's records: CRC-32 with Castagnoli's polynomial.
///
/// Source: RFC 3720 appendix B.4.
package enum CRC32C {
  /// The polynomial with its bits reversed, as bytes are taken in from their lowest bit.
  private static let polynomial: UInt32 = 0x82F6_3B78

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in
      crc >> 1 ^ (crc & 1 == 0 ? 0 : polynomial)
    }
  }

  /// The checksum of the bytes.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let table = table
    return ~bytes.reduce(~0 as UInt32) { crc, byte in
      crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }
  }

  /// The checksum as records store it: rotated and shifted.
  ///
  /// A checksum of data that holds checksums would be weak otherwise.
  /// Source: TensorFlow, `lib/hash/crc32c.h`.
  package static func masked(_ bytes: [UInt8]) -> UInt32 {
    let crc = checksum(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
