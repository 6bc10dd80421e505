/// An optimizer as a config says it.
///
/// An optimizer is one file: its keys, what it remembers, and how it moves a parameter.
public protocol OptimizerSpec: ConfigBlock {
  /// The optimizer's name in a config.
  static var key: String { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// The names of what it remembers for each parameter, all zero at first.
  static var slots: [String] { get }
  /// The rule for one update of a parameter.
  ///
  /// - Parameters:
  ///   - update: Which update of this parameter it is, from 1.
  ///   - position: Where the run is, for settings that change over it.
  ///   - scale: What the learning rate is multiplied by.
  func rule(_ update: Int, at position: RunPosition, scale: Double) -> UpdateRule
}

/// Which optimizer a player uses, and how it is set.
public struct OptimizerSettings: Equatable, Sendable {
  /// The optimizer.
  public let spec: any OptimizerSpec

  /// An optimizer with its settings.
  public init(_ spec: any OptimizerSpec) { self.spec = spec }

  /// The names of what the optimizer remembers for each parameter.
  var slots: [String] { type(of: spec).slots }

  /// Whether kind and settings are the same.
  public static func == (a: OptimizerSettings, b: OptimizerSettings) -> Bool {
    a.written == b.written
  }
}
