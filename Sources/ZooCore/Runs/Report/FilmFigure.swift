/// Pictures within a page of which one is seen, the others a slider away.
struct FilmFigure {
  struct Picture {
    let label: String
    let address: String
  }

  /// Images of a picture, row by row, with what each is called.
  struct Cells {
    let columns: Int
    let names: [String]
  }

  private let pictures: [Picture]
  /// The number of the picture that is seen at first.
  private let shown: Int
  private let id: String
  private let what: String, slider: String
  private let note: HTML?
  private let cells: Cells?

  /// A figure of at least one picture.
  ///
  /// - Parameters:
  ///   - id: The name of its data in the page.
  ///   - what: What is to be seen, for those who cannot see it.
  ///   - slider: What the slider changes.
  init(
    _ pictures: [Picture], shown: Int, id: String, what: String, by slider: String,
    note: HTML? = nil, cells: Cells? = nil
  ) {
    require(pictures.indices.contains(shown), "picture \(shown) of \(pictures.count)")
    (self.pictures, self.shown, self.id, self.what) = (pictures, shown, id, what)
    (self.slider, self.note, self.cells) = (slider, note, cells)
  }

  var html: HTML {
    let first = pictures[shown]
    let picture: HTML = #"<img src="\#(first.address)" alt="\#(what) at \#(first.label)">"#
    guard pictures.count > 1 else {
      return """
        <figure class="film">\(picture)
        <div class="controls"><output>\(first.label)</output></div></figure>
        """
    }
    let note = note.map { #"<p class="soft">\#($0)</p>"# as HTML } ?? ""
    let named: HTML = cells == nil ? "" : #"<p class="soft cell" aria-live="polite"></p>"#
    return """
      <figure class="film">\(picture)
      <div class="controls"><button type="button">Play</button>
      <input type="range" min="0" max="\(pictures.count - 1)" value="\(shown)" \
      aria-label="\(slider)"><output>\(first.label)</output></div>
      \(note)\(named)
      \(HTML.data(data, id: id))</figure>
      """
  }

  private var data: JSONValue {
    // The picture that is seen is in the page already.
    let frames = pictures.enumerated().map { number, picture in
      JSONValue.object(
        [.init("label", .string(picture.label))]
          + (number == shown ? [] : [.init("src", .string(picture.address))]))
    }
    let named = cells.map { cells in
      JSONValue.object([
        .init("columns", .number(cells.columns)),
        .init("names", .array(cells.names.map { .string($0) })),
      ])
    }
    return .object(
      [.init("frames", .array(frames))] + (named.map { [.init("cells", $0)] } ?? []))
  }
}
