/// The pictures of a run within a page: the last one large, the others a slider away.
struct ReportFilm {
  private struct Picture {
    let step: Int
    let address: String
  }

  private let pictures: [Picture]
  /// How many pictures the run's folder holds.
  private let available: Int
  /// Pictures that could not be shown.
  let notes: [String]

  private static let frameLimit = 100
  private static let fileLimit = 5 << 20

  /// As many pictures, evenly chosen, as fit into so many bytes of a page.
  init(_ frames: SampleFrames, room: Int) {
    available = frames.frames.count
    var faults: [String] = []
    var files: [(step: Int, png: [UInt8])] = []
    for frame in frames.chosen(atMost: Self.frameLimit) {
      do throws(ZooError) {
        let bytes = try Files.read(frame.path, limit: Self.fileLimit, kind: .data)
        // Only what is a picture goes into the page.
        _ = try PNGFile(bytes, name: frame.path)
        files.append((frame.step, bytes))
      } catch {
        faults.append("\(Files.split(frame.path).name): \(error.findings[0].problem)")
      }
    }
    func size(_ files: [(step: Int, png: [UInt8])]) -> Int {
      // The rest of an entry is its address' head, its step and punctuation.
      files.reduce(0) { $0 + Base64.length(of: $1.png.count) + 80 }
    }
    let fitting = (0...files.count).last { size(SampleFrames.evenly(files, atMost: $0)) <= room }
    let chosen = SampleFrames.evenly(files, atMost: fitting ?? 0)
    pictures = chosen.map { Picture(step: $0.step, address: ReportPage.address(of: $0.png)) }
    notes =
      faults.prefix(1).map { "\(faults.count) samples could not be shown, first \($0)" }
      + (chosen.isEmpty && !files.isEmpty ? ["The samples are too large for this page."] : [])
  }

  /// The figure; nil if there is no picture.
  var html: HTML? {
    guard !pictures.isEmpty else { return nil }
    let choice: HTML? =
      pictures.count == available
      ? nil : "\(pictures.count) of \(available) pictures, evenly chosen"
    return FilmFigure(
      pictures.map { .init(label: "step \($0.step)", address: $0.address) },
      shown: pictures.count - 1, id: "frames", what: "samples", by: "step of the samples",
      note: choice
    ).html
  }
}
