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

  private let networks: [Network]
  private let read: (Condition) -> Tensor

  /// The networks of these roles, each for images half as large as those of the one before, beside what
  /// the painter reads.
  ///
  /// - Parameter comparesFeatures: Whether features are asked for: each network needs some.
  init<Options>(
    _ request: BuildRequest<Options>, _ roles: some Sequence<NetworkRole>, of painter: ScenePainter,
    comparesFeatures: Bool
  ) {
    let sample = request.data.sample
    var pair: Shape = sample.dropLast() + [painter.channels + sample[2]]
    networks = roles.map { role in
      // As `halved` does it.
      defer { pair = [(pair[0] + 1) / 2, (pair[1] + 1) / 2, pair[2]] }
      return request.network(role, from: pair)
    }
    read = painter.read
    if comparesFeatures, networks.contains(where: { !$0.isStandIn && $0.hiddenCount == 0 }) {
      request.refuse(
        ["discriminator"], "feature matching has nothing to compare in a single layer",
        advice: "give every discriminator two, or set objective.matching to 0")
    }
  }

  var mixesSamples: Bool { networks.contains { $0.mixesSamples } }

  /// What the discriminators from one on see: the first of them images as they are, each other of half
  /// the size.
  ///
  /// - Parameters:
  ///   - source: What the images come from, as networks read it, at the full size.
  ///   - first: Which one sees `images`; what they come from is halved as often.
  func seen(
    _ images: Tensor, beside source: Tensor, from first: Int, _ context: Context
  ) -> [Sight] {
    let source = (0..<first).reduce(source) { source, _ in source.halved() }
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
    seen(samples, beside: read(condition), from: 0, context)[0].scores
  }
}
