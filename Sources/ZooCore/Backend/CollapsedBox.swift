/// A box of elements in several strided layouts, with neighbouring axes merged where every layout
/// allows it: most work becomes a few long rows.
///
/// The innermost axis keeps a stride of 0 or 1 in every layout when `shape` comes from
/// broadcasting; rows are numbered in row-major order.
struct CollapsedBox: Sendable {
  private(set) var shape: [Int]
  private(set) var strides: [[Int]]

  init(shape: [Int], strides: [[Int]]) {
    var mergedShape: [Int] = []
    var mergedStrides = [[Int]](repeating: [], count: strides.count)
    for axis in shape.indices where shape[axis] != 1 {
      let size = shape[axis]
      let joins =
        !mergedShape.isEmpty
        && strides.indices.allSatisfy { mergedStrides[$0].last == strides[$0][axis] * size }
      if joins {
        mergedShape[mergedShape.count - 1] *= size
        for i in strides.indices { mergedStrides[i][mergedShape.count - 1] = strides[i][axis] }
      } else {
        mergedShape.append(size)
        for i in strides.indices { mergedStrides[i].append(strides[i][axis]) }
      }
    }
    if mergedShape.isEmpty {
      mergedShape = [1]
      mergedStrides = mergedStrides.map { _ in [1] }
    }
    self.shape = mergedShape
    self.strides = mergedStrides
  }

  var innerCount: Int { shape[shape.count - 1] }
  var innerStrides: [Int] { strides.map { $0[shape.count - 1] } }
  var outerCount: Int { shape.dropLast().reduce(1, *) }

  /// Calls `body` with each row's number and its offset in every layout.
  func forEachRow(_ rows: Range<Int>, _ body: (Int, [Int]) -> Void) {
    let outer = shape.count - 1
    var index = [Int](repeating: 0, count: outer)
    var rest = rows.lowerBound
    for axis in (0..<outer).reversed() {
      index[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    var offsets = strides.map { layout in (0..<outer).reduce(0) { $0 + index[$1] * layout[$1] } }
    for row in rows {
      body(row, offsets)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        for i in offsets.indices { offsets[i] += strides[i][axis] }
        if index[axis] < shape[axis] { break }
        for i in offsets.indices { offsets[i] -= strides[i][axis] * shape[axis] }
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
