/// Codes part by part, for variants whose codes mean something: to read, to show, to measure.
extension LatentSpace {
  /// The numbers of a part, `[N, size]` of codes `[N, …]`.
  public func values(of name: String, in codes: Tensor) -> Tensor {
    let part = expected(name)
    return codes.slice(
      at: [0, part.columns.lowerBound], shape: [codes.shape[0], part.size])
  }

  /// The category of each code, by a categorical part.
  public func categories(of name: String, in codes: Tensor) -> [Int] {
    let (values, size) = (values(of: name, in: codes).doubles, expected(name).size)
    return (0..<codes.shape[0]).map { row in
      values[row * size..<(row + 1) * size].firstIndex(of: 1).map { $0 - row * size } ?? 0
    }
  }

  /// Codes `[rows · columns, size]` for a picture that compares them: drawn for each row, but for the
  /// parts that go by their place in it.
  ///
  /// - Parameter parts: The numbers of some parts, by row and column.
  public func codes(
    rows: Int, columns: Int, from stream: RandomStream,
    setting parts: [String: (_ row: Int, _ column: Int) -> [Double]]
  ) -> Tensor {
    let drawn = draw(rows, from: stream).doubles
    var codes: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let start = codes.count
        codes += drawn[row * size..<(row + 1) * size]
        for (name, values) in parts {
          let (columns, values) = (expected(name).columns, values(row, column))
          require(
            values.count == columns.count, "\(values.count) numbers for \(name) of \(columns.count)"
          )
          codes.replaceSubrange(
            start + columns.lowerBound..<start + columns.upperBound, with: values)
        }
      }
    }
    return Tensor(codes, shape: [rows * columns, size])
  }

  private func expected(_ name: String) -> Part {
    guard let part = part(name) else { fatalError("no part of a latent code is called \(name)") }
    return part
  }
}

extension [Double] {
  /// A one among zeros: a category as a categorical part has it.
  public init(oneAt category: Int, of count: Int) {
    self = (0..<count).map { $0 == category ? 1 : 0 }
  }
}
