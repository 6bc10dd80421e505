/// Carries numbers between the ranks of a team, each of which is a program or a thread of its own.
///
/// All ranks call the same functions in the same order; each returns when this rank has what is its. It
/// carries and never adds: which sum a library makes of the same numbers depends on the library.
package protocol Messenger: AnyObject {
  /// Which one this is, from 0.
  var rank: Int { get }
  /// How many there are.
  var size: Int { get }
  /// Sends part q to rank q, and returns the parts that all ranks sent to this one.
  ///
  /// - Parameter counts: How many numbers come from each rank.
  func exchange(_ parts: [[Float]], expecting counts: [Int]) throws(ZooError) -> [[Float]]
  /// What each rank gives, to all.
  ///
  /// - Parameter counts: How many numbers each rank gives.
  func gather(_ own: [Float], expecting counts: [Int]) throws(ZooError) -> [[Float]]
}
