/// How a convolution treats the border.
public enum Padding: Equatable, Sendable {
  /// The output has ⌈size / stride⌉ rows and columns. As in TensorFlow, an odd rest goes below and
  /// to the right.
  case same
  /// No zeros.
  case valid
  /// The given rows and columns of zeros.
  case explicit(Window.Padding)

  /// The zeros for images of this size.
  func zeros(height: Int, width: Int, kernel: (Int, Int), stride: (Int, Int)) -> Window.Padding {
    func total(_ size: Int, _ kernel: Int, _ stride: Int) -> Int {
      max(((size + stride - 1) / stride - 1) * stride + kernel - size, 0)
    }
    switch self {
    case .same:
      let (y, x) = (total(height, kernel.0, stride.0), total(width, kernel.1, stride.1))
      return .init(top: y / 2, bottom: y - y / 2, left: x / 2, right: x - x / 2)
    case .valid: return .none
    case .explicit(let padding): return padding
    }
  }
}

/// What both kinds of convolution say in a config.
struct WindowSettings: Equatable, Sendable {
  var kernel = [5, 5]
  var stride = [1, 1]
  var padding = Padding.same

  /// The window over images of this size.
  func window(height: Int, width: Int) -> Window {
    Window(
      kernelHeight: kernel[0], kernelWidth: kernel[1], strideY: stride[0], strideX: stride[1],
      padding: padding.zeros(
        height: height, width: width, kernel: (kernel[0], kernel[1]),
        stride: (stride[0], stride[1])))
  }
}
