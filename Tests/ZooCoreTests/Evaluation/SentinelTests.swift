import Testing
import ZooCore

/// Collapses that are made on purpose, and healthy samples.
@Suite struct SentinelTests {
  private let digits = ByteImages.strokeDigits(count: 400)

  private func matrix(_ indices: [Int]) throws -> FeatureMatrix {
    try FeatureMatrix(digits.values(of: indices), columns: 784, of: "real")
  }

  private func samples(_ indices: [Int], noise: Float = 0) throws -> Tensor {
    let random = RandomStream(seed: 1, purpose: .noise).normal([indices.count * 784]).floats
    let values = try zip(digits.values(of: indices), random).map { $0 + noise * $1 }
    return Tensor(values, shape: [indices.count, 28, 28, 1])
  }

  private func sentinel(labels: [Int32]? = nil) throws -> Sentinel {
    Sentinel(reference: try matrix(Array(0..<60)), labels: labels)
  }

  @Test func realSamplesAreNoFault() throws {
    var sentinel = try sentinel()
    for step in 1...4 {
      sentinel.note([("realScore", 0.6), ("fakeScore", 0.4)])
      #expect(try sentinel.look(at: samples(Array(100..<160)), step: step).isEmpty)
    }
  }

  @Test func oneImageIsACollapse() throws {
    var sentinel = try sentinel()
    let same = try samples([Int](repeating: 5, count: 60), noise: 0.02)
    // An untrained generator is no collapse, and one look is no proof.
    #expect(sentinel.look(at: same, step: 0).isEmpty)
    #expect(sentinel.look(at: same, step: 500).isEmpty)
    let faults = sentinel.look(at: same, step: 1000)
    #expect(faults.count == 1)
    #expect(faults.first?.description.contains("nearly the same sample") == true)
    // Told once, until it has gone.
    #expect(sentinel.look(at: same, step: 1500).isEmpty)
    #expect(try sentinel.look(at: samples(Array(100..<160)), step: 2000).isEmpty)
    #expect(sentinel.look(at: same, step: 2500).isEmpty)
    #expect(sentinel.look(at: same, step: 3000).count == 1)
  }

  /// One image for each class: varied as a whole, not within a class.
  @Test func aCollapseWithinClassesShows() throws {
    let labels = (0..<60).map { Int32($0 % 10) }
    let each = try samples((0..<60).map { $0 % 10 }, noise: 0.01)
    var (blind, seeing) = (try sentinel(), try sentinel(labels: labels))
    for step in [500, 1000] {
      #expect(blind.look(at: each, step: step).isEmpty)
      #expect(seeing.look(at: each, step: step).count == (step == 1000 ? 1 : 0))
    }
  }

  @Test(arguments: [(0.999, 0.001, 1), (0.9, 0.001, 0), (0.999, 0.1, 0)])
  func aDiscriminatorThatIsNeverWrongIsTold(_ real: Double, _ fake: Double, _ faults: Int) throws {
    var sentinel = try sentinel()
    let varied = try samples(Array(100..<160))
    for step in [500, 1000] {
      for _ in 0..<5 { sentinel.note([("realScore", real), ("fakeScore", fake)]) }
      let found = sentinel.look(at: varied, step: step)
      #expect(found.count == (step == 1000 ? faults : 0))
    }
  }

  @Test func valuesThatAreNotFiniteAreLeftToOthers() throws {
    var sentinel = try sentinel()
    let broken = Tensor(repeating: .nan, shape: [60, 28, 28, 1])
    for step in [500, 1000] { #expect(sentinel.look(at: broken, step: step).isEmpty) }
  }
}
