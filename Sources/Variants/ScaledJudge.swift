import ZooCore

/// Discriminators of the same pairs at several sizes, each half as large as the one before.
///
/// Source: Wang et al. 2018, arXiv:1711.11585, §3.2.
struct ScaledJudge: Discriminator {
  /// What one discriminator sees in images: what goes into each of its convolutions but the first, and
  /// its scores.
  struct Sight {
    let features: [Tensor]
    let scores: Tensor
  }

  let networks: [Network]
  let read: (Condition) -> Tensor

  var mixesSamples: Bool { networks.contains { $0.mixesSamples } }

  /// What the discriminators from one on see: the first of them images as they are, each other of half
  /// the size.
  ///
  /// - Parameter first: Which one sees `images`; what they come from is halved as often.
  func seen(
    _ images: Tensor, given condition: Condition, from first: Int, _ context: Context
  ) -> [Sight] {
    var source = read(condition)
    for _ in 0..<first { source = source.halved() }
    var pair = Tensor.concatenated([source, images], along: 3)
    return networks[first...].enumerated().map { place, network in
      if place > 0 { pair = pair.halved() }
      let (features, scores) = network.hidden(pair, context)
      return Sight(features: features, scores: scores)
    }
  }

  /// How differently images are seen, by feature maps: equation 4, with the repository's weights, 4 / (n + 1)
  /// for each map and a share for each size.
  static func difference(of fake: [Sight], from real: [Sight]) -> Tensor {
    zip(real, fake).flatMap { real, fake -> [Tensor] in
      zip(real.features, fake.features).map {
        ($1 - $0).absolute().mean() * (4 / Double(real.features.count))
      }
    }.total() / Double(real.count)
  }

  func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    seen(samples, given: condition, from: 0, context)[0].scores
  }
}
