/// Named results of an evaluation, in the order in which people read them.
public struct Scores: Sendable, Equatable {
  /// Which way is better.
  public enum Sense: String, Sendable {
    /// The more the better, up to what real samples have.
    case higher
    /// The less the better, down to what real samples have.
    case lower
    /// The nearer to real samples the better.
    case alike
  }

  /// One result.
  public struct Score: Sendable, Equatable {
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

    init(
      _ key: String, _ title: String, _ value: Double?, _ sense: Sense, deviation: Double? = nil
    ) {
      (self.key, self.title, self.value) = (key, title, value)
      (self.sense, self.deviation) = (sense, deviation)
    }
  }

  /// The results.
  public internal(set) var list: [Score] = []
  /// The share of hits among the samples of each class, for conditional generators.
  public internal(set) var accuracyPerClass: [Double?]?
  /// How many samples a classifier sees in each class, or that lie at each mode.
  public internal(set) var histogram: ClassHistogram?

  /// The value of a name.
  public subscript(key: String) -> Double? { list.first { $0.key == key }?.value }

  /// The results as an object: a number for each key, deviations beside it.
  public var json: JSONValue {
    var members: [JSONValue.Member] = []
    for score in list {
      members.append(.init(score.key, score.value.map { .number($0) } ?? nil))
      if let deviation = score.deviation {
        members.append(.init(score.key + "Deviation", .number(deviation)))
      }
    }
    if let accuracyPerClass {
      members.append(
        .init(
          "accuracyPerClass", .array(accuracyPerClass.map { $0.map { .number($0) } ?? nil })))
    }
    if let histogram {
      members.append(.init("histogram", .array(histogram.counts.map { .number($0) })))
    }
    return .object(members)
  }
}
