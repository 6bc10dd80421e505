/// A dataset out of a NumPy file: images `[N, H, W]` or `[N, H, W, C]`, or points `[N, 2]`.
///
/// Bytes are pixels of 0...255; numbers of 32 or 64 bits are pixels of 0...1, or coordinates.
struct ArrayFile: Dataset {
  let name = "npy"
  let digest: String
  let count: Int
  let sampleShape: Shape
  let classNames: [String]? = nil
  private let values: Values

  private enum Values {
    case bytes([UInt8])
    case numbers([Float])
  }

  // Larger sets belong into a pack file, which is read as it is used.
  private static let limit = 1 << 32

  init(_ path: String) throws(ZooError) {
    let bytes = try Files.read(path, limit: Self.limit, kind: .data)
    let array = try NPY.decode(bytes, name: path)
    func fault(_ problem: String) -> ZooError {
      ZooError(
        .data, problem, at: Text.printable(path),
        advice: "save images as uint8 or as float32 in 0...1, [N, H, W] or [N, H, W, C]")
    }
    switch array.shape.count {
    case 4: sampleShape = Array(array.shape[1...])
    case 3: sampleShape = Array(array.shape[1...]) + [1]
    case 2 where array.shape[1] == 2: sampleShape = [2]
    default: throw fault("expected images or points, found an array \(array.shape)")
    }
    guard sampleShape.count == 1 || [1, 3].contains(sampleShape[2]) else {
      throw fault("expected images with 1 or 3 channels, found an array \(array.shape)")
    }
    guard array.shape[0] > 0, sampleShape.elementCount > 0 else {
      throw fault("the array \(array.shape) is empty")
    }
    count = array.shape[0]
    switch array.values {
    case .bytes(let bytes):
      guard sampleShape.count == 3 else { throw fault("expected points as floats, found bytes") }
      values = .bytes(bytes)
    case .numbers(let numbers):
      let pixels = sampleShape.count == 3
      if let wrong = numbers.first(where: { !$0.isFinite || pixels && !(0...1 ~= $0) }) {
        throw fault(
          pixels
            ? "expected pixels in 0...1, found \(Text.figure(Double(wrong), digits: 8))"
            : "expected finite points, found \(wrong)")
      }
      values = .numbers(numbers)
    }
    digest = SHA256.hexDigest(of: bytes)
  }

  func label(at index: Int) -> Int32? { nil }

  func read(_ indices: [Int], into target: inout MutableSpan<Float>) throws(ZooError) {
    let size = sampleShape.elementCount
    require(
      target.count == indices.count * size,
      "room for \(target.count) numbers, \(indices.count) samples \(sampleShape) asked for")
    for (row, index) in indices.enumerated() {
      require(0..<count ~= index, "sample \(index) of \(count)")
      for i in 0..<size {
        target[row * size + i] =
          switch values {
          case .bytes(let bytes): Float(bytes[index * size + i]) / 255
          case .numbers(let numbers): numbers[index * size + i]
          }
      }
    }
  }
}
