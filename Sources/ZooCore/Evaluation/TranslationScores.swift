/// How near translations of test images are to what they should be.
struct TranslationScores {
  /// Of the translations.
  private(set) var generated: [Score] = []
  /// Of the true images, by the same metrics.
  private(set) var real: [Score] = []

  /// Means over test images.
  private struct Means {
    private var sums: [Double] = [0, 0, 0]
    private var similar = 0
    private var count = 0.0

    mutating func add(_ difference: ImageDifference) {
      sums[0] += difference.l1
      sums[1] += difference.psnr
      sums[2] += difference.ssim ?? 0
      similar += difference.ssim == nil ? 0 : 1
      count += 1
    }

    var l1: Double { sums[0] / count }
    var psnr: Double { sums[1] / count }
    var ssim: Double? { similar == 0 ? nil : sums[2] / Double(similar) }
  }

  /// Scores of translations `source` of the first images of a test set: of pairs by their truth, of
  /// others by the classes that both domains know.
  ///
  /// - Parameter classifier: Tells the classes of images, where something can.
  init(
    _ source: SampleSource, _ test: any Dataset, _ classifier: Examination.Classifier?
  ) throws(ZooError) {
    guard let domain = test.source else { return }
    guard domain.isPaired else {
      generated = try Self.classKept(by: source, of: domain.images, test, classifier)
      return
    }
    let shape = test.sampleShape
    let mean = try Self.meanImage(of: test, count: source.count)
    var (made, input, average) = (Means(), Means(), Means())
    var (saturation, trueSaturation) = (Saturation(), Saturation())
    var (kept, known, labelled) = (0, 0, 0)
    let maps = domain.images.labelMaps.flatMap { $0.tones.isEmpty ? nil : $0 }
    var ofMade = Segmentation(classes: maps?.classes ?? 0)
    var ofTruth = Segmentation(classes: maps?.classes ?? 0)
    var first = 0
    try source.forEachPortion { samples throws(ZooError) in
      let numbers = Array(first..<first + samples.shape[0])
      first += numbers.count
      let (drawn, truth) = (samples.floats, try test.values(of: numbers))
      let inputs = try domain.images.values(of: numbers)
      let started = Self.likened(inputs, domain.images, to: shape)
      let size = shape.elementCount
      for row in 0..<numbers.count {
        let range = row * size..<(row + 1) * size
        made.add(ImageDifference(of: drawn[range], from: truth[range], shape))
        average.add(ImageDifference(of: mean[...], from: truth[range], shape))
        if let started {
          input.add(ImageDifference(of: started[range], from: truth[range], shape))
        }
      }
      if let maps {
        let channels = domain.images.sampleShape[2]
        let labels = stride(from: 0, to: inputs.count, by: channels).map { Int(inputs[$0]) }
        ofMade.add(labels, maps.classes(ofPicture: drawn[...]))
        ofTruth.add(labels, maps.classes(ofPicture: truth[...]))
      }
      if shape[2] == 3 {
        saturation.add(drawn)
        trueSaturation.add(truth)
      }
      let labels = numbers.map { test.label(at: $0).map(Int.init) }
      if let classifier, !labels.contains(nil) {
        let real = Tensor(truth, shape: samples.shape)
        let (seen, ofReal) = (try classifier(samples), try classifier(real))
        kept += zip(seen, labels).count { $0 == $1 }
        known += zip(ofReal, labels).count { $0 == $1 }
        labelled += labels.count
      }
    }
    generated = [
      .init("l1", "mean absolute difference from the truth", made.l1, .lower),
      .init("psnr", "PSNR to the truth (dB)", made.psnr, .higher),
      .init("ssim", "SSIM to the truth", made.ssim, .higher),
    ]
    if Self.likened([], domain.images, to: shape) != nil {
      generated.append(.init("inputPSNR", "  PSNR of the input as it is", input.psnr, .higher))
    }
    generated.append(.init("meanPSNR", "  PSNR of the mean image", average.psnr, .higher))
    if labelled > 0 {
      generated.append(Self.classKept(Double(kept) / Double(labelled)))
      real.append(Self.classKept(Double(known) / Double(labelled)))
    }
    if maps != nil {
      generated += ofMade.scores
      real += ofTruth.scores
    }
    if shape[2] == 3 {
      generated.append(.init("saturation", "saturation", saturation.value, .alike))
      real.append(.init("saturation", "saturation", trueSaturation.value, .alike))
    }
  }

  private static func classKept(_ share: Double) -> Score {
    Score("classKept", "share whose class is kept", share, .higher)
  }

  /// How often translations of images that belong to no sample are of the same class.
  private static func classKept(
    by source: SampleSource, of images: any Dataset, _ test: any Dataset,
    _ classifier: Examination.Classifier?
  ) throws(ZooError) -> [Score] {
    guard let classifier, let names = images.classNames, names == test.classNames else { return [] }
    var (kept, first) = (0, 0)
    try source.forEachPortion { samples throws(ZooError) in
      let seen = try classifier(samples)
      kept += seen.indices.count {
        images.label(at: (first + $0) % images.count).map(Int.init) == seen[$0]
      }
      first += seen.count
    }
    return [classKept(Double(kept) / Double(source.count))]
  }

  /// The mean of the first test images.
  private static func meanImage(of test: any Dataset, count: Int) throws(ZooError) -> [Float] {
    let size = test.sampleShape.elementCount
    var sums = [Double](repeating: 0, count: size)
    let some = min(1000, count, test.count)
    for first in stride(from: 0, to: some, by: 250) {
      let numbers = Array(first..<min(first + 250, some))
      for (place, value) in try test.values(of: numbers).enumerated() {
        sums[place % size] += Double(value)
      }
    }
    return sums.map { Float($0 / Double(some)) }
  }

  /// Images that can be compared with those of another shape: the same, or grey ones in colour.
  private static func likened(
    _ values: [Float], _ images: any Dataset, to other: Shape
  ) -> [Float]? {
    let shape = images.sampleShape
    if shape == other { return values }
    guard images.labelMaps == nil, shape.dropLast() == other.dropLast(), shape[2] == 1,
      other[2] == 3
    else { return nil }
    return values.flatMap { [$0, $0, $0] }
  }
}

/// How colourful images are: what the brightest channel has before the darkest, of all that it has; 0
/// for grey, 1 for pure hues.
private struct Saturation {
  private var colour = 0.0
  private var brightness = 0.0

  mutating func add(_ pixels: [Float]) {
    for start in stride(from: 0, to: pixels.count, by: 3) {
      let most = max(pixels[start], pixels[start + 1], pixels[start + 2])
      let least = min(pixels[start], pixels[start + 1], pixels[start + 2])
      colour += Double(most - least)
      brightness += Double(most)
    }
  }

  var value: Double { brightness == 0 ? 0 : colour / brightness }
}
