import Testing
import ZooCore

extension Contest {
  /// The objective, which is a game of n discriminator updates and one of the generator.
  func game() throws -> any Game { try #require(objective as? any Game) }

  /// The discriminator, which is there.
  func judge() throws -> any Discriminator { try #require(discriminator) }
}
