import ZooCore

/// Convolutional networks that made GANs train: strided convolutions, batch norm, no pooling.
///
/// Source: Radford et al. 2016, arXiv:1511.06434, in the form of `pytorch/examples/dcgan`: kernels
/// of 4, no biases before batch norm, weights N(0, 0.02), scales N(1, 0.02), Adam 2e-4 (0.5, 0.999).
/// Deviation: batches of 64, as in the example; the paper's are of 128, with wider networks.
public enum DCGAN: Variant {
  public static let card = VariantCard(
    name: "dcgan", title: "DCGAN", paper: "arXiv:1511.06434", year: 2016,
    summary: "The original game between convolutional networks with batch norm",
    idea: """
      The same game between convolutional networks. Strided convolutions take the place of pooling, batch
      norm steadies both players, and small random weights start them. This recipe made GANs trainable on
      images and is still the baseline.
      """,
    discriminatorLoss: "−mean ln σ(D(x)) − mean ln(1 − σ(D(G(z))))",
    generatorLoss: "−mean ln σ(D(G(z)))",
    sources: [
      "Radford et al. 2016, arXiv:1511.06434",
      "pytorch/examples, dcgan/main.py: networks and settings",
    ])

  public static var defaults: RunConfig { LogisticGame.defaults("dcgan", .dcgan) }

  public static func build(
    _ request: BuildRequest<LogisticGame.Options>
  ) throws(ZooError) -> Contest {
    request.contest(LogisticGame(options: request.options))
  }
}
