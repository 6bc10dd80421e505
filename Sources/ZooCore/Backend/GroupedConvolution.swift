/// Convolutions whose channels are cut into groups that do not mix.
extension CPUBackend {
  /// One partial derivative of ⟨x * w, y⟩, group by group; see `ConvolutionPart`.
  func convolveGroups(
    _ part: ConvolutionPart, _ g: ConvolutionGeometry, _ first: Floats, _ second: Floats,
    into result: Floats
  ) {
    if g.groups == g.inputChannels && g.groups == g.outputChannels {
      return convolveDepthwise(part, g, first, second, into: result)
    }
    // Each group is copied to where it lies by itself, and computed as a plain convolution. Images
    // are taken a few at a time, so that few groups keep several threads busy; a weight gradient
    // sums over all of them.
    let pixelsAtOnce = 4096
    let imagesAtOnce =
      part == .weight
      ? g.batch : min(g.batch, max(1, pixelsAtOnce / (g.outputHeight * g.outputWidth)))
    let portions = (g.batch + imagesAtOnce - 1) / imagesAtOnce
    let (x, w, y) = GroupedOperand.all(g)
    let (a, b, c) =
      switch part {
      case .output: (x, w, y)
      case .input: (y, w, x)
      case .weight: (x, y, w)
      }
    forEachPart(g.groups * portions) { item in
      let (group, portion) = item.quotientAndRemainder(dividingBy: portions)
      let image = portion * imagesAtOnce
      let images = image..<min(image + imagesAtOnce, g.batch)
      let (one, two) = (
        a.taken(from: first, group, images, self), b.taken(from: second, group, images, self)
      )
      let alone = self.makeBuffer(
        byteCount: c.rows(images).count * c.columns * MemoryLayout<Float>.size)
      self.convolve(part, g.oneGroup(batch: images.count), one, two, into: alone, type: .float32)
      c.put(Floats(alone), into: result, group, images)
      withExtendedLifetime(alone) {}
    }
  }
}

/// x, w or y as a matrix in which each group has columns of its own.
private struct GroupedOperand: Sendable {
  /// Rows of one image, or of the weights.
  let rowsPerItem: Int
  /// Whether there is an item for each image.
  let isOfImages: Bool
  /// Columns of one group, and of all.
  let columns: Int, width: Int

  static func all(_ g: ConvolutionGeometry) -> (x: Self, w: Self, y: Self) {
    let (inputs, outputs) = (g.inputChannels / g.groups, g.outputChannels / g.groups)
    return (
      Self(
        rowsPerItem: g.height * g.width, isOfImages: true, columns: inputs, width: g.inputChannels),
      Self(
        rowsPerItem: g.window.kernelHeight * g.window.kernelWidth * inputs, isOfImages: false,
        columns: outputs, width: g.outputChannels),
      Self(
        rowsPerItem: g.outputHeight * g.outputWidth, isOfImages: true, columns: outputs,
        width: g.outputChannels)
    )
  }

  func rows(_ images: Range<Int>) -> Range<Int> {
    isOfImages
      ? images.lowerBound * rowsPerItem..<images.upperBound * rowsPerItem : 0..<rowsPerItem
  }

  func taken(
    from matrix: Floats, _ group: Int, _ images: Range<Int>, _ backend: CPUBackend
  ) -> Buffer {
    let rows = rows(images)
    let buffer = backend.makeBuffer(byteCount: rows.count * columns * MemoryLayout<Float>.size)
    let alone = Floats(buffer)
    for (index, row) in rows.enumerated() {
      (alone + index * columns).copy(matrix + (row * width + group * columns), columns)
    }
    return buffer
  }

  func put(_ alone: Floats, into matrix: Floats, _ group: Int, _ images: Range<Int>) {
    for (index, row) in rows(images).enumerated() {
      (matrix + (row * width + group * columns)).copy(alone + index * columns, columns)
    }
  }
}
