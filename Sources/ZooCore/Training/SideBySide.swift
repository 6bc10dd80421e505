extension Tensor {
  /// The first image of each list, the second of each, and so on: `[lists · N, H, W, C]` in the size of
  /// the second list, in colour if one is.
  public static func sideBySide(_ lists: [Tensor]) -> Tensor {
    let size = lists[1].shape[1...2]
    let isColour = lists.contains { $0.shape[3] != 1 }
    let alike = lists.map { list in
      (isColour ? list.inColour() : list).resized(toRows: size[1], columns: size[2])
    }
    return .concatenated(
      (0..<alike[0].shape[0]).flatMap { row in alike.map { $0.rows(row..<row + 1) } })
  }

  /// Grey images `[N, H, W, 1]` in three channels; others as they are.
  private func inColour() -> Tensor {
    shape[3] == 1 ? .concatenated([self, self, self], along: 3) : self
  }

  /// Images `[N, H, W, C]` of this size, by their nearest pixels.
  private func resized(toRows rows: Int, columns: Int) -> Tensor {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    guard height != rows || width != columns else { return self }
    let values = floats
    var resized: [Float] = []
    for image in 0..<shape[0] {
      for y in 0..<rows {
        for x in 0..<columns {
          let from = ((image * height + y * height / rows) * width + x * width / columns) * channels
          resized += values[from..<from + channels]
        }
      }
    }
    return Tensor(resized, shape: [shape[0], rows, columns, channels])
  }
}
