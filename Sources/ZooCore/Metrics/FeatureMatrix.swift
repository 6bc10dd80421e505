/// Features of some samples, one row a sample, that are known to be finite.
///
/// All metrics start from this type, so none of them can make a good value of a NaN.
public struct FeatureMatrix: Sendable, Equatable {
  /// The number of samples.
  public let rows: Int
  /// The number of features of each.
  public let columns: Int
  /// The features, row-major.
  public let values: [Double]

  /// A matrix of row-major features.
  ///
  /// - Parameter name: What the features belong to, for the error: "generated", "real".
  /// - Throws: `.diverged` where a feature is not finite or beyond what a `Float` holds. That
  ///   limit leaves room for the cubes and fourth powers that the metrics compute of features.
  public init(_ values: [Double], columns: Int, of name: String) throws(ZooError) {
    require(
      columns > 0 && values.count % columns == 0,
      "\(values.count) features do not make rows of \(columns)")
    let limit = Double(Float.greatestFiniteMagnitude)
    if let bad = values.firstIndex(where: { !($0.magnitude <= limit) }) {
      throw ZooError(
        .diverged,
        "expected finite features, found \(values[bad]) as feature \(bad % columns) of sample "
          + "\(bad / columns)", at: "\(name) features",
        advice: "the generator has diverged; evaluate an earlier checkpoint")
    }
    self.init(trusted: values, rows: values.count / columns, columns: columns)
  }

  /// A matrix of row-major features in single precision.
  public init(_ values: [Float], columns: Int, of name: String) throws(ZooError) {
    try self.init(values.map(Double.init), columns: columns, of: name)
  }

  /// Values that come from a matrix that was checked.
  private init(trusted values: [Double], rows: Int, columns: Int) {
    self.values = values
    self.rows = rows
    self.columns = columns
  }

  /// The features of one sample.
  public subscript(row: Int) -> ArraySlice<Double> {
    values[row * columns..<(row + 1) * columns]
  }

  /// The samples with these indices, in this order.
  func selecting(_ indices: some Collection<Int>) -> FeatureMatrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for index in indices { selected += self[index] }
    return FeatureMatrix(trusted: selected, rows: indices.count, columns: columns)
  }

  /// The first samples, at most `count`.
  func prefix(_ count: Int) -> FeatureMatrix {
    count >= rows ? self : selecting(0..<count)
  }

  /// Refuses sets of fewer than `count` samples, which the metric called `metric` cannot judge.
  func expect(atLeast count: Int, for metric: String) throws(ZooError) {
    guard rows >= count else {
      throw ZooError(
        .usage, "the \(metric) needs at least \(count) samples, found \(rows)",
        advice: "evaluate more samples")
    }
  }

  /// Two sets can be compared only if one network computed their features.
  static func requireSameColumns(_ first: FeatureMatrix, _ second: FeatureMatrix) {
    require(
      first.columns == second.columns,
      "features of \(first.columns) and of \(second.columns) columns cannot be compared")
  }
}
