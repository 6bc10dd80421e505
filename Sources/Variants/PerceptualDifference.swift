import ZooCore

/// How differently a network that knows pictures sees two images: VGG19, or the zoo's own classifier of
/// the same data.
///
/// Source: Johnson et al. 2016, arXiv:1603.08155, as `NVIDIA/pix2pixHD` has it: absolute differences of
/// VGG19's features, weighed 1/32 to 1. Deviations: images are normalised as VGG19 was trained, which
/// the repository forgot; a classifier's features, of which there are few, weigh alike.
package struct PerceptualDifference {
  /// What is seen of images with values in 0...1, and how much it weighs.
  private let features: (Tensor) -> [Tensor]
  private let shares: (_ count: Int) -> [Double]
  private let range: ClosedRange<Double>

  /// - Parameter path: A safetensors file: VGG19's weights with torchvision's names, or a classifier
  ///   that `zoo eval` has kept.
  /// - Throws: `.data` when the file is neither, `.usage` when images are none for it.
  package init(weights path: String, of sample: Shape, range: ClosedRange<Double>) throws(ZooError)
  {
    self.range = range
    let file = try Safetensors(parsing: Files.read(Files.expandingHome(path)), name: path)
    if let classes = ImageClassifier.classes(in: file) {
      do throws(ZooError) {
        let classifier = try ImageClassifier(sampleShape: sample, classes: classes, weights: file)
        features = { classifier.hidden($0) }
      } catch {
        throw ZooError(
          .data,
          "the classifier is one of other images than \(sample): \(error.findings[0].problem)",
          at: path, advice: "take the classifier of these data, which zoo eval trains")
      }
      shares = { [Double](repeating: 1, count: $0) }
    } else {
      guard sample.last == 3, sample[0] >= 32, sample[1] >= 32 else {
        throw ZooError(
          .usage, "VGG19 looks at colour images of at least 32x32 pixels, found \(sample)",
          at: "objective.perceptualWeights",
          advice: "leave it out, or give the zoo's own classifier of these data")
      }
      let network = try VGG19(file, path)
      features = { network($0) }
      shares = { _ in [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1] }
    }
  }

  /// The weighed sum of the mean differences, of images `[N, H, W, C]` in the config's range.
  package func callAsFunction(_ images: Tensor, _ truth: Tensor) -> Tensor {
    let width = range.upperBound - range.lowerBound
    let wanted = withoutDerivatives { features((truth - range.lowerBound) / width) }
    let seen = features((images - range.lowerBound) / width)
    let parts = zip(zip(seen, wanted), shares(seen.count)).map { pair, share in
      (pair.0 - pair.1).absolute().mean() * share
    }
    return parts.total()
  }
}
