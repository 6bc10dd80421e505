import ZooCore

/// The Git commit of the folder in which a run was started.
struct SourceState {
  let commit: String
  /// Whether tracked files differ from it.
  let changed: Bool

  /// Nil where there is no repository, or no Git.
  static var here: SourceState? {
    // A large repository must not hold up training.
    let patience = Duration.seconds(2)
    guard
      let commit = ChildProcess.output(of: "git", ["rev-parse", "HEAD"], within: patience),
      let changes = ChildProcess.output(
        of: "git", ["status", "--porcelain", "--untracked-files=no"], within: patience)
    else { return nil }
    return SourceState(commit: String(commit.prefix { !$0.isNewline }), changed: !changes.isEmpty)
  }

  var json: JSONValue { ["commit": .string(commit), "changed": .bool(changed)] }
}
