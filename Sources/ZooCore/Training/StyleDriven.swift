/// A generator that makes styles of latent codes and draws what they say.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, who call the space of styles W.
public protocol StyleDriven: Generator {
  /// Places of the synthesis that take a style each, from coarse to fine.
  var places: Int { get }
  /// The mean of styles `[size]`, as training has followed it.
  var meanStyle: Tensor { get }
  /// The styles `[N, size]` of latent codes, and of classes where they are taken.
  func style(of input: GeneratorInput, _ context: Context) -> Tensor
}

/// Coarse styles of some samples with fine ones of others.
///
/// Source: Karras et al. 2019, arXiv:1812.04948, §3.1, figure 3.
public enum StyleMixing {
  /// A sheet of `rows + 1` by `columns + 1`: its first column has the rows' styles unmixed, its first row
  /// the columns', and the corner the mean.
  ///
  /// - Parameters:
  ///   - coarse: A style for each row, `[rows, size]`.
  ///   - fine: A style for each column, `[columns, size]`.
  ///   - mean: The mean style `[size]`.
  ///   - places: How many places take a style.
  ///   - cutoff: How many of them, from the first on, take the row's.
  /// - Returns: `[(rows + 1) · (columns + 1), places, size]`, row by row.
  public static func sheet(
    coarse: Tensor, fine: Tensor, mean: Tensor, places: Int, cutoff: Int
  ) -> Tensor {
    let (rows, columns, size) = (coarse.shape[0], fine.shape[0], mean.shape[0])
    require(
      coarse.shape == [rows, size] && fine.shape == [columns, size] && places > 0,
      "mixing styles \(coarse.shape) and \(fine.shape) around a mean \(mean.shape)")
    // The mean, then the rows', then the columns'.
    let known = Tensor.concatenated([mean.reshaped(to: [1, size]), coarse, fine])
    var taken: [Int32] = []
    for row in 0...rows {
      for column in 0...columns {
        let ofColumn = column > 0 ? rows + column : 0
        taken += (0..<places).map { place in
          let takesRow = column == 0 || (row > 0 && place < cutoff)
          return Int32(takesRow ? row : ofColumn)
        }
      }
    }
    return known.gathered(taken).reshaped(to: [(rows + 1) * (columns + 1), places, size])
  }
}
