/// A convolution that doubles rows and columns: transposed with a stride of 2, then a filter that
/// takes away what the zeros between pixels put in.
///
/// Source: Karras et al. 2020, arXiv:1912.04958, `upsample_conv_2d` of its code, whose kernels are
/// these turned by 180 degrees.
struct Doubling {
  private let window: Window
  private let blur: Resampling

  /// For kernels of `kernel` by `kernel` pixels.
  init(kernel: Int) {
    window = Window(kernel: kernel, stride: 2)
    // The transposed convolution gives 2 · size + kernel − 2 pixels, the filter 2 · size.
    let rest = 3 - kernel
    let (before, after) = ((rest + 1) >> 1 + 1, rest >> 1 + 1)
    blur = Resampling(
      filter: [1, 3, 3, 1],
      padding: .explicit(.init(top: before, bottom: after, left: before, right: after)), gain: 2)
  }

  /// Images `[N, H, W, C]` with weights `[k, k, C, K]` to `[N, 2H, 2W, K]`.
  func callAsFunction(_ images: Tensor, _ weights: Tensor) -> Tensor {
    let size = large(images.shape[1], images.shape[2])
    return blur(
      images.transposedConvolved(
        with: weights.transposed([0, 1, 3, 2]), window: window, height: size.height,
        width: size.width))
  }

  private func large(_ height: Int, _ width: Int) -> (height: Int, width: Int) {
    ((height - 1) * 2 + window.kernelHeight, (width - 1) * 2 + window.kernelWidth)
  }

  /// Appends it to a graph, with weights of this name.
  func append(to graph: GraphBuilder, weights: String, outputs: Int) {
    let (height, width) = (graph.shape[0], graph.shape[1])
    let size = large(height, width)
    // A transposed convolution's weights are [in, out, kH, kW].
    let turned = graph.value(of: "Transpose", [weights], ["perm": .ints([1, 0, 2, 3])])
    graph.append(
      "ConvTranspose", [turned], window.graphAttributes, shape: [size.height, size.width, outputs])
    graph.append(blur, output: [2 * height, 2 * width, outputs])
  }
}
