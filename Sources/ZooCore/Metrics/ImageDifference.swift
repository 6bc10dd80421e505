/// How far an image is from the one that it should be, values in 0...1.
public struct ImageDifference: Equatable, Sendable {
  /// The mean absolute difference.
  public let l1: Double
  /// The peak signal-to-noise ratio in decibels: −10 log₁₀ of the mean squared difference; 100 for
  /// equal images.
  public let psnr: Double
  /// The structural similarity; nil for images smaller than its window.
  public let ssim: Double?

  /// The difference of two images `[H, W, C]`.
  public init(of image: ArraySlice<Float>, from truth: ArraySlice<Float>, _ shape: Shape) {
    require(
      image.count == shape.elementCount && truth.count == image.count,
      "\(image.count) and \(truth.count) values of images \(shape)")
    var (absolute, squared) = (0.0, 0.0)
    for (a, b) in zip(image, truth) {
      let difference = Double(a) - Double(b)
      absolute += abs(difference)
      squared += difference * difference
    }
    let count = Double(image.count)
    l1 = absolute / count
    psnr = squared == 0 ? 100 : min(100, -10 * Double.log(squared / count) / Double.log(10))
    ssim = StructuralSimilarity.mean(Array(image), Array(truth), shape)
  }
}

/// Structural similarity with a Gaussian window of 11x11 and σ = 1.5.
///
/// Source: Wang et al. 2004, IEEE Transactions on Image Processing 13(4), equation 13; borders, where
/// the window does not fit, are left out, as scikit-image's `structural_similarity` does with
/// `gaussian_weights=True, use_sample_covariance=False`.
enum StructuralSimilarity {
  private static let radius = 5
  private static let window: [Double] = {
    let weights = (-radius...radius).map { Double.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// The mean over all places and channels; nil where the window fits nowhere.
  static func mean(_ a: [Float], _ b: [Float], _ shape: Shape) -> Double? {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    guard height > 2 * radius, width > 2 * radius else { return nil }
    var (sum, count) = (0.0, 0)
    for channel in 0..<channels {
      func plane(_ value: (Double, Double) -> Double) -> [Double] {
        let values = (0..<height * width).map { pixel in
          value(Double(a[pixel * channels + channel]), Double(b[pixel * channels + channel]))
        }
        return filtered(values, height, width)
      }
      let (meanA, meanB) = (plane { x, _ in x }, plane { _, y in y })
      let (squareA, squareB) = (plane { x, _ in x * x }, plane { _, y in y * y })
      let product = plane { x, y in x * y }
      for place in meanA.indices {
        let (x, y) = (meanA[place], meanB[place])
        let (c1, c2) = (1e-4, 9e-4)
        let covariance = product[place] - x * y
        let variances = squareA[place] - x * x + squareB[place] - y * y
        sum += (2 * x * y + c1) * (2 * covariance + c2) / ((x * x + y * y + c1) * (variances + c2))
      }
      count += meanA.count
    }
    return sum / Double(count)
  }

  /// Means under the window, where it fits: `[H − 10, W − 10]`.
  private static func filtered(_ values: [Double], _ height: Int, _ width: Int) -> [Double] {
    let (rows, columns) = (height - 2 * radius, width - 2 * radius)
    var across = [Double](repeating: 0, count: height * columns)
    for y in 0..<height {
      for x in 0..<columns {
        for (tap, weight) in window.enumerated() {
          across[y * columns + x] += weight * values[y * width + x + tap]
        }
      }
    }
    var result = [Double](repeating: 0, count: rows * columns)
    for y in 0..<rows {
      for (tap, weight) in window.enumerated() {
        for x in 0..<columns { result[y * columns + x] += weight * across[(y + tap) * columns + x] }
      }
    }
    return result
  }
}
