/// One entry of a TensorBoard file.
///
/// Field numbers: TensorFlow, `core/util/event.proto` and `core/framework/summary.proto`.
package enum TensorBoardEvent {
  /// The first entry of every file.
  case version
  /// A run goes on here: what earlier files say of this step and later ones is void.
  case sessionStart(step: Int)
  /// Numbers of one step.
  case scalars([(tag: String, value: Float)], step: Int)
  /// A PNG file with 1 or 3 channels.
  case picture([UInt8], tag: String, width: Int, height: Int, channels: Int, step: Int)

  /// The entry as a record: length, checksum of the length, message, checksum of the message.
  ///
  /// - Parameter wallTime: Seconds since 1970.
  package func record(wallTime: Double) -> [UInt8] {
    let message = message(wallTime: wallTime)
    let length = Self.littleEndian(UInt64(message.count))
    return length + Self.littleEndian(CRC32C.masked(length))
      + message + Self.littleEndian(CRC32C.masked(message))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func message(wallTime: Double) -> [UInt8] {
    var event = ProtobufMessage()
    event.add(1, double: wallTime)
    switch self {
    case .version: event.add(3, text: "brain.Event:2")
    case .sessionStart(let step):
      event.add(2, integer: step)
      event.add(7, message: { session in session.add(1, integer: 1) })
    case .scalars(let values, let step):
      event.add(2, integer: step)
      event.add(
        5,
        message: { summary in
          for (tag, scalar) in values {
            summary.add(
              1,
              message: { value in
                value.add(1, text: tag)
                value.add(2, float: scalar)
              })
          }
        })
    case .picture(let png, let tag, let width, let height, let channels, let step):
      event.add(2, integer: step)
      event.add(
        5,
        message: { summary in
          summary.add(
            1,
            message: { value in
              value.add(1, text: tag)
              value.add(
                4,
                message: { image in
                  image.add(1, integer: height)
                  image.add(2, integer: width)
                  image.add(3, integer: channels)
                  image.add(4, bytes: png)
                })
            })
        })
    }
    return event.bytes
  }
}
