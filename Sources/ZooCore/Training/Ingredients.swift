/// What a generator draws from: latent codes, classes, images of another domain, or several of them.
public struct Ingredients: Equatable, Sendable {
  /// Where latent codes come from; nil where none are taken.
  public var latent: LatentSpace?
  /// The number of classes that can be asked for; nil where none are.
  public var classes: Int?
  /// The shape of one image to start from; nil where none are.
  public var source: Shape?
  /// What these images hold, where they are maps of labels.
  public var maps: LabelMaps?

  /// What is taken; nothing unless said.
  public init(
    latent: LatentSpace? = nil, classes: Int? = nil, source: Shape? = nil, maps: LabelMaps? = nil
  ) {
    self.latent = latent
    self.classes = classes
    self.source = source
    self.maps = maps
  }

  /// The input of `count` samples, with latent codes from a stream.
  public func input(
    _ count: Int, from stream: @autoclosure () -> RandomStream, given condition: Condition,
    type: ElementType = .float32
  ) -> GeneratorInput {
    GeneratorInput(
      latents: latent.map { $0.draw(count, from: stream(), type: type) }, condition: condition)
  }

  /// What `count` fakes are made from in training: what is known of the real batch, over again where it
  /// is smaller, or with classes drawn anew.
  func input(
    _ count: Int, for real: Batch, classes fakeLabels: FakeLabels, _ random: RandomSource
  ) -> GeneratorInput {
    var condition = real.condition.repeated(to: count)
    if let classes, fakeLabels == .uniform {
      condition.labels = random.next(.labels).integers(count, below: classes)
    }
    return input(
      count, from: random.next(.latents), given: condition, type: real.samples.type)
  }

  /// Inputs of `count` samples by number, with latent codes from a stream.
  ///
  /// - Parameters:
  ///   - classOf: The class of a sample by its number; taken where classes are.
  ///   - sources: Images to start from, by the samples' numbers; taken where they are.
  public func inputs(
    _ count: Int, from stream: @autoclosure () -> RandomStream,
    classOf: (_ sample: Int, _ classes: Int) -> Int = { $0 % $1 },
    sources: InputSource.Images? = nil
  ) -> InputSource {
    inputs(
      count, latents: latent.map { $0.draw(count, from: stream()) }, classOf: classOf,
      sources: sources)
  }

  /// Inputs of `count` samples for a comparison with test samples: where images are started from, they
  /// are those of the test, each once.
  func inputs(
    _ count: Int, from stream: @autoclosure () -> RandomStream, of test: any Dataset,
    range: ClosedRange<Double>
  ) -> InputSource {
    guard source != nil, let domain = test.source else { return inputs(count, from: stream()) }
    return inputs(
      min(count, domain.images.count), from: stream(),
      classOf: { sample, _ in Int(test.label(at: sample) ?? 0) }, sources: test.images(in: range))
  }

  /// Inputs with latent codes `[count, size]` that are there already.
  public func inputs(
    _ count: Int, latents: Tensor?,
    classOf: (_ sample: Int, _ classes: Int) -> Int = { $0 % $1 },
    sources: InputSource.Images? = nil
  ) -> InputSource {
    require(
      latents == nil || latents?.shape[0] == count,
      "\(count) samples of latent codes \(latents?.shape ?? [])")
    require((source == nil) == (sources == nil), "images to start from where \(self) are taken")
    return InputSource(
      count: count, latents: latents,
      labels: classes.map { classes in (0..<count).map { Int32(classOf($0, classes)) } },
      sources: sources)
  }
}

extension Dataset {
  /// Images of the other domain by number, pixels in `range`, over again where they are fewer; nil
  /// without another domain.
  package func images(in range: ClosedRange<Double>) -> InputSource.Images? {
    guard let images = source?.images else { return nil }
    return { numbers throws(ZooError) in
      try images.batch(of: numbers.map { $0 % images.count }, range: range).samples
    }
  }
}

/// Inputs of a generator by number, for all who draw with one that is trained: pictures, evaluations,
/// `zoo sample`.
public struct InputSource {
  /// Gives images `[n, H, W, C]` by the numbers of the samples that start from them.
  public typealias Images = (Range<Int>) throws(ZooError) -> Tensor

  /// The number of samples.
  public let count: Int
  /// Latent codes `[count, size]`.
  public let latents: Tensor?
  /// The class of each sample.
  public let labels: [Int32]?
  let sources: Images?
  /// How far styles are drawn to their mean, where the generator has any.
  public var truncation: StyleTruncation?
  /// Styles `[count, places, size]` in place of those that latent codes would give.
  public var styles: Tensor?
  /// Where each sample's random numbers come from; the sample's own number when nil.
  public var origins: [SampleOrigin]?

  /// The input of the samples with these numbers.
  func input(_ range: Range<Int>) throws(ZooError) -> GeneratorInput {
    var condition = Condition(labels: labels.map { Array($0[range]) })
    if let sources { condition.source = try sources(range) }
    var input = GeneratorInput(
      latents: latents?.rows(range), condition: condition, truncation: truncation)
    input.styles = styles?.rows(range)
    return input
  }

  /// Some of these inputs, by their numbers; none that start from images.
  func chosen(_ numbers: [Int]) -> InputSource {
    let places = numbers.map { Int32($0) }
    var chosen = InputSource(
      count: numbers.count, latents: latents?.gathered(places),
      labels: labels.map { labels in numbers.map { labels[$0] } }, sources: nil)
    chosen.truncation = truncation
    chosen.styles = styles?.gathered(places)
    chosen.origins = origins.map { origins in numbers.map { origins[$0] } }
    return chosen
  }

  /// The random numbers of the samples with these numbers.
  func random(_ range: Range<Int>, seed: UInt32) -> RandomSource {
    origins.map { RandomSource(samples: Array($0[range])) }
      ?? RandomSource(seed: seed, samples: range)
  }
}
