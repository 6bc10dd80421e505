/// A stack of layers over latent codes with a code of the class beside them.
struct ConditionalGenerator: Generator {
  let latent: LatentSpace
  let embedding: Embedding
  let network: Network

  var takes: Ingredients { Ingredients(latent: latent, classes: embedding.weight.shape[0]) }

  func callAsFunction(_ input: GeneratorInput, _ context: Context) -> Tensor {
    network(.concatenated([input.codes(), embedding(expected(input.condition))], along: 1), context)
  }

  func export(to graph: GraphBuilder) throws(ZooError) {
    let table = embedding.weight
    let code = graph.value(of: "Gather", [graph.parameter(table), graph.labels()])
    graph.append("Concat", [code], ["axis": .int(1)], shape: [latent.size + table.shape[1]])
    try network.export(to: graph)
  }
}

/// A stack of layers over samples with a code of the class beside them.
struct ConcatenatingDiscriminator: Discriminator {
  let embedding: Embedding
  let network: Network
  /// Rows and columns of the plane; nil where the code stands beside features.
  let plane: (height: Int, width: Int)?

  func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    let code = embedding(expected(condition))
    guard let plane else {
      return network(.concatenated([samples.flattenedImages(), code], along: 1), context)
    }
    let channel = code.reshaped(to: [samples.shape[0], plane.height, plane.width, 1])
    return network(.concatenated([samples, channel], along: 3), context)
  }

  var mixesSamples: Bool { network.mixesSamples }
}

/// A stack of layers whose score is moved by the class: ψ(φ(x)) + ⟨embedding(y), φ(x)⟩.
struct ProjectionDiscriminator: Discriminator {
  /// φ: up to the last layer with parameters.
  let body: Network
  /// ψ: the rest.
  let head: Network
  let embedding: Embedding

  func callAsFunction(
    _ samples: Tensor, given condition: Condition, _ context: Context
  ) -> Tensor {
    let features = body(samples, context)
    let match = features.flattenedImages() * embedding(expected(condition))
    return head(features, context) + match.sum(over: [1], keepingAxes: true)
  }

  var mixesSamples: Bool { body.mixesSamples || head.mixesSamples }
}

private func expected(_ condition: Condition) -> [Int32] {
  guard let labels = condition.labels else { fatalError("a conditional network was given no labels") }
  return labels
}
