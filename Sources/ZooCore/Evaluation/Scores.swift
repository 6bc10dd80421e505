/// Named results of an evaluation, in the order in which people read them.
public struct Scores: Sendable, Equatable {
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
