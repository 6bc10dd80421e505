import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that TensorBoard reads: scalars and pictures over the steps of a run.
///
/// TensorBoard joins all such files of a folder in the order of their names. So a run that goes on
/// starts another file, and a torn last record of the old one harms nothing.
public final class TensorBoardLog: Sendable {
  /// Where the file is.
  public var path: String { file.path }
  private let file: LogFile

  /// Starts a new file in a folder.
  ///
  /// - Parameters:
  ///   - folder: The run's folder, which may hold earlier files.
  ///   - step: The first step that a resumed run writes; TensorBoard then forgets what earlier
  ///     files say of it and of later ones. Nil for a run that starts.
  public init(appendingTo folder: String, resumingAt step: Int? = nil) throws(ZooError) {
    file = try LogFile(appendingTo: Self.create(in: folder))
    try append(.version)
    if let step { try append(.sessionStart(step: step)) }
  }

  /// Adds numbers of one step; those that are not finite are shown as such.
  public func write(_ scalars: [(tag: String, value: Double)], step: Int) throws(ZooError) {
    guard !scalars.isEmpty else { return }
    try append(.scalars(scalars.map { ($0.tag, Float($0.value)) }, step: step))
  }

  /// Adds a picture, which is a grey or RGB PNG file.
  public func write(picture png: [UInt8], tag: String, step: Int) throws(ZooError) {
    let size = try PNGFile(png, name: tag)
    try append(
      .picture(
        png, tag: tag, width: size.width, height: size.height,
        channels: size.colourType == 0 ? 1 : 3, step: step))
  }

  private func append(_ event: TensorBoardEvent) throws(ZooError) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    // One system call per record, so that a crash leaves whole records and at most one torn one.
    try file.write(event.record(wallTime: time))
  }
}

// MARK: - File names

extension TensorBoardLog {
  private static let prefix = "events.out.tfevents."
  private static let serial = Atomic<Int>(0)

  /// Creates `events.out.tfevents.<seconds>.<host>.<process>.<serial>`, which nobody else has.
  private static func create(in folder: String) throws(ZooError) -> String {
    let digits = String(try nextSecond(in: folder))
    let seconds = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    while true {
      let number = serial.wrappingAdd(1, ordering: .relaxed).oldValue
      let path = Files.join(folder, "\(prefix)\(seconds).\(hostName).\(getpid()).\(number)")
      do throws(ZooError) {
        _ = try Descriptor(
          opening: path, O_WRONLY | O_CREAT | O_EXCL, reporting: path, action: "create")
        return path
      } catch {
        // Containers may share a folder, host names and process numbers.
        guard Files.exists(path) else { throw error }
      }
    }
  }

  /// The time now, but later than every file in the folder, even when the clock was set back.
  private static func nextSecond(in folder: String) throws(ZooError) -> Int {
    let earlier = try Files.list(folder).compactMap { name -> Int? in
      guard name.hasPrefix(prefix) else { return nil }
      let seconds = name.dropFirst(prefix.count).prefix { $0 != "." }
      return seconds.utf8.count == 10 ? Int(seconds) : nil
    }
    return min(max(UTC.now(), (earlier.max() ?? 0) + 1), 9_999_999_999)
  }

  private static var hostName: String {
    let name = Platform.hostName.unicodeScalars.filter {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-")
    }
    return name.isEmpty ? "localhost" : String(String.UnicodeScalarView(name))
  }
}
