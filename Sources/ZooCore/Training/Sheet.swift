/// A picture that an objective adds to those of the samples: sweeps of a code, reconstructions.
public struct Sheet {
  /// The name in files and after `zoo sample --sheet`: `codes`.
  public let name: String
  /// What is to be seen, in a sentence.
  public let summary: String
  /// Rows and columns of images.
  public let rows: Int, columns: Int
  /// The images, row by row: `[rows · columns, H, W, C]` in the config's range.
  let draw: (Easel) throws(ZooError) -> Tensor

  /// A picture; `draw` runs without derivatives, while the moving average is in use.
  public init(
    _ name: String, _ summary: String, rows: Int, columns: Int,
    draw: @escaping (Easel) throws(ZooError) -> Tensor
  ) {
    self.name = name
    self.summary = summary
    self.rows = rows
    self.columns = columns
    self.draw = draw
  }

  /// The images.
  package func images(_ easel: Easel) throws(ZooError) -> Tensor {
    let images = try withoutDerivatives {
      Result { () throws(ZooError) in try draw(easel) }
    }.get()
    require(
      images.shape.first == rows * columns,
      "images \(images.shape) for a sheet of \(rows) x \(columns)")
    return images
  }
}

/// What a sheet is drawn with.
public struct Easel {
  /// Seeds random numbers.
  public let seed: UInt32
  /// The generator step.
  public let step: Int
  /// So many samples of the data, always the same.
  public let real: (_ count: Int) throws(ZooError) -> Batch

  /// What a sheet is drawn with at this step.
  package init(
    seed: UInt32, step: Int, real: @escaping (_ count: Int) throws(ZooError) -> Batch
  ) {
    (self.seed, self.step, self.real) = (seed, step, real)
  }

  /// A forward pass for `count` samples.
  public func context(_ count: Int) -> Context {
    Context(.inference, random: RandomSource(seed: seed, samples: 0..<count), step: step)
  }

  /// Random numbers for a purpose.
  public func random(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose)
  }
}
