/// What is shown and kept.
public struct OutputSettings: ConfigBlock, Equatable {
  /// Steps between sample grids.
  public var sampleEvery = 500
  /// Steps between checkpoints.
  public var checkpointEvery = 1000
  /// How many of the last checkpoints stay.
  public var keepLast = 3
  /// Checkpoints at multiples of this stay for good.
  public var keepEvery: Int?
  /// Steps between lines of the metrics log.
  public var logEvery = 1
  /// Rows and columns of a sample grid.
  public var grid = [8, 8]

  public init() {}

  public static var fields: [Field<OutputSettings>] {
    [
      .integer("sampleEvery", \.sampleEvery, in: 1...1_000_000_000, "Steps between sample grids."),
      .integer(
        "checkpointEvery", \.checkpointEvery, in: 1...1_000_000_000,
        "Steps between checkpoints."),
      .integer("keepLast", \.keepLast, in: 1...1_000_000, "How many of the last checkpoints stay."),
      .optionalInteger(
        "keepEvery", \.keepEvery, in: 1...1_000_000_000,
        "Checkpoints at multiples of this stay for good."),
      .integer(
        "logEvery", \.logEvery, in: 1...1_000_000_000, "Steps between lines of the metrics log."),
      .integers(
        "grid", \.grid, count: 2...2, in: 1...64, "Rows and columns of a sample grid."),
    ]
  }
}
