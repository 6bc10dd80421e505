/// The lines of a log, read piece by piece: a log may be of any size.
enum LogLines {
  // Far longer than any line of a run; more bytes without a line break are damage.
  private static let longest = 16 << 20

  /// Hands over each line without its line break.
  ///
  /// - Parameter body: Gets nil for a line that is too long to be one, and whether the line has an
  ///   end: the last one may be torn.
  static func forEach(
    of path: String, kind: ZooError.Kind = .io,
    _ body: (_ line: ArraySlice<UInt8>?, _ isEnded: Bool) throws(ZooError) -> Void
  ) throws(ZooError) {
    var rest: [UInt8] = []
    var isTooLong = false
    func take(_ bytes: ArraySlice<UInt8>) {
      isTooLong = isTooLong || rest.count + bytes.count > longest
      rest = isTooLong ? [] : rest + bytes
    }
    try Files.forEachChunk(of: path, limit: .max, kind: kind) { chunk, _ throws(ZooError) in
      var left = chunk
      while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
        take(left[..<end])
        try body(isTooLong ? nil : rest[...], true)
        (rest, isTooLong) = ([], false)
        left = left[(end + 1)...]
      }
      take(left)
    }
    if isTooLong || !rest.isEmpty { try body(isTooLong ? nil : rest[...], false) }
  }
}
