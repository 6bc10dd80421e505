/// Inputs of a trained generator that are chosen one by one: by seeds, on the way between two, by mixing
/// their styles.
extension TrainedGenerator {
  /// The generator as one that styles drive; nil where none do.
  public var styleDriven: (any StyleDriven)? { contest.generator as? any StyleDriven }

  /// The samples of seeds, each the first of those that its seed draws, whatever stands beside it.
  ///
  /// - Parameters:
  ///   - bound: Numbers of latent codes beyond it are drawn again.
  ///   - classOf: The class of a sample by its place; taken where classes are.
  public func inputs(
    ofSeeds seeds: [UInt32], bound: Double? = nil, classOf: (_ sample: Int, _ classes: Int) -> Int
  ) -> InputSource {
    let latents = takes.latent.map { latent in
      Tensor.concatenated(seeds.map { latent.codes(1, seed: $0, bound: bound) })
    }
    var inputs = takes.inputs(seeds.count, latents: latents, classOf: classOf)
    inputs.origins = seeds.map { SampleOrigin(seed: $0, number: 0) }
    return inputs
  }

  /// The generator as one that styles drive.
  ///
  /// - Throws: `.usage` where none do.
  func driven() throws(ZooError) -> any StyleDriven {
    guard let styleDriven else {
      throw ZooError(
        .usage, "\(recipe.card.title) has no styles",
        advice: "train a generator with styles: Configs/stylegan2-mnist.json")
    }
    return styleDriven
  }

  /// The styles `[N, size]` of inputs.
  ///
  /// - Throws: `.usage` where the generator has no styles.
  public func styles(of inputs: InputSource) throws(ZooError) -> Tensor {
    let driven = try driven()
    let input = try inputs.input(0..<inputs.count)
    let random = inputs.random(0..<inputs.count, seed: 0)
    return withoutDerivatives {
      driven.style(of: input, Context(.inference, random: random, step: checkpoint.step))
    }
  }

  /// What lies between pairs of samples: for each pair `steps` inputs from the first to the second, with
  /// the first one's class and random numbers, so that nothing else changes on the way.
  ///
  /// - Parameters:
  ///   - inputs: Samples with latent codes.
  ///   - pairs: Numbers of samples to go from and to.
  ///   - throughStyles: Goes along the line between styles, where the generator has any, and not between
  ///     latent codes.
  public func walks(
    _ inputs: InputSource, pairs: [(from: Int, to: Int)], steps: Int, throughStyles: Bool,
    seed: UInt32
  ) throws(ZooError) -> InputSource {
    guard let latent = takes.latent, let codes = inputs.latents?.floats else {
      fatalError("a walk between samples without latent codes")
    }
    let shares = (0..<steps).map { steps == 1 ? 0 : Double($0) / Double(steps - 1) }
    let count = pairs.count * steps
    func walks(_ latents: Tensor?) -> InputSource {
      var walks = takes.inputs(
        count, latents: latents,
        classOf: { sample, _ in Int(inputs.labels?[pairs[sample / steps].from] ?? 0) })
      walks.origins = pairs.flatMap { pair in
        let origin = inputs.origins?[pair.from] ?? SampleOrigin(seed: seed, number: pair.from)
        return Array(repeating: origin, count: steps)
      }
      return walks
    }
    guard throughStyles, let styleDriven else {
      func code(_ number: Int) -> [Float] {
        Array(codes[number * latent.size..<(number + 1) * latent.size])
      }
      let values = pairs.flatMap { pair in
        shares.flatMap { latent.between(code(pair.from), code(pair.to), at: $0) }
      }
      return walks(Tensor(values, shape: [count, latent.size]))
    }
    let known = try styles(of: inputs)
    func ends(_ end: KeyPath<(from: Int, to: Int), Int>) -> Tensor {
      known.gathered(pairs.flatMap { Array(repeating: Int32($0[keyPath: end]), count: steps) })
    }
    let share = Tensor(pairs.flatMap { _ in shares }, shape: [count, 1], type: known.type)
    let (from, to) = (ends(\.from), ends(\.to))
    var between = walks(nil)
    between.styles = (from + (to - from) * share).repeated(atEachOf: styleDriven.places)
    return between
  }

  /// The inputs of a sheet of mixed styles, as `StyleMixing.sheet` lays it out.
  ///
  /// All its images have the random numbers of one sample, so that they differ by styles alone.
  ///
  /// - Parameters:
  ///   - rows: Seeds whose coarse styles the rows take.
  ///   - columns: Seeds whose fine styles the columns take.
  ///   - cutoff: How many places take the row's style; half of them when nil.
  ///   - classOf: The class of a seed by its place among rows and columns.
  public func mixed(
    rows: [UInt32], columns: [UInt32], cutoff: Int?, seed: UInt32,
    classOf: (_ sample: Int, _ classes: Int) -> Int
  ) throws(ZooError) -> InputSource {
    let driven = try driven()
    guard driven.places > 1 else {
      throw ZooError(
        .usage, "there is nothing to mix: this generator has one layer with a style",
        advice: "train one with more layers")
    }
    let known = try styles(of: inputs(ofSeeds: rows + columns, classOf: classOf))
    var mixed = takes.inputs(
      (rows.count + 1) * (columns.count + 1), latents: nil, classOf: { _, _ in 0 })
    mixed.styles = StyleMixing.sheet(
      coarse: known.rows(0..<rows.count), fine: known.rows(rows.count..<known.shape[0]),
      mean: driven.meanStyle, places: driven.places, cutoff: cutoff ?? (driven.places + 1) / 2)
    mixed.origins = Array(
      repeating: SampleOrigin(seed: seed, number: 0), count: mixed.count)
    return mixed
  }
}

extension Tensor {
  /// Styles `[N, size]` at each of so many places, `[N, places, size]`.
  package func repeated(atEachOf places: Int) -> Tensor {
    reshaped(to: [shape[0], 1, shape[1]]).broadcast(to: [shape[0], places, shape[1]])
  }
}
