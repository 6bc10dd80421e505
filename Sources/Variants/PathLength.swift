import ZooCore

/// How far a step in styles moves an image: lengths of Jᵀy, J being the derivatives of the image by
/// its styles and y random images, which are held to their own running mean.
///
/// Source: Karras et al. 2020, arXiv:1912.04958, §3.2, in the form of its code: the penalty also acts
/// through what it adds to the mean.
struct PathLength {
  private let generator: StyledGenerator
  /// The running mean of lengths, of shape `[]`.
  private let mean: Parameter
  /// What a batch moves the mean by.
  private static let share = 0.01

  init(generator: StyledGenerator, mean: Parameter) {
    (self.generator, self.mean) = (generator, mean)
  }

  /// mean (‖Jᵀy‖ − a)² over half of the batch, and the mean length.
  func penalty(_ round: Round) -> (penalty: Tensor, length: Tensor) {
    let (codes, labels) = (round.input.codes(), round.input.labels)
    let half = max(1, codes.shape[0] / 2)
    let input = GeneratorInput(
      latents: codes.rows(0..<half), condition: Condition(labels: labels.map { Array($0[..<half]) })
    )
    let style = generator.style(of: input, round.context)
    let (places, size) = (generator.places, style.shape[1])
    let styles = style.reshaped(to: [half, 1, size]).broadcast(to: [half, places, size])
    let images = generator.drawn(styles, round.context)
    let pixels = Double(images.shape[1] * images.shape[2])
    let noise = round.random.next(.noise).normal(
      images.shape, deviation: 1 / pixels.squareRoot(), type: images.type)
    guard
      let slopes = gradient(of: (images * noise).sum(), at: [styles], differentiable: true)[0]
    else { fatalError("images that do not depend on their styles") }
    let lengths = slopes.squared().sum(over: [2]).mean(over: [1]).squareRoot()
    let (length, before) = (lengths.mean(), mean.value.detached())
    let now = before + (length - before) * Self.share
    round.remember(now.detached(), in: mean)
    return ((lengths - now).squared().mean(), length)
  }
}
