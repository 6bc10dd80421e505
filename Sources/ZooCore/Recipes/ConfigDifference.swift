/// A value in which two resolved configs differ.
public struct ConfigDifference: Equatable, Sendable {
  /// Where: `training.batch`.
  public let path: String
  /// The older value; nil where there was none.
  public let old: JSONValue?
  /// The newer value; nil where there is none.
  public let new: JSONValue?

  /// All differences, in the order of the newer config.
  public static func between(_ old: JSONValue, _ new: JSONValue) -> [ConfigDifference] {
    compare(old, new, "")
  }

  private static func compare(
    _ old: JSONValue?, _ new: JSONValue?, _ path: String
  ) -> [ConfigDifference] {
    guard let a = old?.object, let b = new?.object else {
      return old == new ? [] : [ConfigDifference(path: path, old: old, new: new)]
    }
    let keys = b.map(\.key) + a.map(\.key).filter { key in !b.contains { $0.key == key } }
    return keys.flatMap { key in
      compare(old?[key], new?[key], path.isEmpty ? key : "\(path).\(key)")
    }
  }
}
