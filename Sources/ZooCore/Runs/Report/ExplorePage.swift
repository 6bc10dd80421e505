/// A page to look around in what a generator draws, seed by seed.
///
/// Its grid is drawn beforehand for each place of a slider. It needs no server and asks for no other file.
public struct ExplorePage {
  private let generator: TrainedGenerator
  private let seeds: [UInt32]
  private let title: String

  /// ψ from the mean style to beyond the styles themselves.
  private static let shares = (0...12).map { Double($0) / 10 }
  /// Pictures of a way from one seed to the next.
  private static let steps = 17
  /// Pixels of a picture: the page stays within some dozens of megabytes.
  private static let pixels = 600.0 * 600

  /// A page about these seeds, at least one.
  public init(_ generator: TrainedGenerator, seeds: [UInt32]) {
    require(!seeds.isEmpty, "a page of no seeds")
    (self.generator, self.seeds) = (generator, seeds)
    title = "\(generator.recipe.card.title) on \(generator.checkpoint.dataset.name)"
  }

  /// The page.
  ///
  /// - Parameter progress: Is told what is being drawn, and how much of it is done.
  public func html(progress: (String, Double) -> Void = { _, _ in }) throws(ZooError) -> String {
    let inputs = generator.inputs(ofSeeds: seeds) { $0 % $1 }
    var sections: [HTML] = []
    let hasStyles = generator.styleDriven != nil
    if hasStyles {
      sections.append(
        section(
          "Truncation",
          "How far styles are from their mean: 0 is the mean itself, 1 what the generator draws.",
          try truncations(inputs, progress)))
    }
    if seeds.count > 1, generator.takes.latent != nil {
      let space: HTML = hasStyles ? "styles" : "latent codes"
      let keepsClass = generator.takes.classes != nil && !hasStyles
      let kept: HTML = keepsClass ? ", and keeps its class" : ""
      sections.append(
        section(
          "From seed to seed", "Each image goes to its neighbour’s, through \(space)\(kept).",
          try ways(inputs, progress)))
    }
    if sections.isEmpty {
      let picture = FilmFigure.Picture(label: "seeds", address: try address(inputs))
      let figure = FilmFigure([picture], shown: 0, id: "seeds", what: "samples", by: "")
      sections.append(section("Seeds", "What the generator draws.", figure))
    }
    let average: HTML = generator.isAverage ? ", moving average" : ""
    let head: HTML = """
      <h1>\(title)</h1>
      <p class="where">step \(generator.checkpoint.step)\(average), \(seeds.count) seeds</p>
      """
    return ReportPage(
      title: title, body: [head, #"<div class="pair">\#(sections)</div>"#]
    ).html
  }

  private func section(_ name: HTML, _ summary: HTML, _ figure: FilmFigure) -> HTML {
    "<section><h2>\(name)</h2><p class=\"soft\">\(summary)</p>\(figure.html)</section>"
  }

  private func truncations(
    _ inputs: InputSource, _ progress: (String, Double) -> Void
  ) throws(ZooError) -> FilmFigure {
    var inputs = inputs
    var pictures: [FilmFigure.Picture] = []
    for (number, share) in Self.shares.enumerated() {
      progress("drawing truncated styles", Double(number) / Double(Self.shares.count))
      inputs.truncation = StyleTruncation(share: share)
      pictures.append(
        .init(label: "ψ \(Text.formatted(share, decimals: 1))", address: try address(inputs)))
    }
    return figure(pictures, shown: 10, id: "truncation", by: "ψ")
  }

  private func ways(
    _ inputs: InputSource, _ progress: (String, Double) -> Void
  ) throws(ZooError) -> FilmFigure {
    let pairs = seeds.indices.map { ($0, ($0 + 1) % seeds.count) }
    let walks = try generator.walks(
      inputs, pairs: pairs, steps: Self.steps, throughStyles: true, seed: 0)
    var pictures: [FilmFigure.Picture] = []
    for step in 0..<Self.steps {
      progress("drawing ways", Double(step) / Double(Self.steps))
      let numbers = seeds.indices.map { $0 * Self.steps + step }
      let share = Text.formatted(Double(step) / Double(Self.steps - 1), decimals: 2)
      pictures.append(
        .init(label: share, address: try address(walks.chosen(numbers))))
    }
    return figure(pictures, shown: 0, id: "ways", by: "share of the way")
  }

  private func figure(
    _ pictures: [FilmFigure.Picture], shown: Int, id: String, by slider: String
  ) -> FilmFigure {
    let names = seeds.enumerated().map { place, seed in
      guard let classes = generator.takes.classes else { return "seed \(seed)" }
      let names = generator.checkpoint.dataset.classNames
      return "seed \(seed), \(names?[place % classes] ?? "class \(place % classes)")"
    }
    return FilmFigure(
      pictures, shown: shown, id: id, what: "samples", by: slider,
      cells: FilmFigure.Cells(columns: grid.columns, names: names))
  }

  private var side: Int { max(8, Int((Self.pixels / Double(seeds.count)).squareRoot())) }

  private var grid: SampleGrid { SampleGrid(for: seeds.count) }

  /// A picture of inputs, as square as it can be, that holds itself.
  private func address(_ inputs: InputSource) throws(ZooError) -> String {
    let samples = try generator.draw(0..<inputs.count, of: inputs, seed: 0)
    guard samples.isFinite else {
      throw ZooError(
        .diverged, "the generator's samples are not finite",
        advice: "explore an older checkpoint of the run")
    }
    return ReportPage.address(
      of: grid.png(
        samples.shrunk(toAtMost: side), range: generator.recipe.config.data.range))
  }
}
