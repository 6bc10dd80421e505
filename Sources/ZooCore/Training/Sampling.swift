extension Generator {
  /// The samples with these numbers, `portion` at a time, without derivatives.
  ///
  /// Random numbers of layers are each sample's own: no portion changes a bit.
  func draw(
    _ numbers: Range<Int>, of inputs: InputSource, portion: Int, seed: UInt32, step: Int
  ) throws(ZooError) -> Tensor {
    var drawn: [Tensor] = []
    for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: portion) {
      let range = first..<min(first + portion, numbers.upperBound)
      let input = try inputs.input(range)
      let context = Context(.inference, random: inputs.random(range, seed: seed), step: step)
      drawn.append(withoutDerivatives { self(input, context) })
    }
    return .concatenated(drawn)
  }
}

extension Trainer {
  /// What the generator, or its moving average, makes of inputs, in portions of a training batch that
  /// need no more memory than training.
  package func draw(_ numbers: Range<Int>, of inputs: InputSource) throws(ZooError) -> Tensor {
    try whileAveraged { () throws(ZooError) in
      try contest.generator.draw(
        numbers, of: inputs, portion: settings.batch, seed: settings.seed, step: step)
    }
  }
}

extension Contest {
  /// The objective's own scores, without derivatives.
  func scores(_ examination: Examination) throws(ZooError) -> [Score] {
    try withoutDerivatives {
      Result { () throws(ZooError) in try objective.scores(examination) }
    }.get()
  }
}

extension Trainer {
  /// The images of one of the objective's sheets, by the moving average if there is one.
  func draw(
    _ sheet: Sheet, real: @escaping (_ count: Int) throws(ZooError) -> Batch
  ) throws(ZooError) -> Tensor {
    try whileAveraged { () throws(ZooError) in
      try sheet.images(Easel(seed: settings.seed, step: step, real: real))
    }
  }

  /// Runs `body` with the moving average in place of the generator, if there is one.
  func whileAveraged<R>(_ body: () throws(ZooError) -> R) throws(ZooError) -> R {
    guard let average else { return try body() }
    guard settings.averageStatistics == .standing else { return try average.whileInUse(body) }
    let buffers = contest.generatorStore.buffers
    let statistics = buffers.map(\.value)
    defer { for (buffer, value) in zip(buffers, statistics) { buffer.assign(value) } }
    return try average.whileInUse { () throws(ZooError) in
      // Pictures and evaluations draw in many portions.
      if let standing, standing.step == step {
        for (buffer, value) in zip(buffers, standing.values) { buffer.assign(value) }
      } else {
        try contest.renewStatistics(batch: settings.batch, seed: settings.seed)
        standing = (step, buffers.map(\.value))
      }
      return try body()
    }
  }
}

extension Trainer {
  /// The mean norm of the derivatives of the discriminator's scores at samples, of which a batch is
  /// looked at: what the generator has to learn from; nil without a discriminator.
  package func criticSlope(at samples: Tensor, given condition: Condition) -> Double? {
    guard let discriminator = contest.discriminator else { return nil }
    let count = min(samples.shape[0], settings.batch)
    let some = samples.rows(0..<count).detached().tracked()
    let context = Context(
      .inference, random: RandomSource(seed: settings.seed, samples: 0..<count), step: step)
    let scores = discriminator(some, given: condition.repeated(to: count), context)
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
