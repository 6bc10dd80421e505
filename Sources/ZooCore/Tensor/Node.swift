import Synchronization

/// One remembered op: its inputs, and the values it gave.
package final class Node: @unchecked Sendable {
  // Unchecked: constant after init, except that deinit takes `inputs` apart.
  package let op: (any Op)?
  package private(set) var inputs: [Tensor]
  /// Numbers grow with time, so inputs always have smaller ones than what is made of them.
  package let number: Int
  private let shape: Shape
  private let type: ElementType
  private let buffer: Buffer?

  private static let counter = Atomic<Int>(0)

  /// The beginning of a history.
  init() {
    op = nil
    inputs = []
    shape = []
    type = .float32
    buffer = nil
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  init(_ op: any Op, _ inputs: [Tensor], shape: Shape, type: ElementType, buffer: Buffer) {
    self.op = op
    self.inputs = inputs
    self.shape = shape
    self.type = type
    self.buffer = buffer
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The tensor that this node computed.
  ///
  /// It is put together on demand: a stored one would refer back to the node.
  package func output(tracked: Bool) -> Tensor? {
    buffer.map { Tensor(shape: shape, type: type, buffer: $0, node: tracked ? self : nil) }
  }

  deinit {
    // A long history would be freed by recursion, which overflows the stack: take it apart here.
    var pending = inputs.compactMap(\.node)
    inputs = []
    while var node = pending.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      pending += node.inputs.compactMap(\.node)
      node.inputs = []
    }
  }
}
