/// Translates pictures of any size with a trained translator: its layers are put together anew for
/// each size, and the weights are the same.
public final class Translation {
  private let generator: TrainedGenerator
  private let source: Shape
  /// What pictures hold, where they are maps of labels.
  private let maps: LabelMaps?
  private let isBack: Bool
  /// Contests by the size that their generator takes.
  private var contests: [Shape: Contest] = [:]
  /// The size that is taken for pictures of a size.
  private var sizes: [Shape: Shape] = [:]
  /// Sides that are tried are multiples of these.
  private static let multiples = [1, 2, 4, 8, 16, 32, 64, 128, 256]

  /// A translation by a run's generator.
  ///
  /// - Parameter back: Whether pictures are translated the other way.
  /// - Throws: `.usage` where the generator starts from no images, or nobody translates back.
  public init(_ generator: TrainedGenerator, back: Bool = false) throws(ZooError) {
    isBack = back
    if back, generator.takes.source != nil, generator.contest.reverse == nil {
      throw ZooError(
        .usage, "\(generator.recipe.card.title) translates one way only", at: "--direction",
        advice: "train another run with data.source.direction, or a cyclegan, which has both")
    }
    let translator = back ? generator.contest.reverse : generator.contest.generator
    guard let source = translator?.takes.source else {
      throw ZooError(
        .usage, "\(generator.recipe.card.title) translates no pictures", at: "zoo translate",
        advice: "draw with zoo sample; a translator is trained by Configs/pix2pix-edges2digits.json"
      )
    }
    self.generator = generator
    self.source = source
    maps = translator?.takes.maps
  }

  /// The channels of pictures that it takes: 1 for grey and maps of labels, 3 for colour.
  public var channels: Int { maps == nil ? source[2] : 1 }

  /// A picture that it takes, as it is to be looked at.
  package func shown(_ picture: Tensor, name: String) throws(ZooError) -> Tensor {
    guard let maps else { return picture }
    return maps.picture(of: try maps.read(picture, name: name))
  }

  /// A translated picture `[1, H, W, C]` with values in 0...1, of the size of what it is made from.
  ///
  /// Where layers do not take the size, its borders are mirrored outwards, and the translation is cut
  /// back.
  ///
  /// - Parameters:
  ///   - picture: `[1, H, W, C]` with values in 0...1.
  ///   - number: Which of several pictures it is: its random numbers are its own.
  ///   - name: The file's name, for errors.
  public func callAsFunction(
    _ picture: Tensor, number: Int, seed: UInt32, name: String
  ) throws(ZooError) -> Tensor {
    let (height, width) = (picture.shape[1], picture.shape[2])
    let taken = try size(for: [height, width], name)
    guard let contest = contests[taken] else { fatalError("a size without a contest") }
    let (below, beside) = (taken[0] - height, taken[1] - width)
    let range = generator.recipe.config.data.range
    let whole = try (maps?.read(picture, name: name) ?? picture).padded(
      Window.Padding(
        top: below / 2, bottom: below - below / 2, left: beside / 2, right: beside - beside / 2),
      by: .reflection)
    let translator = isBack ? contest.reverse ?? contest.generator : contest.generator
    let inputs = translator.takes.inputs(
      1, from: RandomStream(seed: seed, purpose: .samples),
      sources: { [maps] _ in maps == nil ? whole.mapped(to: range) : whole })
    let drawn = try translator.draw(
      0..<1, of: inputs, portion: 1, seed: seed &+ UInt32(truncatingIfNeeded: number),
      step: generator.checkpoint.step)
    let unit = Tensor(drawn.unit(from: range), shape: drawn.shape)
    return unit.slice(
      at: [0, below / 2, beside / 2, 0], shape: [1, height, width, drawn.shape[3]])
  }

  /// The smallest size that the layers take, not less than a picture's.
  private func size(for size: Shape, _ name: String) throws(ZooError) -> Shape {
    if let known = sizes[size] { return known }
    var fault: ZooError?
    for multiple in Self.multiples {
      let taken = size.map { ($0 + multiple - 1) / multiple * multiple }
      // Mirrored borders are at most as wide as what they mirror.
      guard zip(taken, size).allSatisfy({ $0 - $1 < $1 }) else { continue }
      do throws(ZooError) {
        if contests[taken] == nil { contests[taken] = try contest(for: taken) }
        sizes[size] = taken
        return taken
      } catch {
        fault = fault ?? error
      }
    }
    throw ZooError(
      .data,
      "the layers take no picture of \(size[1])x\(size[0]) pixels"
        + (fault.map { ": \($0.findings[0].problem)" } ?? ""), at: name,
      advice: "give it another size: the translator was trained on \(source[1])x\(source[0])")
  }

  private func contest(for size: Shape) throws(ZooError) -> Contest {
    let known = generator.checkpoint.dataset
    let channels = (known.sampleShape[2], known.sourceShape?[2] ?? known.sampleShape[2])
    let shape = DataShape(
      size + [channels.0], classes: known.classNames?.count, source: size + [channels.1],
      sourceLabels: known.sourceLabels)
    let contest = try Plan(generator.recipe, for: shape, purpose: .translation).contest
    _ = try generator.checkpoint.restoreGenerator(contest, average: generator.isAverage)
    return contest
  }
}

extension TrainedGenerator {
  /// Rows of test images of a translator's data, each beside its translation and, of pairs, the truth.
  ///
  /// - Parameter grid: Rows and columns of images.
  /// - Returns: A PNG, and the translations.
  package func translations(
    _ dataset: any Dataset, seed: UInt32, grid: (rows: Int, columns: Int)
  ) throws(ZooError) -> (png: [UInt8], samples: Tensor) {
    guard
      let rows = try TranslationRows(
        takes, dataset, range: recipe.config.data.range, seed: seed, size: grid)
    else { fatalError("a generator that starts from no images") }
    let samples = try draw(0..<rows.inputs.count, of: rows.inputs, seed: seed)
    return (rows.png(samples), samples)
  }
}
