/// Which statistics batch norm uses while the generator's moving average draws.
public enum AverageStatistics: String, Sendable, CaseIterable {
  /// The running ones of the generator that is trained.
  case copied
  /// Those of the average's own passes: Brock et al. 2019, arXiv:1809.11096, §4 and appendix C, who
  /// call them standing.
  case standing
}

extension Contest {
  /// Puts in place of batch norm's running statistics the means of what 16 batches have, 16 as in
  /// BigGAN-PyTorch's scripts; the paper takes 100.
  ///
  /// A pure function of the generator's parameters, the seed and the size of a batch.
  func renewStatistics(batch: Int, seed: UInt32) throws(ZooError) {
    let (passes, takes) = (16, generator.takes)
    let inputs = takes.inputs(
      passes * batch, from: RandomStream(seed: seed, purpose: .statistics))
    for pass in 0..<passes {
      let numbers = pass * batch..<(pass + 1) * batch
      let input = try inputs.input(numbers)
      var context = Context(.inference, random: RandomSource(seed: seed, samples: numbers))
      context.statisticsShare = 1 / Double(pass + 1)
      withoutDerivatives { _ = generator(input, context) }
    }
  }
}
