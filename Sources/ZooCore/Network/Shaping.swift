extension Tensor {
  /// Images `[N, H, W, C]` as rows `[N, C · H · W]`.
  ///
  /// The order is PyTorch's, channel by channel, so that the dense layer that follows has the same
  /// weights in both.
  public func flattenedImages() -> Tensor {
    guard shape.count > 2 else { return self }
    let channelsFirst = transposed([0, shape.count - 1] + Array(1..<shape.count - 1))
    return channelsFirst.reshaped(to: [shape[0], count / shape[0]])
  }

  /// Rows `[N, C · H · W]`, channel by channel, as images `[N, H, W, C]`.
  public func images(_ height: Int, _ width: Int, _ channels: Int) -> Tensor {
    reshaped(to: [shape[0], channels, height, width]).transposed([0, 2, 3, 1])
  }
}

/// `"flatten"`: images as rows, channel by channel.
public struct FlattenSpec: LayerSpec {
  public static let key = "flatten"
  public static let summary = "Images as rows of features, channel by channel as in PyTorch."
  public init() {}

  public static var fields: [Field<FlattenSpec>] { [] }

  public func build(at site: Site) -> Built {
    let layer = FunctionLayer {
      $0.flattenedImages()
    } nodes: {
      $0.append("Flatten", [], ["axis": .int(1)], shape: [$0.shape.elementCount])
    }
    return Built(layer, output: [site.input.elementCount])
  }
}

/// `{ "reshape": [height, width, channels] }`: rows as images.
public struct ReshapeSpec: LayerSpec {
  public static let key = "reshape"
  public static let summary = "Rows of features as images, channel by channel as in PyTorch."
  var target: [Int] = []

  public init() {}

  public static var fields: [Field<ReshapeSpec>] {
    [
      .integers(
        "reshape", \.target, count: 3...3, in: 1...65_536, required: true,
        "Height, width and channels.")
    ]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    guard site.input.count == 1, site.input.elementCount == target.elementCount else {
      throw ShapeMismatch(
        "reshape to \(target) needs \(target.elementCount) features, but \(site.input) comes in")
    }
    let layer = FunctionLayer { [target] in
      $0.images(target[0], target[1], target[2])
    } nodes: { [target] in
      $0.append(
        "Reshape", [$0.constant([0, target[2], target[0], target[1]])], shape: target)
    }
    return Built(layer, output: target)
  }
}

/// `{ "crop": [height, width] }`: the upper left part of images.
public struct CropSpec: LayerSpec {
  public static let key = "crop"
  public static let summary = "Keeps the upper left part of images."
  var size: [Int] = []

  public init() {}

  public static var fields: [Field<CropSpec>] {
    [
      .integers(
        "crop", \.size, count: 2...2, in: 1...65_536, required: true, "Height and width to keep.")
    ]
  }

  public func build(at site: Site) throws(ShapeMismatch) -> Built {
    let (height, width, channels) = try site.image(for: Self.key)
    guard size[0] <= height && size[1] <= width else {
      throw ShapeMismatch("crop to \(size[0])x\(size[1]) of \(height)x\(width) pixels")
    }
    let layer = FunctionLayer { [size] in
      $0.slice(at: [0, 0, 0, 0], shape: [$0.shape[0], size[0], size[1], $0.shape[3]])
    } nodes: { [size] in
      let (starts, ends, axes) = ($0.constant([0, 0]), $0.constant(size), $0.constant([2, 3]))
      $0.append("Slice", [starts, ends, axes], shape: size + [$0.shape[2]])
    }
    return Built(layer, output: [size[0], size[1], channels])
  }
}
