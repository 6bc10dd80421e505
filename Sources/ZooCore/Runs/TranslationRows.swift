/// Images that a translator's pictures start from: always the same, of the samples that are kept from
/// training where there are any; each beside what becomes of it and, of pairs, what should.
package struct TranslationRows {
  /// What is started from.
  package let inputs: InputSource
  private let grid: SampleGrid
  private let range: ClosedRange<Double>
  /// What is started from, to be looked at.
  private let shown: Tensor
  /// What should come out; nil where nobody knows.
  private let truth: Tensor?

  /// Rows for a generator that starts from images; nil for another.
  ///
  /// - Parameters:
  ///   - size: Rows and columns of images; three stand together of pairs, else two.
  package init?(
    _ takes: Ingredients, _ dataset: any Dataset, range: ClosedRange<Double>, seed: UInt32,
    size: (rows: Int, columns: Int)
  ) throws(ZooError) {
    guard takes.source != nil, let domain = dataset.source else { return nil }
    let shown = domain.test ?? dataset
    let isPaired = (shown.source ?? domain).isPaired
    let together = isPaired ? 3 : 2
    let groups = max(1, size.columns / together)
    let images = (shown.source ?? domain).images
    let count = min(size.rows * groups, images.count)
    let numbers = Array(0..<count)
    let sources = try images.batch(of: numbers, range: range).samples
    self.shown = images.labelMaps?.picture(of: sources, in: range) ?? sources
    truth = isPaired ? try shown.batch(of: numbers, range: range).samples : nil
    grid = SampleGrid(rows: (count + groups - 1) / groups, columns: groups * together)
    self.range = range
    inputs = takes.inputs(
      count, from: RandomStream(seed: seed, purpose: .samples),
      classOf: { sample, _ in Int(shown.label(at: sample) ?? 0) }, sources: { sources.rows($0) })
  }

  /// A PNG of the rows A, G(A), and B where it is known.
  package func png(_ samples: Tensor) -> [UInt8] {
    Self.png([shown, samples] + (truth.map { [$0] } ?? []), grid, range)
  }

  /// A PNG of images beside what became of them, of the same size, with values in 0...1.
  package static func png(
    _ inputs: [Tensor], _ outputs: [Tensor], pairsInRow pairs: Int
  ) -> [UInt8] {
    let columns = min(pairs, inputs.count)
    return png(
      [.concatenated(inputs), .concatenated(outputs)],
      SampleGrid(rows: (inputs.count + columns - 1) / columns, columns: 2 * columns), 0...1)
  }

  /// The first of each, the second of each, and so on, in colour if one is.
  private static func png(
    _ columns: [Tensor], _ grid: SampleGrid, _ range: ClosedRange<Double>
  ) -> [UInt8] {
    grid.png(.sideBySide(columns), range: range)
  }
}
