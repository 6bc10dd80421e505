import CMessages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Programs that a launcher has started, on one machine or several, with MPI between them.
///
/// A process has at most one; all of its functions are to be called from the main thread.
package final class MPIMessenger: Messenger {
  package let rank: Int
  package let size: Int
  /// What the library calls itself.
  package let library: String
  /// What the ranks have told of themselves, and what follows.
  package private(set) var agreement: TeamAgreement?

  /// Opens the library that goes with the launcher, and joins the others.
  ///
  /// - Throws: `.usage` where there is no such library, or one of another launcher.
  package init(_ launcher: Launcher) throws(ZooError) {
    library = try Self.open(launcher)
    try Self.call { zm_start(&$0) }
    (rank, size) = (Int(zm_rank()), Int(zm_size()))
    // A library that does not understand its launcher takes each program for the only one.
    guard size == launcher.size else { throw launcher.mismatch(with: library) }
  }

  /// Opens the first of the libraries that there is.
  private static func open(_ launcher: Launcher) throws(ZooError) -> String {
    var reasons: [String] = []
    for name in launcher.libraries {
      do throws(ZooError) {
        try call { zm_open(name, &$0) }
      } catch {
        reasons.append(error.findings[0].problem)
        continue
      }
      let library = String(cString: zm_library())
      // Told apart before it is started: some end the program at a launcher that is not theirs.
      guard launcher.understands(library) else { throw launcher.mismatch(with: library) }
      return library
    }
    throw ZooError(
      .usage, "no MPI library could be opened: \(reasons.joined(separator: "; "))",
      at: launcher.name,
      advice: "install the library that goes with the launcher, or give its path in "
        + "\(Launcher.libraryVariable)")
  }

  /// Learns who the others are, and lets them know who this is.
  ///
  /// - Throws: `.usage` where they cannot work together.
  package func meet(as own: TeamMember) throws(ZooError) {
    var members: [TeamMember] = []
    for word in try tell(Array(own.json.compact().utf8)) {
      let root = try JSONDocument(parsing: word, name: "a rank's word").root
      guard let member = TeamMember(root) else {
        throw ZooError(.failure, "a rank said what nobody understands", at: "MPI")
      }
      members.append(member)
    }
    agreement = try TeamAgreement(of: members)
  }

  package func name(of rank: Int) -> String { agreement?.name(rank) ?? "rank \(rank)" }

  package func exchange(
    _ parts: [Float], counts: [Int], into came: inout [Float], expecting expected: [Int]
  ) throws(ZooError) {
    let (out, come) = (Places(counts), Places(expected))
    require(parts.count >= out.total, "\(parts.count) numbers, \(out.total) to send")
    came.growIfShorter(than: come.total)
    try Self.call {
      zm_exchange(parts, out.counts, out.starts, &came, come.counts, come.starts, &$0)
    }
  }

  package func gather(
    _ own: [Float], into all: inout [Float], expecting counts: [Int]
  ) throws(ZooError) {
    let places = Places(counts)
    require(own.count >= counts[rank], "\(own.count) numbers, \(counts[rank]) to send")
    all.growIfShorter(than: places.total)
    try Self.call {
      zm_gather(own, places.counts[rank], &all, places.counts, places.starts, &$0)
    }
  }

  package func tell(_ word: [UInt8]) throws(ZooError) -> [[UInt8]] {
    let lengths = try round(Int32(word.count)).map(Int.init)
    let places = Places(lengths, size: 1)
    guard places.total > 0 else { return lengths.map { _ in [] } }
    var all = [UInt8](repeating: 0, count: places.total)
    try Self.call {
      zm_gather(word, Int32(word.count), &all, places.counts, places.starts, &$0)
    }
    var rest = all[...]
    return lengths.map { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  /// One number of each rank, waited for asleep: MPI's own waiting keeps a processor busy.
  private func round(_ own: Int32) throws(ZooError) -> [Int32] {
    // Where MPI may write until the round is over, so that nothing moves it.
    let all = UnsafeMutableBufferPointer<Int32>.allocate(capacity: size + 1)
    defer { all.deallocate() }
    all[size] = own
    guard let start = all.baseAddress else { return [] }
    try Self.call { zm_begin_round(start + size, 4, start, &$0) }
    var done: Int32 = 0
    var looks = 0
    while true {
      try Self.call { zm_is_done(&done, &$0) }
      if done != 0 { return Array(all.prefix(size)) }
      looks += 1
      // A step's order comes at once, a picture takes a moment, an evaluation minutes.
      if looks > 200 { usleep(looks > 2000 ? 2000 : 100) }
    }
  }

  /// Leaves the team; all ranks do.
  package func leave() throws(ZooError) { try Self.call { zm_finish(&$0) } }

  /// Ends the programs of the team, this one with them; at most the first of several codes is heard.
  package static func endAll(code: Int32) { zm_abort(code) }

  private static func call(_ body: (inout [CChar]) -> Int32) throws(ZooError) {
    var message = [CChar](repeating: 0, count: Int(zm_message_size))
    guard body(&message) == 1 else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw ZooError(.failure, String(decoding: text, as: UTF8.self), at: "MPI")
    }
  }
}

/// Where each rank's part lies in what is sent at once, in bytes, which MPI counts in 32 bits.
private struct Places {
  let counts: [Int32]
  let starts: [Int32]
  /// Elements of all parts.
  let total: Int

  /// - Parameter size: Bytes of an element.
  init(_ elements: [Int], size: Int = 4) {
    counts = elements.map { Int32($0 * size) }
    var start = 0
    var starts: [Int32] = []
    for count in elements {
      starts.append(Int32(start * size))
      start += count
    }
    (self.starts, total) = (starts, start)
  }
}
