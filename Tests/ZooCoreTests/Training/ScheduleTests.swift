import Testing
import ZooCore

/// Schedules beside their closed forms, some of them as PyTorch 2.13's schedulers print them.
@Suite struct ScheduleTests {
  private func values(_ schedule: Schedule, _ steps: Range<Int>, of all: Int? = nil) -> [Double] {
    steps.map { schedule.value(at: RunPosition(step: $0, steps: all)) }
  }

  /// `CosineAnnealingLR(T_max=10, eta_min=1e-5)` from 2e-4; PyTorch goes from value to value, and
  /// so gathers some rounding of Float64.
  @Test func cosineIsPyTorchs() {
    let expected = [
      0.0002, 0.0001953503690480396, 0.00018185661446562, 0.00016083959896778495,
      0.00013435661446562, 0.000105, 7.564338553438001e-05, 4.916040103221507e-05,
      2.8143385534380006e-05, 1.4649630951960416e-05, 1e-05,
    ]
    let schedule = Schedule([(0, 2e-4), (10, 1e-5)], between: .cosine)
    for (a, b) in zip(values(schedule, 0..<11), expected) { #expect(abs(a - b) < 1e-15) }
  }

  /// `LambdaLR` with 1 − max(0, epoch − 5) / 5, constant, then linear to zero.
  @Test func linearIsPyTorchs() {
    let expected = [2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 2e-4, 1.6e-4, 1.2e-4, 8e-5, 4e-5, 0]
    let schedule = Schedule([(0, 2e-4), (0.5, 2e-4), (1, 0)], in: .run)
    // The last digits of Float64.
    for (a, b) in zip(values(schedule, 0..<11, of: 10), expected) { #expect(abs(a - b) < 1e-18) }
  }

  @Test func valuesHoldUntilTheNextPoint() {
    let schedule = Schedule([(2, 16), (5, 64), (6, 8)], between: .hold)
    #expect(values(schedule, 0..<8) == [16, 16, 16, 16, 16, 64, 8, 8])
  }

  /// At a point the value is the point's own to the bit, on every way.
  @Test(arguments: Schedule.Between.allCases)
  func pointsAreMetExactly(_ between: Schedule.Between) {
    let points = [(1.0, 0.1), (4.0, 0.7), (9.0, 1.0 / 3)]
    let schedule = Schedule(points, between: between)
    #expect(values(schedule, 0..<2) == [0.1, 0.1])
    #expect(values(schedule, 4..<5) == [0.7])
    #expect(values(schedule, 9..<11) == [1.0 / 3, 1.0 / 3])
  }

  /// Step 6 of 8, after 30 samples of a set of 20.
  @Test func placesAreMeasuredInUnits() {
    let position = RunPosition(step: 6, steps: 8, samplesSeen: 30, samplesPerEpoch: 20)
    func value(_ end: Double, _ unit: Schedule.Unit) -> Double {
      Schedule([(0, 0), (end, 1)], in: unit).value(at: position)
    }
    #expect(value(12, .steps) == 0.5)
    #expect(value(120, .images) == 0.25)
    #expect(value(2, .epochs) == 0.75)
    #expect(value(1, .run) == 0.75)
  }

  @Test func aNumberIsItself() {
    #expect(values(0.3, 0..<3) == [0.3, 0.3, 0.3])
    #expect(Schedule([(7, 0.3)], between: .cosine, in: .run) == 0.3)
    #expect(Schedule([(0, 3), (9, 1), (10, 4)]).bounds == 1...4)
  }

  @Test func wholeNumbersAreRounded() {
    let schedule = Schedule([(0, 4), (4, 6)])
    let sizes = (0..<5).map { schedule.wholeNumber(at: RunPosition(step: $0)) }
    // 4, 4.5, 5, 5.5 and 6; halves go away from zero.
    #expect(sizes == [4, 5, 5, 6, 6])
    #expect(schedule.smallest == 4 && schedule.largest == 6)
  }

  @Test func peopleReadWhatChanges() {
    let schedule = Schedule([(0, 2e-4), (0.5, 2e-4), (1, 0)], in: .run)
    #expect("\(schedule)" == "0.0002 at 0 %, 0.0002 at 50 %, 0 at 100 % of the run, linear between")
    let batch = Schedule([(0, 16), (1000, 64)], between: .hold)
    #expect("\(batch)" == "16 at 0, 64 at 1000 steps, held between")
    #expect(batch.span == "16 to 64" && Schedule(64).span == "64")
    #expect("\(Schedule(64))" == "64")
  }

  /// The updates of `OptimizerTests` with rates of 0.1, 0.075, 0.05 and β₂ of 0.9, 0.95, 0.99, which
  /// PyTorch 2.13 is given through `param_groups` before each step.
  @Test func adamFollowsItsSchedules() {
    let adam = Adam(
      learningRate: Schedule([(0, 0.1), (2, 0.05)]), beta1: 0.5,
      beta2: Schedule([(0, 0.9), (1, 0.95), (2, 0.99)], between: .hold))
    Backends.using(ReferenceBackend.shared) {
      let scope = Scope(player: "test", seed: 1, type: .float64)
      let parameter = scope.parameter("p", shape: [2]) { _ in
        Tensor([1.0, -1.0], shape: [2], type: .float64)
      }
      let optimizer = Optimizer(.adam(adam), [parameter])
      for (step, gradient) in [[0.5, -2], [0.1, 0.3], [-1, 0.05]].enumerated() {
        optimizer.update(
          [Tensor(gradient, shape: [2], type: .float64)], at: RunPosition(step: step))
      }
      // Float64 beside Float64.
      for (a, b) in zip(parameter.value.doubles, [0.8869383697148839, -0.8799810918940236]) {
        #expect(abs(a - b) < 1e-12)
      }
    }
  }
}
