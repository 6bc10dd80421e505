/// One result of an evaluation.
public struct Score: Sendable, Equatable {
  /// Which way is better.
  public enum Sense: String, Sendable {
    /// The more the better, up to what real samples have.
    case higher
    /// The less the better, down to what real samples have.
    case lower
    /// The nearer to real samples the better.
    case alike
  }

  /// The name in JSON: `frechetDistance`.
  public let key: String
  /// The name for people.
  public let title: String
  /// The value; nil where none can be told.
  public let value: Double?
  /// The deviation over subsets of the samples, where the metric has one.
  public let deviation: Double?
  /// Which way is better.
  public let sense: Sense

  /// A result.
  public init(
    _ key: String, _ title: String, _ value: Double?, _ sense: Sense, deviation: Double? = nil
  ) {
    (self.key, self.title, self.value) = (key, title, value)
    (self.sense, self.deviation) = (sense, deviation)
  }
}
