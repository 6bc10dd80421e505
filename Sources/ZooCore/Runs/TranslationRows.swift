/// Images that a translator's pictures start from: always the same, of the samples that are kept from
/// training where there are any; each beside what becomes of it and, of pairs, what should.
package struct TranslationRows {
  /// What is started from.
  package let inputs: InputSource
  private let grid: SampleGrid
  private let range: ClosedRange<Double>
  private let sources: Tensor
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
    sources = try images.batch(of: numbers, range: range).samples
    truth = isPaired ? try shown.batch(of: numbers, range: range).samples : nil
    grid = SampleGrid(rows: (count + groups - 1) / groups, columns: groups * together)
    self.range = range
    let sources = sources
    inputs = takes.inputs(
      count, from: RandomStream(seed: seed, purpose: .samples),
      classOf: { sample, _ in Int(shown.label(at: sample) ?? 0) }, sources: { sources.rows($0) })
  }

  /// A PNG of the rows A, G(A), and B where it is known.
  package func png(_ samples: Tensor) -> [UInt8] {
    let columns = [sources, samples] + (truth.map { [$0] } ?? [])
    let size = samples.shape[1...2]
    let alike = columns.map { $0.inColour().resized(toRows: size[1], columns: size[2]) }
    let images = (0..<samples.shape[0]).flatMap { row in alike.map { $0.rows(row..<row + 1) } }
    return grid.png(.concatenated(images), range: range)
  }
}

extension Tensor {
  /// Grey images `[N, H, W, 1]` in three channels; others as they are.
  func inColour() -> Tensor {
    shape[3] == 1 ? .concatenated([self, self, self], along: 3) : self
  }

  /// Images `[N, H, W, C]` of this size, by their nearest pixels.
  fileprivate func resized(toRows rows: Int, columns: Int) -> Tensor {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    guard height != rows || width != columns else { return self }
    let values = floats
    var resized: [Float] = []
    for image in 0..<shape[0] {
      for y in 0..<rows {
        for x in 0..<columns {
          let from = ((image * height + y * height / rows) * width + x * width / columns) * channels
          resized += values[from..<from + channels]
        }
      }
    }
    return Tensor(resized, shape: [shape[0], rows, columns, channels])
  }
}
