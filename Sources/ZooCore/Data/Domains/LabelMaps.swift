/// What the values of an image are that shows no brightness: the class of what is at each pixel, and,
/// in a second channel, the number of the thing that it belongs to.
public struct LabelMaps: Equatable, Sendable {
  /// Classes are 0 to one less.
  public let classes: Int
  /// Whether the second channel numbers things, so that two of one class can be told apart.
  public let hasInstances: Bool
  /// The colours in 0...1 that pictures show each class in, where they are drawn by such.
  public let tones: [[SIMD3<Float>]]

  /// Maps of so many classes.
  public init(classes: Int, hasInstances: Bool, tones: [[SIMD3<Float>]] = []) {
    (self.classes, self.hasInstances, self.tones) = (classes, hasInstances, tones)
  }

  /// The channels of an encoded map: one for each class, and the edges of things.
  public var encodedChannels: Int { classes + (hasInstances ? 1 : 0) }

  /// Maps `[N, H, W, 1 or 2]` as networks read them, `[N, H, W, encodedChannels]`: 1 in the channel of
  /// the class, and in the last where one of the four neighbours belongs to another thing.
  ///
  /// Source: Wang et al. 2018, arXiv:1711.11585, §3.3.
  public func encoded(_ maps: Tensor) -> Tensor {
    let (rows, columns, channels) = (maps.shape[1], maps.shape[2], maps.shape[3])
    require(channels == (hasInstances ? 2 : 1), "label maps \(maps.shape)")
    let (values, width) = (maps.floats, encodedChannels)
    var encoded = [Double](repeating: 0, count: values.count / channels * width)
    for pixel in 0..<values.count / channels {
      let label = Int(values[pixel * channels])
      if 0..<classes ~= label { encoded[pixel * width + label] = 1 }
      guard hasInstances else { continue }
      let (y, x) = (pixel / columns % rows, pixel % columns)
      func differs(_ isInside: Bool, _ step: Int) -> Bool {
        isInside && values[2 * pixel + 1] != values[2 * (pixel + step) + 1]
      }
      if differs(y > 0, -columns) || differs(y < rows - 1, columns) || differs(x > 0, -1)
        || differs(x < columns - 1, 1)
      {
        encoded[pixel * width + classes] = 1
      }
    }
    return Tensor(encoded, shape: [maps.shape[0], rows, columns, width], type: maps.type)
  }

  /// A picture of maps, `[N, H, W, 3]` with 0...1 mapped to `range`: a colour for each class.
  package func picture(of maps: Tensor, in range: ClosedRange<Double> = 0...1) -> Tensor {
    let (values, channels) = (maps.floats, maps.shape[3])
    let pixels = stride(from: 0, to: values.count, by: channels).flatMap { place -> [Float] in
      let tone = colour(of: Int(values[place]))
      return [tone.x, tone.y, tone.z]
    }
    return Tensor(pixels, shape: maps.shape.dropLast() + [3], type: maps.type).mapped(to: range)
  }

  private func colour(of label: Int) -> SIMD3<Float> {
    if label < tones.count, let first = tones[label].first { return first }
    // Class 0 is most often what is not of any other.
    return label == 0 ? SIMD3(repeating: 0.2) : .hue(Double(label - 1) / Double(classes - 1))
  }

  /// The class whose colour is nearest, for each pixel of an image `[H · W · 3]` with values in 0...1.
  package func classes(ofPicture pixels: ArraySlice<Float>) -> [Int] {
    stride(from: pixels.startIndex, to: pixels.endIndex, by: 3).map { start in
      let pixel = SIMD3(pixels[start], pixels[start + 1], pixels[start + 2])
      var nearest = (label: 0, distance: Float.infinity)
      for (label, colours) in tones.enumerated() {
        for colour in colours {
          let difference = pixel - colour
          let distance = (difference * difference).sum()
          if distance < nearest.distance { nearest = (label, distance) }
        }
      }
      return nearest.label
    }
  }

  /// Reads 8-bit grey pictures with values in 0...1 as maps of the class numbers that they hold; things
  /// are as large as their class.
  ///
  /// - Throws: `.data` when a value is no class.
  func read(_ picture: Tensor, name: String) throws(ZooError) -> Tensor {
    let labels = picture.floats.map { ($0 * 255).rounded() }
    if let other = labels.first(where: { Int($0) >= classes }) {
      throw ZooError(
        .data, "a pixel is \(Int(other)), and the translator knows classes 0 to \(classes - 1)",
        at: name, advice: "give it grey pictures whose values are the numbers of classes")
    }
    let one = Tensor(labels, shape: picture.shape, type: picture.type)
    return hasInstances ? .concatenated([one, one], along: 3) : one
  }
}

extension SIMD3<Float> {
  /// The full colour of a hue in 0..<1 (HSV with full saturation and value): red at 0, green at ⅓,
  /// blue at ⅔.
  static func hue(_ hue: Double) -> SIMD3<Float> {
    func channel(_ number: Double) -> Float {
      let distance = abs(6 * hue - 2 * number)
      let near = Swift.min(distance, 6 - distance)
      return Float(Swift.max(0, Swift.min(1, 2 - near)))
    }
    return SIMD3<Float>(channel(0), channel(1), channel(2))
  }
}
