/// How far a network has grown: the share of each size's image in what is drawn or seen.
///
/// Source: Karras et al. 2018, arXiv:1710.10196, §2, whose level of detail counts from the other end.
public struct Growth {
  /// `[sizes]`, from the smallest up; they add up to one, and two neighbours at most are not zero.
  public let shares: Parameter

  /// Fully grown, until it is moved.
  init(_ scope: Scope, sizes: Int) {
    let last = (0..<sizes).map { $0 == sizes - 1 ? 1.0 : 0 }
    shares = scope.buffer("growth", shape: [sizes]) { _ in
      Tensor(last, shape: [sizes], type: scope.type)
    }
  }

  private init(_ shares: Parameter) { self.shares = shares }

  /// What the layers of a store's networks grow by.
  public static func all(in store: ParameterStore) -> [Growth] {
    store.buffers.filter { $0.name == "growth" || $0.name.hasSuffix(".growth") }.map { Growth($0) }
  }

  /// Sizes that images are drawn at, the last one the whole.
  public var sizes: Int { shares.shape[0] }

  /// How many of them play a part now.
  public var sizesInUse: Int {
    let (whole, share) = level
    return whole + (share > 0 ? 2 : 1)
  }

  /// The size in use, from 0 on, and the share of the next one.
  public var level: (whole: Int, share: Double) {
    let values = shares.value.doubles
    let whole = values.firstIndex { $0 > 0 } ?? sizes - 1
    return (whole, whole + 1 < sizes ? values[whole + 1] : 0)
  }

  /// Goes to a place between the sizes, 0...sizes − 1; whether another size is in use then.
  @discardableResult
  public func move(to place: Double) -> Bool {
    let old = level
    let bounded = max(0, min(Double(sizes - 1), place))
    let whole = Int(bounded)
    let values = (0..<sizes).map { size in
      size == whole
        ? 1 - (bounded - Double(whole)) : size == whole + 1 ? bounded - Double(whole) : 0
    }
    shares.assign(Tensor(values, shape: [sizes], type: shares.type))
    return level.whole != old.whole || (level.share > 0) != (old.share > 0)
  }

  /// Whether a parameter, by its name, belongs to a stage or an image that is not in use.
  public func rests(_ name: String) -> Bool {
    let (whole, share) = level
    let next = share > 0 ? whole + 1 : whole
    func number(behind part: String) -> Int? {
      let words = name.split(separator: ".")
      return words.firstIndex { $0 == part }.flatMap { Int(words[min($0 + 1, words.count - 1)]) }
    }
    if let image = number(behind: "images") { return image != whole && image != next }
    if let stage = number(behind: "pyramid") { return stage > next }
    return number(behind: "funnel").map { $0 >= next } ?? false
  }

  /// Images of full size as a network of this growth sees them: what sizes that are not yet there would
  /// show is taken away.
  public func seen(_ images: Tensor) -> Tensor {
    let (whole, share) = level
    func coarse(_ size: Int) -> Tensor {
      let factor = 1 << (sizes - 1 - size)
      return factor == 1 ? images : images.shrunk(by: factor).upsampled(by: factor)
    }
    let present = coarse(whole)
    return share > 0 ? present.blended(with: coarse(whole + 1), share: share) : present
  }
}

extension Tensor {
  /// Images of 1 / `factor` the size, the mean of each window.
  func shrunk(by factor: Int) -> Tensor {
    factor == 1 ? self : averagePooled(Window(kernel: factor, stride: factor))
  }

  /// The way from here to another tensor, this far.
  func blended(with other: Tensor, share: Double) -> Tensor {
    self * (1 - share) + other * share
  }
}

extension Site {
  /// Refuses lists of layers that do not belong to each other.
  func expectPairs(_ stages: Int, _ images: Int, _ layer: String) throws(ShapeMismatch) {
    guard stages != images else { return }
    throw ShapeMismatch(
      "this \(layer) needs \(stages) lists of \"images\", found \(images)",
      advice: "give one for each size")
  }
}
