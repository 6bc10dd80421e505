import ZooCore

/// Pix2PixHD's generator: a coarse one, and around it an enhancer that reads and draws the full size.
///
/// Source: Wang et al. 2018, arXiv:1711.11585, §3.2. What the coarse one makes last, before its head, is
/// added to what the enhancer makes of the full size.
struct ScenePainter: Generator {
  /// What of it draws, and learns.
  enum Stage {
    /// The coarse generator alone, at half the size.
    case coarse
    /// The enhancer learns around a coarse generator that does not.
    case frozen
    /// Everything.
    case whole
  }

  static let head = NetworkRole("head", trainedBy: .generator, "draws what the coarse one makes")
  static let down = NetworkRole("enhancerDown", trainedBy: .generator, "reads the full size")
  static let up = NetworkRole("enhancerUp", trainedBy: .generator, "draws the full size")
  static let networks = [.generator, head, down, up, InstanceStyles.role]

  let takes: Ingredients
  /// Channels of what networks read.
  let channels: Int
  private let trunk: Network
  private let head: Network?
  private let enhancer: (down: Network, up: Network)?
  private let styles: InstanceStyles?
  /// 1 from when the enhancer draws; before, pictures are of the coarse generator.
  private let hasTakenOver: Parameter?

  /// The networks as a request's config has them.
  ///
  /// - Parameters:
  ///   - isEnhanced: Whether there is an enhancer.
  ///   - learnsCoarseFirst: Whether the coarse one draws alone at first, and needs a head for it.
  init<Options>(
    _ request: BuildRequest<Options>, isEnhanced: Bool, learnsCoarseFirst: Bool, hasEncoder: Bool
  ) {
    let sample = request.data.sample
    let source = request.data.source ?? sample
    let maps = request.data.labelMaps
    takes = Ingredients(source: source, maps: maps)
    channels = maps?.encodedChannels ?? source[2]
    let size = Array(sample.dropLast())
    request.refuseOtherSizes(than: source)
    styles = hasEncoder ? InstanceStyles(request, maps) : nil
    let read = size + [channels + (styles == nil ? 0 : InstanceStyles.channels)]
    let hasHead = !isEnhanced || learnsCoarseFirst
    if isEnhanced {
      if size.contains(where: { $0 % 2 != 0 }) {
        request.refuse(
          ["objective", "enhancer"], "images \(sample) cannot be halved",
          advice: "give images even sides")
      }
      trunk = request.network(.generator, from: [size[0] / 2, size[1] / 2, read[2]])
      // As large as the coarse images, whatever the layers are.
      enhancer = (
        // What the coarse layers do not fit is told already.
        trunk.isStandIn ? trunk : request.network(Self.down, from: read, to: trunk.output),
        request.network(Self.up, after: trunk, to: sample)
      )
    } else {
      trunk = request.network(.generator, from: read)
      enhancer = nil
    }
    if !trunk.isStandIn, trunk.output.count != 3 {
      request.refuse(
        ["generator", "layers"],
        "the generator's: the last layer gives \(trunk.output), expected an image",
        advice: "what it makes is drawn by the network \"head\"")
    }
    let drawn = isEnhanced ? [size[0] / 2, size[1] / 2, sample[2]] : sample
    head = hasHead ? request.network(Self.head, after: trunk, to: drawn) : nil
    hasTakenOver =
      isEnhanced && hasHead
      ? request.scope(.generator).buffer("enhanced", repeating: 0, shape: [1]) : nil
  }

  /// Notes who draws from now on.
  func enter(_ stage: Stage) {
    guard let hasTakenOver, stage != .coarse, hasTakenOver.value.scalar == 0 else { return }
    hasTakenOver.assign(Tensor(repeating: 1, shape: [1], type: hasTakenOver.type))
  }

  /// Maps of labels as networks read them; other images as they are.
  func read(_ condition: Condition) -> Tensor {
    takes.maps?.encoded(condition.images()) ?? condition.images()
  }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    var source = read(input.condition)
    if let styles {
      source = .concatenated([source, styles.kept(for: input.condition, context)], along: 3)
    }
    guard hasTakenOver?.value.scalar == 0 else { return draw(source, .whole, context) }
    return draw(source, .coarse, context).upsampled(by: 2)
  }

  /// What a stage makes of what the images of a batch come from, and, where there is an encoder, of
  /// what it says of the images.
  ///
  /// - Parameter source: What the batch's images come from, as `read` gives it.
  func draw(
    _ batch: Batch, from source: Tensor, _ stage: Stage, _ context: Context
  ) -> Tensor {
    guard let styles else { return draw(source, stage, context) }
    return draw(
      .concatenated([source, styles.told(by: batch, context)], along: 3), stage, context)
  }

  private func draw(_ source: Tensor, _ stage: Stage, _ context: Context) -> Tensor {
    guard let enhancer else { return headed(trunk(source, context), context) }
    let half = source.halved()
    switch stage {
    case .coarse: return headed(trunk(half, context), context)
    case .frozen:
      let seen = withoutDerivatives { trunk(half, context) }
      return enhancer.up(enhancer.down(source, context) + seen, context)
    case .whole:
      return enhancer.up(enhancer.down(source, context) + trunk(half, context), context)
    }
  }

  private func headed(_ features: Tensor, _ context: Context) -> Tensor {
    guard let head else { fatalError("a coarse image without a head") }
    return head(features, context)
  }

  func export(to graph: GraphBuilder) throws(ZooError) {
    guard styles == nil else { throw graph.noForm(of: "the encoder's memory") }
    if let maps = takes.maps { graph.encode(maps) }
    guard let enhancer else {
      try trunk.export(to: graph)
      try head?.export(to: graph)
      return
    }
    let full = graph.shape
    func coarse() throws(ZooError) {
      graph.append(
        "AveragePool", [],
        Window.halving.graphAttributes.merging(["count_include_pad": .int(0)]) { $1 },
        shape: [full[0] / 2, full[1] / 2, full[2]])
      try trunk.export(to: graph)
    }
    guard hasTakenOver?.value.scalar == 0 else {
      let seen = try graph.fork { () throws(ZooError) in try coarse() }
      try enhancer.down.export(to: graph)
      graph.append("Add", [seen])
      return try enhancer.up.export(to: graph)
    }
    try coarse()
    try head?.export(to: graph)
    graph.enlarge(by: 2)
  }
}

extension Window {
  /// 3x3 with a step of 2 and one pixel around: how the paper's code halves images.
  static let halving = Window(kernel: 3, stride: 2, padding: .init(1))
}

extension Tensor {
  /// Images `[N, H, W, C]` of half the size; what lies outside does not count.
  func halved() -> Tensor { averagePooled(.halving, countingPadding: false) }
}
