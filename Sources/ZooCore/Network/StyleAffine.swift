/// Scale and shift of each channel by a style: x · (1 + scale(style)) + shift(style).
///
/// The one is added here, so that scales of zero change nothing.
struct StyleAffine {
  let scale: Dense
  let shift: Dense
  /// Where the style comes from.
  let place: Int

  /// Registers `gain` and `bias`, dense layers from the style to the channels, in `scope`.
  init(_ scope: Scope, style: Int, channels: Int, place: Int, bias: Bool) {
    self.place = place
    let start = bias ? 0.0 : nil
    scale = Dense(scope / "gain", style, channels, bias: bias, biasStart: start)
    shift = Dense(scope / "bias", style, channels, bias: bias, biasStart: start)
  }

  /// Multiplications for one sample: one for each weight.
  var multiplyAdds: Double { 2 * Double(scale.weight.shape.elementCount) }

  func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
    let style = context.style(place)
    let (channels, count) = (input.shape[input.shape.count - 1], input.shape[0])
    let shape = [count] + [Int](repeating: 1, count: input.shape.count - 2) + [channels]
    let factor = (scale(style, context) + 1).reshaped(to: shape)
    return input * factor + shift(style, context).reshaped(to: shape)
  }

  func export(to graph: GraphBuilder) {
    let style = graph.style(place)
    let factor = graph.value(
      of: "Add", [graph.channels(of: scale, style), graph.constant([1], shape: [])])
    graph.append("Mul", [factor])
    graph.append("Add", [graph.channels(of: shift, style)])
  }
}

extension GraphBuilder {
  /// What a dense layer makes of a style, with axes of size 1 where images have pixels.
  func channels(of dense: Dense, _ style: String) -> String {
    let row = value(
      of: "Gemm", [style] + weights(dense.weight, dense.bias), ["transB": .int(1)])
    guard shape.count == 3 else { return row }
    return value(of: "Reshape", [row, constant([0, dense.weight.shape[1], 1, 1])])
  }
}
