/// Ends the program with a text where the program itself is wrong: a shape that does not fit, a
/// tensor that is not tracked.
///
/// `precondition` says nothing in a release build, which is the one that people run. What comes from
/// outside the program, a config, a file or a flag, is no case for this but for a `ZooError`.
public func require(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
