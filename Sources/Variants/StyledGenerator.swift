import ZooCore

/// A generator that first maps latent codes to styles, which then steer an image that is the same for
/// all samples.
///
/// Source: Karras et al. 2019, arXiv:1812.04948; Karras et al. 2020, arXiv:1912.04958.
struct StyledGenerator: StyleDriven {
  let takes: Ingredients
  /// Codes of classes, which stand behind latent codes.
  let embedding: Embedding?
  let mapping: Network
  let synthesis: Network
  /// How many styles the synthesis names.
  let places: Int
  /// The share of training batches that have a second style from some place on.
  let mixing: Double
  /// The mean of styles, `[size]`, as training goes on.
  let mean: Parameter
  /// How far the synthesis has grown, where it grows.
  private let growth: Growth?
  /// What a batch moves the mean by.
  private static let share = 0.005

  /// The network that makes styles.
  static let role = NetworkRole("mapping", trainedBy: .generator, "makes styles of latent codes")

  /// What the recipes share: one architecture for all networks, equalised weights, batches of 32.
  static func defaults(_ architecture: String) -> RunConfig {
    var config = RunConfig()
    var network = NetworkSettings(architecture, initialization: .lecun)
    network.weights = .equalized
    (config.generator.network, config.discriminator) = (network, network)
    config.networks = [role.name: network]
    config.generator.latent.size = 64
    (config.training.steps, config.training.batch) = (20_000, 32)
    // Half of the average is forgotten in 10,000 images.
    config.training.averageDecay = 0.99778
    return config
  }

  /// The generator as a request's config has it.
  init<Options>(_ request: BuildRequest<Options>, style size: Int, mixing: Double) {
    let (latent, sample) = (request.config.generator.latent.space, request.data.sample)
    let conditioning = request.config.conditioning
    let classes = conditioning == nil ? nil : request.data.classes
    let scope = request.scope(.generator)
    embedding = classes.flatMap { classes in
      conditioning.map { Embedding(scope / "label", classes: classes, size: $0.embedding) }
    }
    takes = Ingredients(latent: latent, classes: classes)
    self.mixing = mixing
    mapping = request.network(
      Self.role, from: [latent.size + (embedding?.weight.shape[1] ?? 0)], to: [size])
    places = request.stylePlaces(.generator, from: [size], to: sample)
    synthesis = request.network(.generator, from: [size], to: sample, style: size)
    if places == 0, !synthesis.isStandIn {
      request.refuse(
        ["generator"], "no layer of this generator is steered by a style",
        advice: "take an architecture such as \"stylegan2-light\", or layers such as \"adaIN\"")
    }
    growth = Growth.all(in: scope.store).first
    mean = (scope / "style").buffer("mean", repeating: 0, shape: [size])
  }

  var meanStyle: Tensor { mean.value }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    if input.styles != nil || input.truncation != nil {
      let styles = input.styles ?? style(of: input, context).repeated(atEachOf: places)
      return drawn(input.truncation.map { truncated(styles, $0) } ?? styles, context)
    }
    let style = style(of: input, context)
    return synthesis(style, context.styled(by: styles(style, input, context)))
  }

  /// The styles `[N, size]` of these inputs; in training their mean moves.
  func style(of input: GeneratorInput, _ context: Context) -> Tensor {
    let style = mapped(input.codes(), input, context)
    if context.mode == .training {
      let batch = withoutDerivatives { style.mean(over: [0]) - mean.value }
      mean.assign(withoutDerivatives { mean.value + batch * Self.share })
    }
    return style
  }

  /// Images from a style for each place, `[N, places, size]`.
  func drawn(_ styles: Tensor, _ context: Context) -> Tensor {
    let (count, size) = (styles.shape[0], styles.shape[2])
    let each = (0..<places).map {
      styles.slice(at: [0, $0, 0], shape: [count, 1, size]).reshaped(to: [count, size])
    }
    return synthesis(each[0], context.styled(by: Styles(each: each)))
  }

  /// Coarse styles of one code in each row and fine ones of another in each column, beside the images
  /// of both; the corner is the image of the mean style.
  var sheets: [Sheet] {
    guard let latent = takes.latent, places > 1, synthesis.output.count == 3 else { return [] }
    let side = 8
    let summary =
      "Coarse styles of a code in each row, fine ones in each column; the first of both unmixed."
    return [
      Sheet("mixing", summary, rows: side, columns: side) { easel in
        let count = 2 * side - 2
        let codes = latent.draw(count, from: easel.random(.samples))
        let labels = takes.classes.map { classes in (0..<count).map { Int32($0 % classes) } }
        let input = GeneratorInput(latents: codes, condition: Condition(labels: labels))
        let known = style(of: input, easel.context(count))
        let styles = StyleMixing.sheet(
          coarse: known.rows(0..<side - 1), fine: known.rows(side - 1..<count), mean: meanStyle,
          places: places, cutoff: (places + 1) / 2)
        return drawn(styles, easel.context(side * side))
      }
    ]
  }

  private func mapped(_ codes: Tensor, _ input: GeneratorInput, _ context: Context) -> Tensor {
    guard let embedding else { return mapping(codes, context) }
    guard let labels = input.labels else { fatalError("a generator of classes was given none") }
    return mapping(.concatenated([codes, embedding(labels, context)], along: 1), context)
  }

  /// In training mixed with another at times.
  private func styles(
    _ style: Tensor, _ input: GeneratorInput, _ context: Context
  ) -> Styles {
    let used = growth.map { places * $0.sizesInUse / $0.sizes } ?? places
    guard context.mode == .training, mixing > 0, used > 1, let latent = takes.latent else {
      return Styles(style)
    }
    let draws = context.random.next(.interpolation).uniform([2], type: style.type).doubles
    guard draws[0] < mixing else { return Styles(style) }
    let cut = 1 + min(Int(draws[1] * Double(used - 1)), used - 2)
    let others = latent.draw(
      style.shape[0], from: context.random.next(.interpolation), type: style.type)
    let other = mapped(others, input, context)
    return Styles(each: (0..<places).map { $0 < cut ? style : other })
  }

  /// Styles `[N, places, size]`, those of the first places this share of the way from the mean.
  private func truncated(_ styles: Tensor, _ truncation: StyleTruncation) -> Tensor {
    let near = mean.value + (styles - mean.value) * truncation.share
    let cutoff = truncation.places ?? places
    guard cutoff > 0 else { return styles }
    guard cutoff < places else { return near }
    let (count, size) = (styles.shape[0], styles.shape[2])
    return .concatenated(
      [
        near.slice(at: [0, 0, 0], shape: [count, cutoff, size]),
        styles.slice(at: [0, cutoff, 0], shape: [count, places - cutoff, size]),
      ], along: 1)
  }

  func export(to graph: GraphBuilder) throws(ZooError) {
    if let embedding {
      let code = graph.value(of: "Gather", [graph.weight(embedding.weight), graph.labels()])
      let size = graph.shape[0] + embedding.weight.shape[1]
      graph.append("Concat", [code], ["axis": .int(1)], shape: [size])
    }
    try mapping.export(to: graph)
    graph.styles = [graph.fork {}]
    try synthesis.export(to: graph)
  }
}
