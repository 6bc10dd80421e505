extension Generator {
  /// The samples of latent codes `[N, size]`, `portion` at a time, without derivatives.
  func draw(
    _ latents: Tensor, _ labels: [Int32]?, portion: Int, _ context: Context
  ) -> Tensor {
    withoutDerivatives {
      .concatenated(
        stride(from: 0, to: latents.shape[0], by: portion).map { first in
          let range = first..<min(first + portion, latents.shape[0])
          return self(
            GeneratorInput(latents: latents.rows(range), labels: labels.map { Array($0[range]) }),
            context)
        })
    }
  }
}

extension Trainer {
  /// What the generator, or its moving average, makes of latent codes, in portions of a training
  /// batch that need no more memory than training.
  func draw(_ latents: Tensor, labels: [Int32]?) -> Tensor {
    let context = Context(
      .inference, random: RandomSource(seed: settings.seed, step: step, substep: 0), step: step)
    func samples() -> Tensor {
      contest.generator.draw(latents, labels, portion: settings.batch, context)
    }
    return average.map { $0.whileInUse(samples) } ?? samples()
  }
}

extension Trainer {
  /// The mean norm of the derivatives of the discriminator's scores at samples, of which a batch is
  /// looked at: what the generator has to learn from; nil without a discriminator.
  package func criticSlope(at samples: Tensor, labels: [Int32]?) -> Double? {
    guard let discriminator = contest.discriminator else { return nil }
    let count = min(samples.shape[0], settings.batch)
    let some = samples.rows(0..<count).detached().tracked()
    let context = Context(
      .inference, random: RandomSource(seed: settings.seed, step: step, substep: 0), step: step)
    let scores = discriminator(some, labels: labels.map { Array($0[..<count]) }, context)
    guard let slope = gradient(of: scores, at: [some])[0] else { return 0 }
    let (values, size) = (slope.floats, slope.count / count)
    let norms = (0..<count).map { sample in
      values[sample * size..<(sample + 1) * size]
        .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return norms.reduce(0, +) / Double(count)
  }
}

extension Tensor {
  /// The values of images in `range`, brought to 0...1.
  func unit(from range: ClosedRange<Double>) -> [Float] {
    let (lower, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
    return floats.map { max(0, min(1, ($0 - lower) / width)) }
  }
}
