import ZooCore

/// What a command warned of: told at once, `--quiet` or not, and kept for its result and its log.
///
/// Whatever changes a result, such as other data than the config names, goes through here.
final class Warnings {
  private(set) var all: [ZooError] = []

  /// Tells of something that is not as it should be, while the command goes on.
  func add(_ warning: ZooError) {
    Console.warn(warning)
    all.append(warning)
  }

  /// Tells what was done to the data, if anything.
  func add(notice: String?) {
    if let notice { add(ZooError(.data, notice)) }
  }

  /// The warnings for programs, in the form of an error's findings.
  var json: JSONValue { .array(all.flatMap { $0.json["findings"]?.array ?? [] }) }
}
