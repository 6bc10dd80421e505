import ZooCore

/// Convolutional networks that made GANs train: strided convolutions, batch norm, no pooling.
///
/// Source: Radford et al. 2016, arXiv:1511.06434, in the form of `pytorch/examples/dcgan`: kernels
/// of 4, no biases before batch norm, weights N(0, 0.02), scales N(1, 0.02), Adam 2e-4 (0.5, 0.999).
/// Deviation: batches of 64, as in the example; the paper's are of 128, with wider networks.
public enum DCGAN: Variant {
  public static let card = VariantCard(
    name: "dcgan", title: "DCGAN", paper: "arXiv:1511.06434", year: 2016,
    summary: "The original game between convolutional networks with batch norm")

  public static var defaults: RunConfig {
    var config = RunConfig()
    config.generator.network = NetworkSettings("dcgan", initialization: .dcgan)
    config.discriminator = NetworkSettings("dcgan", initialization: .dcgan)
    config.training.steps = 20_000
    config.training.batch = 64
    config.training.optimizer = .adam(.init(learningRate: 2e-4, beta1: 0.5, beta2: 0.999))
    return config
  }

  public static func build(
    _ request: BuildRequest<LogisticGame.Options>
  ) throws(ZooError) -> Contest {
    request.contest(LogisticGame(options: request.options))
  }
}
