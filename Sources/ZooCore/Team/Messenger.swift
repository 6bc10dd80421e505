/// Carries numbers and words between the ranks of a team, each of which is a program or a thread of its
/// own.
///
/// All ranks call the same functions in the same order; each returns when this rank has what is its. It
/// carries and never adds: which sum a library makes of the same numbers depends on the library.
public protocol Messenger: AnyObject {
  /// Which one this is, from 0.
  var rank: Int { get }
  /// How many there are.
  var size: Int { get }
  /// Sends part q to rank q, and takes the parts that all ranks send to this one; parts lie behind each
  /// other from the beginning of an array on.
  ///
  /// - Parameters:
  ///   - parts: At least as many numbers as go to others.
  ///   - counts: How many numbers go to each rank.
  ///   - came: Where to put what comes; grows if it is too short.
  ///   - expected: How many come from each.
  func exchange(
    _ parts: [Float], counts: [Int], into came: inout [Float], expecting expected: [Int]
  ) throws(ZooError)
  /// Takes what each rank gives, one behind the other.
  ///
  /// - Parameters:
  ///   - own: At least as many numbers as this rank gives.
  ///   - all: Where to put what comes; grows if it is too short.
  ///   - counts: How many numbers each rank gives.
  func gather(_ own: [Float], into all: inout [Float], expecting counts: [Int]) throws(ZooError)
  /// What each rank has to say, to all; it may take long until the last one speaks, and whoever waits
  /// sleeps meanwhile.
  func tell(_ word: [UInt8]) throws(ZooError) -> [[UInt8]]
  /// How errors call a rank.
  func name(of rank: Int) -> String
}

extension Messenger {
  /// What one rank has, for all.
  ///
  /// - Parameters:
  ///   - own: Nothing, but on that rank.
  ///   - count: How many numbers these are.
  package func broadcast(
    _ own: [Float], count: Int, from other: Int
  ) throws(ZooError) -> [Float] {
    var (all, came): ([Float], [Float]) = ([], [])
    all.reserveCapacity(count)
    // In portions that every library carries.
    for start in stride(from: 0, to: count, by: 1 << 24) {
      let portion = start..<min(start + (1 << 24), count)
      try gather(
        rank == other ? Array(own[portion]) : [], into: &came,
        expecting: (0..<size).map { $0 == other ? portion.count : 0 })
      all += came.prefix(portion.count)
    }
    return all
  }

  /// What all ranks have, one behind the other, however much each has; whoever waits sleeps.
  package func joined(_ own: [Float]) throws(ZooError) -> [Float] {
    let counts = try tell(Array("\(own.count)".utf8)).map { word in
      Int(String(decoding: word, as: UTF8.self)) ?? 0
    }
    var all: [Float] = []
    try gather(own, into: &all, expecting: counts)
    return all
  }

  /// The first rank's bytes, for all; of the others nothing is taken.
  package func share(_ bytes: [UInt8]) throws(ZooError) -> [UInt8] {
    var all: [UInt8] = []
    var rest = rank == 0 ? bytes[...] : []
    // In portions that every library carries; an empty one is the last.
    while true {
      let portion = try tell(Array(rest.prefix(1 << 24)))[0]
      guard !portion.isEmpty else { return all }
      all += portion
      rest = rest.dropFirst(portion.count)
    }
  }

  public func name(of rank: Int) -> String { "rank \(rank)" }
}

extension [Float] {
  /// Makes room for so many numbers; what is there already stays, and so does its memory.
  package mutating func growIfShorter(than count: Int) {
    if self.count < count { self += repeatElement(0, count: count - self.count) }
  }
}
