import Testing
import ZooCore

/// The pool of earlier fakes.
@Suite struct ReplayPoolTests {
  private let scope = Scope(player: "objective", seed: 1)

  private func exchange(_ pool: ReplayPool, _ values: [Double], step: Int) -> [Double] {
    pool.exchange(
      Tensor(values, shape: [values.count, 1, 1, 1]), RandomSource(seed: 3, step: step, substep: 0)
    ).doubles
  }

  @Test func aPoolFillsBeforeItGivesBack() {
    let pool = ReplayPool(scope / "pool", size: 4, of: [1, 1, 1])
    #expect(pool.size == 4 && scope.store.buffers.count == 5 && scope.store.parameters.isEmpty)
    #expect(exchange(pool, [1, 2, 3], step: 0) == [1, 2, 3])
    // The fourth fills it; the next may meet any of the four.
    let seen = exchange(pool, [4, 5], step: 1)
    #expect(seen[0] == 4 && [1, 2, 3, 4, 5].contains(seen[1]))
  }

  /// Over many updates half of the fakes are new, no fake is seen twice, and none is invented.
  @Test func halfOfTheFakesAreOld() {
    let pool = ReplayPool(scope / "pool", size: 10, of: [1, 1, 1])
    var (fresh, seen): (Int, [Double]) = (0, [])
    for step in 0..<400 {
      let new = (0..<5).map { Double(step * 5 + $0) }
      let given = exchange(pool, new, step: step)
      fresh += zip(new, given).count { $0 == $1 }
      seen += given
    }
    // Of 1990 coins after the first ten fakes; five deviations of √(1990 / 4) = 22.
    #expect(abs(fresh - 10 - 995) < 5 * 22)
    // The first ten are seen when they come in, and once more if they are given back.
    #expect(Set(seen.filter { $0 >= 10 }).count == seen.count { $0 >= 10 })
    #expect(seen.allSatisfy { (0..<2000).contains($0) && $0 == $0.rounded() })
  }

  @Test func aPoolWithoutRoomGivesWhatComes() {
    let pool = ReplayPool(scope / "none", size: 0, of: [1, 1, 1])
    #expect(exchange(pool, [1, 2], step: 0) == [1, 2])
  }

  /// What it holds is all in its buffers: another pool with these goes on the same.
  @Test func buffersAreTheWholeState() {
    let other = Scope(player: "objective", seed: 1)
    let (one, two) = (
      ReplayPool(scope / "pool", size: 3, of: [1, 1, 1]),
      ReplayPool(other / "pool", size: 3, of: [1, 1, 1])
    )
    for step in 0..<5 { _ = exchange(one, [Double(step), 100 + Double(step)], step: step) }
    for (from, to) in zip(scope.store.buffers, other.store.buffers) { to.assign(from.value) }
    for step in 5..<15 {
      let new = [Double(step), 100 + Double(step)]
      #expect(exchange(one, new, step: step) == exchange(two, new, step: step))
    }
  }
}
