/// Where latent codes come from: one distribution, or several side by side.
public struct LatentSpace: Equatable, Sendable {
  /// The shape of the distribution.
  public enum Distribution: String, Sendable, CaseIterable {
    /// N(0, 1).
    case normal
    /// Uniform in [−1, 1).
    case uniform
    /// One of as many categories as there are numbers: a one, the others zero.
    case categorical
  }

  /// Numbers of one distribution.
  public struct Part: Equatable, Sendable {
    /// What they are called: `latent`, or a code that a variant names.
    public let name: String
    /// How many they are.
    public let size: Int
    /// How they are drawn.
    public let distribution: Distribution
    /// Their places in a code.
    public let columns: Range<Int>
  }

  /// The parts, side by side.
  public private(set) var parts: [Part]

  /// Numbers in one code.
  public var size: Int { parts.reduce(0) { $0 + $1.size } }

  /// A latent space of one distribution.
  public init(size: Int, distribution: Distribution = .normal) {
    parts = [Part(name: "latent", size: size, distribution: distribution, columns: 0..<size)]
  }

  /// The same with another part behind it.
  public func adding(_ name: String, size: Int, _ distribution: Distribution) -> LatentSpace {
    require(!parts.contains { $0.name == name }, "two parts of a latent code are called \(name)")
    var longer = self
    longer.parts.append(
      Part(
        name: name, size: size, distribution: distribution, columns: self.size..<self.size + size))
    return longer
  }

  /// The part of this name.
  public func part(_ name: String) -> Part? { parts.first { $0.name == name } }

  /// For people: `normal`, or `62 uniform, digit 10 categorical`.
  public var described: String {
    guard parts.count > 1 else { return "\(size) \(parts[0].distribution)" }
    return parts.enumerated().map { place, part in
      (place == 0 ? "" : part.name + " ") + "\(part.size) \(part.distribution)"
    }.joined(separator: ", ")
  }

  /// What the numbers are, part by part: `100 × N(0, 1)`.
  var ranges: String {
    parts.map { part in
      switch part.distribution {
      case .normal: "\(part.size) × N(0, 1)"
      case .uniform: "\(part.size) × uniform in [-1, 1)"
      case .categorical: "one of \(part.size) is 1, the others 0"
      }
    }.joined(separator: ", ")
  }

  /// `count` codes, `[count, size]`.
  public func draw(_ count: Int, from stream: RandomStream, type: ElementType = .float32) -> Tensor
  {
    let drawn = parts.enumerated().map { place, part in
      part.draw(count, from: stream.section(place), type)
    }
    return drawn.count == 1 ? drawn[0] : .concatenated(drawn, along: 1)
  }
}

extension LatentSpace.Part {
  fileprivate func draw(_ count: Int, from stream: RandomStream, _ type: ElementType) -> Tensor {
    switch distribution {
    case .normal: stream.normal([count, size], type: type)
    case .uniform: stream.uniform([count, size], in: -1..<1, type: type)
    case .categorical: Self.oneHot(stream.integers(count, below: size), of: size, type)
    }
  }

  /// Categories as rows with a single one, `[N, count]`.
  static func oneHot(_ categories: [Int32], of count: Int, _ type: ElementType) -> Tensor {
    var values = [Double](repeating: 0, count: categories.count * count)
    for (row, category) in categories.enumerated() { values[row * count + Int(category)] = 1 }
    return Tensor(values, shape: [categories.count, count], type: type)
  }
}
