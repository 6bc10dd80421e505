/// Vectors that steer norms and modulated convolutions: one for all places, or one for each.
///
/// A place is a number that styled layers name by `"style"`. A mapping network gives one vector for
/// all; mixing and chunks of a latent code give each place its own.
public struct Styles {
  private let vectors: [Tensor]

  /// The same style `[N, size]` at every place.
  public init(_ all: Tensor) { vectors = [all] }

  /// A style `[N, size]` for each place, from 0.
  public init(each vectors: [Tensor]) {
    require(!vectors.isEmpty, "styles of no place")
    self.vectors = vectors
  }

  /// The style at a place.
  public subscript(place: Int) -> Tensor {
    if vectors.count == 1 { return vectors[0] }
    require(
      vectors.indices.contains(place), "a style at place \(place) of \(vectors.count) places")
    return vectors[place]
  }
}

extension Context {
  /// The style at a place of this pass, which must have one.
  func style(_ place: Int) -> Tensor {
    guard let styles else { fatalError("a styled layer in a pass without styles") }
    return styles[place]
  }
}

extension Site {
  /// The size of the style at a place, or an error that names the layer.
  func style(for layer: String, at place: Int) throws(ShapeMismatch) -> Int {
    guard let size = walk.style else {
      throw ShapeMismatch(
        "\(layer) is steered by a style, but this network is given none",
        advice: "take a layer without a style, or a variant whose networks have styles")
    }
    walk.useStyle(at: place)
    return size
  }
}
