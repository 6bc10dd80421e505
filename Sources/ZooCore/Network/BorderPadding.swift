/// `{ "reflectPad": 3 }`: more rows and columns, the image mirrored at its border pixels.
///
/// As PyTorch's `ReflectionPad2d`.
public struct ReflectPadSpec: BorderPaddingSpec {
  public static let key = "reflectPad"
  public static let summary = "Adds rows and columns, the image mirrored at its border."
  static let border = (own: Border.reflection, name: "reflect")
  var sides = Window.Padding(1)

  public init() {}
}

/// `{ "replicatePad": 1 }`: more rows and columns, border pixels repeated.
///
/// As PyTorch's `ReplicationPad2d`.
public struct ReplicatePadSpec: BorderPaddingSpec {
  public static let key = "replicatePad"
  public static let summary = "Adds rows and columns, the border's pixels repeated."
  static let border = (own: Border.edge, name: "edge")
  var sides = Window.Padding(1)

  public init() {}
}

/// A layer that surrounds images with pixels of their own.
protocol BorderPaddingSpec: LayerSpec {
  var sides: Window.Padding { get set }
  /// What stands around an image, here and in ONNX.
  static var border: (own: Border, name: String) { get }
}

extension BorderPaddingSpec {
  /// The rows and columns of each side.
  public static var fields: [Field<Self>] {
    [Field(key, \.sides, .sides, "Rows and columns of each side.")]
  }

  /// The padding as a layer.
  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let (height, width, channels) = try site.image(for: Self.key)
    guard
      Self.border.own == .edge
        || (max(sides.top, sides.bottom) < height && max(sides.left, sides.right) < width)
    else {
      throw ShapeMismatch(
        "a reflection of \(height)x\(width) pixels has fewer than \(sides.widest) to give",
        advice: "pad less than the image is large, or use \"replicatePad\"")
    }
    let output = [height + sides.top + sides.bottom, width + sides.left + sides.right, channels]
    let layer = FunctionLayer { [sides] in
      $0.padded(sides, by: Self.border.own)
    } nodes: { [sides] in
      let pads = [0, 0, sides.top, sides.left, 0, 0, sides.bottom, sides.right]
      $0.append("Pad", [$0.constant(pads)], ["mode": .text(Self.border.name)], shape: output)
    }
    return Built(layer, output: output)
  }
}

extension Window.Padding {
  fileprivate var widest: Int { max(top, bottom, left, right) }
}

extension Codec where Value == Window.Padding {
  /// A number of pixels, or `[top, bottom, left, right]`.
  fileprivate static var sides: Codec {
    Codec(
      "a number of pixels in 0...254, or [top, bottom, left, right]",
      schema: [
        "anyOf": [
          .integerSchema(in: 0...254), .listSchema(of: .integerSchema(in: 0...254), count: 4...4),
        ]
      ],
      parse: { json in
        if let all = json.int { return 0...254 ~= all ? .init(all) : nil }
        guard let sides = json.array?.compactMap({ $0.int }).filter({ 0...254 ~= $0 }),
          sides.count == 4, json.array?.count == 4
        else { return nil }
        return .init(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
      }, write: { Codec<Padding>.padding.write(.explicit($0)) })
  }
}
