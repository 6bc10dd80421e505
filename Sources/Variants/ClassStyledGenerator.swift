import ZooCore

/// A generator whose norms are told the class, and in BigGAN a part of the latent code each.
///
/// Source: Miyato & Koyama 2018, arXiv:1802.05637; Brock et al. 2019, arXiv:1809.11096, appendix B.
struct ClassStyledGenerator: Generator {
  let latent: LatentSpace
  /// Nil where no class is asked for.
  let classes: Int?
  /// Codes of classes that all norms share; nil where each norm has rows of its own.
  let embedding: Embedding?
  /// Parts of the latent code: the first goes into the network, each of the others into a block's
  /// norms.
  let chunks: Int
  let network: Network

  var takes: Ingredients { Ingredients(latent: latent, classes: classes) }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    let codes = input.codes()
    let size = latent.size / chunks
    func chunk(_ place: Int) -> Tensor {
      codes.slice(at: [0, place * size], shape: [codes.shape[0], size])
    }
    let code = ofClass(input, context)
    let styles =
      chunks == 1
      ? code.map { Styles($0) }
      : Styles(
        each: (1..<chunks).map { place in
          code.map { .concatenated([$0, chunk(place)], along: 1) } ?? chunk(place)
        })
    return network(chunk(0), styles.map { context.styled(by: $0) } ?? context)
  }

  /// The shared code of each sample's class, or a one at the class's place.
  private func ofClass(_ input: GeneratorInput, _ context: Context) -> Tensor? {
    guard let classes else { return nil }
    guard let labels = input.labels else { fatalError("a generator of classes was given none") }
    return embedding.map { $0(labels, context) }
      ?? .identity(classes, type: input.codes().type).gathered(labels)
  }

  func export(to graph: GraphBuilder) throws(ZooError) {
    let (codes, size) = (graph.fork {}, latent.size / chunks)
    func chunk(_ place: Int) -> String {
      chunks == 1
        ? codes
        : graph.value(
          of: "Slice",
          [
            codes, graph.constant([place * size]), graph.constant([(place + 1) * size]),
            graph.constant([1]),
          ])
    }
    let code = classes.map { classes in
      let table =
        embedding.map { graph.weight($0.weight) }
        ?? graph.constant(Tensor.identity(classes).floats, shape: [classes, classes])
      return graph.value(of: "Gather", [table, graph.labels()])
    }
    if chunks > 1 {
      graph.styles = (1..<chunks).map { place in
        code.map { graph.value(of: "Concat", [$0, chunk(place)], ["axis": .int(1)]) }
          ?? chunk(place)
      }
    } else if let code {
      graph.styles = [code]
    }
    graph.proceed(from: chunk(0), shape: [size])
    try network.export(to: graph)
  }
}

extension Tensor {
  /// Ones on the diagonal, zeros beside it.
  static func identity(_ size: Int, type: ElementType = .float32) -> Tensor {
    let values = (0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0 }
    return Tensor(values, shape: [size, size], type: type)
  }
}

extension BuildRequest {
  /// A generator whose norms are told the class, and in BigGAN a part of the latent code each; the usual
  /// one where nothing steers its layers.
  ///
  /// - Parameters:
  ///   - chunks: Parts of the latent code; nil for the first layer's and one for each style.
  ///   - sharesCodes: Whether all norms read one code of the class.
  func classStyledGenerator(chunks given: Int?, sharesCodes: Bool = false) -> any Generator {
    let latent = config.generator.latent.space
    let places = stylePlaces(
      .generator, from: [max(latent.size / (given ?? 1), 1)], to: data.sample)
    let chunks = given ?? places + 1
    let classes = config.conditioning == nil ? nil : data.classes
    guard places > 0 || chunks > 1, classes != nil || chunks > 1 else { return generator() }
    if latent.size % chunks != 0 {
      refuse(
        ["generator", "latent", "size"],
        "\(latent.size) numbers do not make \(chunks) equal chunks",
        advice: "set it to a multiple, for instance \(max(latent.size / chunks, 1) * chunks)")
    }
    if chunks > 1, places != chunks - 1 {
      refuse(
        ["objective", "chunks"],
        "\(chunks) chunks are one for the first layer and \(chunks - 1) for norms, but the generator's "
          + "norms name \(places) styles", advice: "leave it out, or set it to 1")
    }
    let (size, scope) = (max(latent.size / chunks, 1), scope(.generator) / "label")
    var embedding: Embedding?
    if let classes, sharesCodes, let shared = config.conditioning?.embedding {
      embedding = Embedding(sharing: scope, classes: classes, size: shared)
    }
    let style = (embedding?.weight.shape[1] ?? classes ?? 0) + (chunks > 1 ? size : 0)
    return ClassStyledGenerator(
      latent: latent, classes: classes, embedding: embedding, chunks: chunks,
      network: network(.generator, from: [size], to: data.sample, style: style))
  }
}
