/// Where a run is: what schedules look at.
public struct RunPosition: Equatable, Sendable {
  /// Steps done.
  public let step: Int
  /// Steps that the run has; nil where nobody knows.
  public let steps: Int?
  /// Real samples seen.
  public let samplesSeen: Int
  /// Samples of the dataset; nil where there is none.
  public let samplesPerEpoch: Int?

  /// A place in a run, seen at the beginning of a step.
  public init(step: Int, steps: Int? = nil, samplesSeen: Int = 0, samplesPerEpoch: Int? = nil) {
    self.step = step
    self.steps = steps
    self.samplesSeen = samplesSeen
    self.samplesPerEpoch = samplesPerEpoch
  }
}
