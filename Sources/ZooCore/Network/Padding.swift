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

extension Codec where Value == Padding {
  /// `"same"`, `"valid"`, pixels, or `[top, bottom, left, right]`.
  static var padding: Codec {
    Codec(
      "\"same\", \"valid\", a number of pixels in 0...254, or [top, bottom, left, right]",
      schema: [
        "anyOf": [
          ["enum": ["same", "valid"]], .integerSchema(in: 0...254),
          .listSchema(of: .integerSchema(in: 0...254), count: 4...4),
        ]
      ],
      parse: { json in
        switch json.string {
        case "same": return .same
        case "valid": return .valid
        default: break
        }
        if let all = json.int { return 0...254 ~= all ? .explicit(.init(all)) : nil }
        guard let sides = json.array?.compactMap({ $0.int }).filter({ 0...254 ~= $0 }),
          sides.count == 4, json.array?.count == 4
        else { return nil }
        return .explicit(.init(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3]))
      },
      write: { padding in
        switch padding {
        case .same: return .string("same")
        case .valid: return .string("valid")
        case .explicit(let p):
          let sides = [p.top, p.bottom, p.left, p.right]
          return Set(sides).count == 1
            ? .number(sides[0]) : .array(sides.map { .number($0) })
        }
      })
  }
}

extension Field {
  static func padding(
    _ key: String, _ property: WritableKeyPath<Block, Padding> & Sendable
  ) -> Field {
    Field(key, property, .padding, "Zeros around the image.")
  }
}
