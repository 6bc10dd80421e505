/// The logs of a run, which begin together, are cut together and reach the disk together.
struct RunLogs {
  /// The losses of each logged step.
  let metrics: MetricsLog
  /// What the sentinel saw.
  var looks: StepLog
  /// What evaluations found.
  var evaluations: StepLog
  /// The same for TensorBoard.
  let board: TensorBoardLog

  /// The logs of a run that begins, or, with a step, goes on from there: what they say of later
  /// steps is cut off, and TensorBoard is told to forget it.
  init(_ directory: RunDirectory, goingOnAfter step: Int? = nil) throws(ZooError) {
    metrics = try MetricsLog(directory.metrics, upTo: step ?? 0)
    looks = try StepLog(directory.looks, upTo: step ?? 0)
    evaluations = try StepLog(directory.evaluations, upTo: step ?? 0)
    board = try TensorBoardLog(appendingTo: directory.path, resumingAt: step.map { $0 + 1 })
  }

  /// What was lost when the logs were cut, and what will be written again.
  var cuts: [LogCut] { [metrics.cut, looks.cut, evaluations.cut] }

  /// Forces to the disk what a checkpoint counts on.
  func synchronize() throws(ZooError) {
    try metrics.synchronize()
    try looks.synchronize()
    try evaluations.synchronize()
  }
}
