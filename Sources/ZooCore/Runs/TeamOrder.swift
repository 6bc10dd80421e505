/// What the first rank of a team tells the others to do; each is a byte, and what it needs comes after it.
enum TeamOrder: UInt8 {
  /// To learn what is trained on what: JSON follows.
  case begin = 1
  /// To take a step.
  case step
  /// To share what only one rank keeps, and to compare all values: before they are saved.
  case share
  /// To take over the first rank's state: its counters follow as JSON, its values as numbers.
  case adopt
  /// To draw and describe a share of a generator's samples: JSON follows, then weights as bytes.
  case describe
  /// That there is nothing left to do.
  case finish

  /// The order as a word.
  func word(_ more: JSONValue? = nil) -> [UInt8] {
    [rawValue] + (more.map { Array($0.compact().utf8) } ?? [])
  }

  /// The order of a word, and what came with it.
  static func read(_ word: [UInt8]) throws(ZooError) -> (order: TeamOrder, more: [UInt8]) {
    guard let first = word.first, let order = TeamOrder(rawValue: first) else {
      throw ZooError(.failure, "the first rank gave an order that nobody knows")
    }
    return (order, Array(word.dropFirst()))
  }
}
