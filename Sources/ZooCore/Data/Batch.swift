/// What is known of samples beforehand, row by row.
public struct Condition {
  /// One class for each sample, where there are labels.
  public var labels: [Int32]?
  /// Images `[N, H, W, C]` of another domain, which the samples belong to or are made from.
  public var source: Tensor?

  /// What is known; nothing unless said.
  public init(labels: [Int32]? = nil, source: Tensor? = nil) {
    self.labels = labels
    self.source = source
  }

  /// The images of the other domain, for a network that starts from them.
  public func images() -> Tensor {
    guard let source else { fatalError("a translator was given no images") }
    return source
  }

  /// What is known of `count` samples: of the first rows, over again where they are fewer.
  func repeated(to count: Int) -> Condition {
    func places(_ rows: Int) -> [Int32] { (0..<count).map { Int32($0 % rows) } }
    return Condition(
      labels: labels.map { labels in (0..<count).map { labels[$0 % labels.count] } },
      source: source.map { source in
        guard source.shape[0] < count else { return source.rows(0..<count) }
        let values = source.reshaped(to: [source.shape[0], source.count / source.shape[0]])
          .gathered(places(source.shape[0]))
        return values.reshaped(to: [count] + source.shape.dropFirst())
      })
  }

  /// What is known of these samples, and of others after them.
  static func + (first: Condition, second: Condition) -> Condition {
    let sources = [first.source, second.source].compactMap { $0 }
    return Condition(
      labels: first.labels.map { $0 + (second.labels ?? $0) },
      source: sources.count == 2 ? .concatenated(sources) : nil)
  }
}

/// A minibatch of data.
public struct Batch {
  /// Images `[N, H, W, C]` or points `[N, D]`, in the config's range.
  public var samples: Tensor
  /// What is known of them beforehand.
  public var condition: Condition

  /// A minibatch of samples.
  public init(samples: Tensor, condition: Condition = Condition()) {
    self.samples = samples
    self.condition = condition
  }

  /// A minibatch with a class for each sample, where the data have labels.
  public init(samples: Tensor, labels: [Int32]?) {
    self.init(samples: samples, condition: Condition(labels: labels))
  }

  /// The number of samples.
  public var count: Int { samples.shape[0] }
  /// One class for each sample, where the data have labels.
  public var labels: [Int32]? { condition.labels }
}
