import Testing
import ZooCore

@Suite struct SamplerTests {
  @Test(arguments: [1, 2, 7, 2500])
  func permutationsHoldEverySampleOnce(_ count: Int) {
    let sampler = Sampler(seed: 3, count: count)
    for epoch in 0..<3 {
      #expect(sampler.permutation(epoch: epoch).sorted() == Array(0..<Int32(count)))
    }
  }

  /// The order that the PyTorch oracle's own implementation gives (`make_wgan_gp.py`).
  @Test func orderOfAnIndependentImplementation() {
    let order = Sampler(seed: 2026, count: 2500).permutation(epoch: 0)
    #expect(order.prefix(10) == [994, 138, 1117, 1552, 2320, 980, 2231, 775, 322, 2061])
  }

  @Test func epochsAndSeedsDiffer() {
    let orders = [(1, 0), (1, 1), (2, 0)].map {
      Sampler(seed: $0.0, count: 100).permutation(epoch: $0.1)
    }
    #expect(Set(orders).count == 3)
  }

  @Test func batchesGoOnAcrossEpochs() throws {
    let images = ByteImages(
      name: "five", bytes: [10, 20, 30, 40, 50], sampleShape: [1, 1, 1], labels: [0, 1, 2, 3, 4],
      classNames: ["a", "b", "c", "d", "e"])
    let source = BatchSource(images, batch: 3, seed: 1, range: -1...1)
    let seen = try (0..<5).flatMap { number -> [Int32] in
      let batch = try source.batch(number)
      let labels = batch.labels ?? []
      let values = labels.map { Float(10 * ($0 + 1)) / 255 * 2 - 1 }
      for (a, b) in zip(batch.samples.floats, values) { #expect(abs(a - b) < 1e-6) }
      return labels
    }
    for epoch in 0..<3 {
      #expect(Set(seen[epoch * 5..<epoch * 5 + 5]) == [0, 1, 2, 3, 4])
    }
    #expect(try source.batch(1).labels == Array(seen[3..<6]))
  }

  /// What is seen depends on how much was seen before, not on how it was cut into batches: labels
  /// and pixels, mirrored ones among them, across the end of an epoch of 7.
  @Test func batchesOfAnySizeAreCutFromOneSequence() throws {
    let images = ByteImages(
      name: "seven", bytes: (0..<21).map { UInt8($0) }, sampleShape: [1, 3, 1],
      labels: Array(0..<7), classNames: (0..<7).map(String.init))
    func seen(_ sizes: [Int]) throws -> (labels: [Int32], values: [Float]) {
      let source = BatchSource(images, batch: 1, seed: 1, range: 0...1, mirrored: true)
      var (place, labels, values) = (0, [Int32](), [Float]())
      for size in sizes {
        let batch = try source.batch(from: place, count: size)
        #expect(batch.samples.shape == [size, 1, 3, 1])
        labels += batch.labels ?? []
        values += batch.samples.floats
        place += size
      }
      return (labels, values)
    }
    let (labels, values) = try seen([20])
    for sizes in [[10, 10], [3, 3, 5, 5, 4], [1, 2, 3, 4, 10]] {
      let parts = try seen(sizes)
      #expect(parts.labels == labels && parts.values == values, "\(sizes)")
    }
  }
}
