/// Pictures that an objective adds, on paper.
package enum SheetPicture {
  /// So many samples of a dataset for a sheet, always the same: the first of a fixed order; of two
  /// domains those that are kept from training.
  package static func real(
    _ count: Int, of data: any Dataset, range: ClosedRange<Double>
  ) throws(ZooError) -> Batch {
    if let test = data.source?.test {
      return try test.batch(of: (0..<count).map { $0 % test.count }, range: range)
    }
    return try BatchSource(data, batch: count, seed: 0, range: range).batch(0)
  }

  /// A PNG of a sheet's images.
  package static func png(
    _ images: Tensor, _ sheet: Sheet, range: ClosedRange<Double>
  ) -> [UInt8] {
    SampleGrid(rows: sheet.rows, columns: sheet.columns).png(images, range: range)
  }
}
