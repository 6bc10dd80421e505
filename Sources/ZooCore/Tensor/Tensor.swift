/// An immutable array of Float32 or Float64 values with a shape, and with the history that a
/// derivative needs.
public struct Tensor: Sendable {
  /// The sizes of the axes.
  public let shape: Shape
  /// The element type.
  public let type: ElementType
  /// The values, dense and row-major.
  package let buffer: Buffer
  /// How this tensor came about; nil where no derivative can be asked for.
  package let node: Node?

  package init(shape: Shape, type: ElementType, buffer: Buffer, node: Node? = nil) {
    self.shape = shape
    self.type = type
    self.buffer = buffer
    self.node = node
  }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  // MARK: From and to the host

  /// A tensor with these values.
  public init<T: BinaryFloatingPoint>(
    _ values: [T], shape: Shape, type: ElementType = .float32
  ) {
    require(
      values.count == shape.elementCount, "\(values.count) values do not fill shape \(shape)")
    let buffer = Backends.current.makeBuffer(byteCount: values.count * type.size)
    switch type {
    case .float32:
      let converted = values as? [Float] ?? values.map { Float($0) }
      converted.withUnsafeBytes { Backends.current.write($0, to: buffer) }
    case .float64:
      let converted = values as? [Double] ?? values.map { Double($0) }
      converted.withUnsafeBytes { Backends.current.write($0, to: buffer) }
    }
    self.init(shape: shape, type: type, buffer: buffer)
  }

  /// A tensor filled with one value.
  public init(repeating value: Double, shape: Shape, type: ElementType = .float32) {
    let buffer = Backends.current.makeBuffer(byteCount: shape.elementCount * type.size)
    Backends.current.fill(buffer, with: value, count: shape.elementCount, type: type)
    self.init(shape: shape, type: type, buffer: buffer)
  }

  /// The values as Float32, row-major.
  public var floats: [Float] {
    switch type {
    case .float32: read(Float.self)
    case .float64: read(Double.self).map { Float($0) }
    }
  }

  /// Puts the values as Float32 into an array, from a place on: one that is used again and again costs no
  /// fresh memory.
  package func copy(into numbers: inout [Float], at place: Int) {
    require(
      place + count <= numbers.count,
      "\(count) values do not fit into \(numbers.count) from \(place) on")
    guard type == .float32 else {
      numbers.replaceSubrange(place..<place + count, with: floats)
      return
    }
    numbers.withUnsafeMutableBytes { bytes in
      Backends.current.read(
        buffer,
        into: UnsafeMutableRawBufferPointer(rebasing: bytes[4 * place..<4 * (place + count)]))
    }
  }

  /// A tensor with the values of a part of an array.
  package init(_ values: ArraySlice<Float>, shape: Shape, type: ElementType) {
    guard type == .float32 else {
      self.init(Array(values), shape: shape, type: type)
      return
    }
    require(
      values.count == shape.elementCount, "\(values.count) values do not fill shape \(shape)")
    let buffer = Backends.current.makeBuffer(byteCount: values.count * type.size)
    values.withUnsafeBytes { Backends.current.write($0, to: buffer) }
    self.init(shape: shape, type: type, buffer: buffer)
  }

  /// The values as Float64, row-major.
  public var doubles: [Double] {
    switch type {
    case .float32: read(Float.self).map { Double($0) }
    case .float64: read(Double.self)
    }
  }

  /// The value of a tensor with one element.
  public var scalar: Double {
    require(count == 1, "a scalar was asked of shape \(shape)")
    return doubles[0]
  }

  private func read<T>(_: T.Type) -> [T] {
    [T](unsafeUninitializedCapacity: count) { target, initialized in
      Backends.current.read(buffer, into: UnsafeMutableRawBufferPointer(target))
      initialized = count
    }
  }

  // MARK: History

  /// The same values without history: derivatives stop here.
  public func detached() -> Tensor { Tensor(shape: shape, type: type, buffer: buffer) }

  /// The same values as the beginning of a history: derivatives can be taken at this tensor.
  public func tracked() -> Tensor {
    Tensor(shape: shape, type: type, buffer: buffer, node: Node())
  }

  /// Whether a derivative can be asked for at or through this tensor.
  public var isTracked: Bool { node != nil }

  /// The values rounded to another element type, without history.
  public func converted(to type: ElementType) -> Tensor {
    type == self.type ? detached() : Tensor(doubles, shape: shape, type: type)
  }

  /// Whether all values are finite.
  public var isFinite: Bool { Backends.current.isFinite(buffer, count: count, type: type) }
}

extension Tensor: CustomStringConvertible {
  /// Shape, type and the first values.
  public var description: String {
    let values = doubles
    let shown = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape) \(type) [\(shown)\(values.count > 8 ? ", …" : "")]"
  }
}
