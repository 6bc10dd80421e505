/// Mean and variance of each channel over a batch, and what normalising divides by.
struct BatchMoments {
  /// `[C]`; the variance is divided by the number of samples.
  let mean: Tensor, variance: Tensor
  /// 1 / √(variance + ε), `[C]`.
  let inverseDeviation: Tensor

  /// The moments over all axes but the last, without history.
  init(of x: Tensor, epsilon: Double) {
    let (mean, variance) = withoutDerivatives { () -> (Tensor, Tensor) in
      let mean = x.mean(over: Array(x.shape.indices.dropLast()))
      // Around the mean, where the sum of squares less N · mean² would cancel.
      let sums = x.channelSums(with: x, centre: mean, centringBoth: true)
      return (mean, sums.products / Double(x.channelRows))
    }
    self.mean = mean
    self.variance = variance
    inverseDeviation = withoutDerivatives { (variance + epsilon).squareRoot().reciprocal() }
  }
}

/// Batch normalisation of x with scale and shift for each channel, the last axis.
///
/// Source: Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1 and §3. The moments are functions of
/// x and their derivative is part of this op's.
struct BatchNormalization: Op {
  let moments: BatchMoments
  let epsilon: Double

  func forward(_ inputs: [Tensor]) -> Tensor {
    let (x, scale, shift) = (inputs[0], inputs[1], inputs[2])
    let channels = x.shape.last ?? 0
    require(
      x.shape.count > 1 && scale.shape == [channels] && shift.shape == [channels],
      "batch norm: \(x.shape) with scale \(scale.shape) and shift \(shift.shape)")
    return withoutDerivatives {
      x.blended(around: moments.mean, scale * moments.inverseDeviation, offset: shift)
    }
  }

  func vjp(
    _ inputs: [Tensor], _ output: Tensor, _ cotangent: Tensor, wanted: [Bool]
  ) -> [Tensor?] {
    let (x, scale, g) = (inputs[0], inputs[1], cotangent)
    let samples = Double(x.channelRows)
    guard Recording.isEnabled else {
      // With x̂ = (x − mean) / σ: dx = scale / σ · (g − mean(g) − x̂ · mean(g · x̂)), which is linear
      // in g and x for each channel.
      let inverse = moments.inverseDeviation
      let (sums, products) = g.channelSums(with: x, centre: moments.mean, centringBoth: false)
      var dx: Tensor?
      if wanted[0] {
        let a = scale * inverse
        let b = a * inverse.squared() * products * (-1 / samples)
        // Around the mean: the derivatives of a channel add up to nothing, and rounding must not
        // turn that into something (a bias before batch norm has no gradient).
        dx = x.blended(
          around: moments.mean, b, offset: a * sums * (-1 / samples), adding: (g, a))
      }
      return [dx, wanted[1] ? products * inverse : nil, wanted[2] ? sums : nil]
    }
    // The same in ops that can be differentiated again, the moments included.
    let axes = Array(x.shape.indices.dropLast())
    let centred = x - x.mean(over: axes)
    let inverse = (centred.squared().mean(over: axes) + epsilon).squareRoot().reciprocal()
    let normal = centred * inverse
    var dx: Tensor?
    if wanted[0] {
      let pull = g * scale
      dx =
        (pull - pull.mean(over: axes) - normal * (pull * normal).mean(over: axes)) * inverse
    }
    return [
      dx, wanted[1] ? (g * normal).sum(over: axes) : nil, wanted[2] ? g.sum(over: axes) : nil,
    ]
  }
}

extension Tensor {
  /// All elements but those of the last axis.
  fileprivate var channelRows: Int { shape.dropLast().reduce(1, *) }

  /// For each channel the sums of u and of u · (z − centre), u being this tensor, or what it differs
  /// from the centre.
  fileprivate func channelSums(
    with z: Tensor, centre: Tensor, centringBoth: Bool
  ) -> (sums: Tensor, products: Tensor) {
    let channels = shape[shape.count - 1]
    require(
      z.shape == shape && centre.shape == [channels],
      "channel sums: \(shape) with \(z.shape) around \(centre.shape)")
    let both = Tensor.uninitialized([2, channels], type)
    Backends.current.channelSums(
      buffer, z.buffer, centre: centre.buffer, centringBoth: centringBoth, into: both.buffer,
      rows: channelRows, channels: channels, type: type)
    return (
      both.slice(at: [0, 0], shape: [1, channels]).reshaped(to: [channels]),
      both.slice(at: [1, 0], shape: [1, channels]).reshaped(to: [channels])
    )
  }

  /// b · (self − centre) + offset, plus a · x if given, with centre, a, b and offset for each channel.
  fileprivate func blended(
    around centre: Tensor, _ b: Tensor, offset: Tensor, adding: (x: Tensor, a: Tensor)? = nil
  ) -> Tensor {
    let y = Tensor.uninitialized(shape, type)
    Backends.current.channelBlend(
      buffer, centre: centre.buffer, scale: b.buffer, offset: offset.buffer,
      adding: adding.map { ($0.x.buffer, $0.a.buffer) }, into: y.buffer, rows: channelRows,
      channels: shape[shape.count - 1], type: type)
    return y
  }

  /// Batch normalisation over all axes but the last, with scale and shift `[C]`.
  func batchNormalized(
    _ moments: BatchMoments, scale: Tensor, shift: Tensor, epsilon: Double
  ) -> Tensor {
    .apply(BatchNormalization(moments: moments, epsilon: epsilon), [self, scale, shift])
  }
}
