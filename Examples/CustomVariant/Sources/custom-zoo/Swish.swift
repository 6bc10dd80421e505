import ZooCore

/// `"swish"`: x · σ(βx), with a β for each channel that is learnt.
///
/// Source: Ramachandran et al. 2017, arXiv:1710.05941, §5.
struct Swish: Layer {
  let beta: Parameter

  struct Spec: LayerSpec {
    static let key = "swish"
    static let summary = "x times its sigmoid, with a slope for each channel that is learnt."
    static var fields: [Field<Spec>] { [] }

    func build(at site: Site) -> Built {
      let channels = site.input[site.input.count - 1]
      let beta = site.scope.parameter("beta", shape: [channels]) { _ in
        Tensor(repeating: 1, shape: [channels], type: site.scope.type)
      }
      return Built(Swish(beta: beta), output: site.input)
    }
  }

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    input * (input * beta.value).sigmoid()
  }

  /// Channels come before rows and columns there.
  func export(to graph: GraphBuilder) {
    let slope = graph.parameter(
      beta, shape: graph.shape.count == 3 ? beta.shape + [1, 1] : beta.shape)
    let gate = graph.fork {
      graph.append("Mul", [slope])
      graph.append("Sigmoid")
    }
    graph.append("Mul", [gate])
  }
}
