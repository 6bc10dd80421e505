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
  /// Sends part q to rank q, and returns the parts that all ranks sent to this one; parts lie behind each
  /// other.
  ///
  /// - Parameters:
  ///   - counts: How many numbers go to each rank.
  ///   - expected: How many come from each.
  func exchange(
    _ parts: [Float], counts: [Int], expecting expected: [Int]
  ) throws(ZooError) -> [Float]
  /// What each rank gives, to all, one behind the other.
  ///
  /// - Parameter counts: How many numbers each rank gives.
  func gather(_ own: [Float], expecting counts: [Int]) throws(ZooError) -> [Float]
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
    var all: [Float] = []
    all.reserveCapacity(count)
    // In portions that every library carries.
    for start in stride(from: 0, to: count, by: 1 << 24) {
      let portion = start..<min(start + (1 << 24), count)
      all += try gather(
        rank == other ? Array(own[portion]) : [],
        expecting: (0..<size).map { $0 == other ? portion.count : 0 })
    }
    return all
  }

  public func name(of rank: Int) -> String { "rank \(rank)" }
}
