import Testing
import ZooCore

/// Numbers as headers have them.
func bigEndian(_ number: UInt32) -> [UInt8] { ImageFixtures.bigEndian(number) }

/// A number of 16 bits.
func bigEndian(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 255), UInt8(number & 255)] }

/// The lowest bytes of a number, the least first.
func littleEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
}

/// Reads a made file: an error of the data that names the file, soon, or what `read` itself checks.
///
/// - Parameter canRead: Whether no error is right as well.
func expectFault(
  _ what: String, in name: String, canRead: Bool = false, _ read: () throws -> Void
) {
  let start = ContinuousClock.now
  do {
    try read()
    if !canRead { Issue.record("\(what) was read") }
  } catch let error as ZooError {
    // Without the library no more of a picture is looked at than the program itself reads.
    let isUnread = error.kind == .failure && error.description.contains("not on this machine")
    #expect(canRead && isUnread || error.kind == .data, "\(what): \(error)")
    #expect(isUnread || error.findings[0].place?.hasPrefix(name) == true, "\(what): \(error)")
    #expect(!error.description.contains("\u{1B}"), "\(what)")
  } catch {
    Issue.record("\(what): \(error)")
  }
  // On a machine that does other things as well.
  #expect(ContinuousClock.now - start < .seconds(5), "\(what)")
}

/// Tells when the process came to hold gigabytes meanwhile.
func withoutGigabytes(_ body: () throws -> Void) throws {
  let before = try #require(MutantTests.peakMemory)
  try body()
  let after = try #require(MutantTests.peakMemory)
  #expect(after - before < 2 << 30, "\((after - before) >> 20) MB more than before")
}
