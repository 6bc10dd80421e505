/// A window that slides over the rows and columns of an image: kernel, stride and zero padding.
public struct Window: Hashable, Sendable {
  /// Rows and columns of the kernel.
  public var kernel: (height: Int, width: Int) { (kernelHeight, kernelWidth) }
  /// Rows of the kernel.
  public let kernelHeight: Int
  /// Columns of the kernel.
  public let kernelWidth: Int
  /// The step between neighbouring positions, in rows.
  public let strideY: Int
  /// The step between neighbouring positions, in columns.
  public let strideX: Int
  /// Zero rows and columns around the image.
  public let padding: Padding

  /// Zero rows and columns around an image.
  public struct Padding: Hashable, Sendable {
    /// Rows above and below, columns to the left and to the right.
    public let top: Int, bottom: Int, left: Int, right: Int
    /// No padding.
    public static let none = Padding(0)

    /// The same padding on all sides.
    public init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }

    /// Padding that differs between the sides.
    public init(top: Int, bottom: Int, left: Int, right: Int) {
      self.top = top
      self.bottom = bottom
      self.left = left
      self.right = right
    }
  }

  /// A window of any kernel, stride and padding.
  public init(
    kernelHeight: Int, kernelWidth: Int, strideY: Int = 1, strideX: Int = 1,
    padding: Padding = .none
  ) {
    require(
      kernelHeight > 0 && kernelWidth > 0 && strideY > 0 && strideX > 0,
      "kernel \(kernelHeight)x\(kernelWidth) and stride \(strideY)x\(strideX) must be positive")
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.strideY = strideY
    self.strideX = strideX
    self.padding = padding
  }

  /// A square window.
  public init(kernel: Int, stride: Int = 1, padding: Padding = .none) {
    self.init(
      kernelHeight: kernel, kernelWidth: kernel, strideY: stride, strideX: stride,
      padding: padding)
  }

  /// Rows and columns of positions over an image; zero or less where the kernel does not fit.
  public func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
    func positions(_ size: Int, _ kernel: Int, _ stride: Int) -> Int {
      size < kernel ? 0 : (size - kernel) / stride + 1
    }
    return (
      positions(height + padding.top + padding.bottom, kernelHeight, strideY),
      positions(width + padding.left + padding.right, kernelWidth, strideX)
    )
  }
}

/// The sizes of a convolution y = x * w: x `[batch, height, width, inputChannels]`,
/// w `[kernelHeight, kernelWidth, inputChannels / groups, outputChannels]`, y `[batch, outputHeight,
/// outputWidth, outputChannels]`.
///
/// y[n, i, j, o] = Σ x[n, i·strideY + a − top, j·strideX + b − left, c] · w[a, b, c, o], with c
/// within the group of o: the channels of x and y are cut into so many groups, which do not mix.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// Images in the batch.
  public let batch: Int
  /// Rows, columns and channels of x.
  public let height: Int, width: Int, inputChannels: Int
  /// Channels of y.
  public let outputChannels: Int
  /// Groups of channels that do not mix; 1 for a plain convolution.
  public let groups: Int
  /// Kernel, stride and padding.
  public let window: Window

  package init(
    batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int,
    groups: Int = 1, window: Window
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.window = window
  }

  /// Rows of y.
  public var outputHeight: Int { window.outputSize(height: height, width: width).height }
  /// Columns of y.
  public var outputWidth: Int { window.outputSize(height: height, width: width).width }

  /// The multiplications of the plain sum, padding included.
  package var products: Double {
    Double(batch * outputHeight * outputWidth * window.kernelHeight * window.kernelWidth)
      * Double(inputChannels / groups * outputChannels)
  }

  /// The convolution of one group by itself, for so many images.
  package func oneGroup(batch: Int) -> ConvolutionGeometry {
    ConvolutionGeometry(
      batch: batch, height: height, width: width, inputChannels: inputChannels / groups,
      outputChannels: outputChannels / groups, window: window)
  }

  /// The shape of x.
  public var inputShape: [Int] { [batch, height, width, inputChannels] }
  /// The shape of w.
  public var weightShape: [Int] {
    [window.kernelHeight, window.kernelWidth, inputChannels / groups, outputChannels]
  }
  /// The shape of y.
  public var outputShape: [Int] { [batch, outputHeight, outputWidth, outputChannels] }
}

/// The three partial derivatives of the trilinear form ⟨x * w, y⟩.
///
/// They are closed under differentiation, so that they serve every layer and every order of
/// derivative.
public enum ConvolutionPart: Hashable, Sendable {
  /// (x, w) → y: the convolution.
  case output
  /// (y, w) → x: the input gradient, also known as transposed convolution.
  case input
  /// (x, y) → w: the weight gradient.
  case weight
}

/// The sizes of a pooling window over images `[batch, height, width, channels]`.
public struct PoolingGeometry: Hashable, Sendable {
  /// Images in the batch.
  public let batch: Int
  /// Rows, columns and channels of the images.
  public let height: Int, width: Int, channels: Int
  /// Kernel, stride and padding.
  public let window: Window

  /// The shape of the images.
  public var inputShape: [Int] { [batch, height, width, channels] }
  /// The shape of the pooled images.
  public var outputShape: [Int] {
    let size = window.outputSize(height: height, width: width)
    return [batch, size.height, size.width, channels]
  }
}

/// The ways between images and the windows over them; each is the adjoint of another one.
public enum PoolingPart: Sendable {
  /// Each window's sum.
  case sum
  /// The adjoint of `sum`: each value is added to every pixel of its window.
  case spread
  /// From each window the value at the place where `keys` is largest (the first of equals).
  case pick(keys: Buffer)
  /// The adjoint of `pick`: each value is added at the place where `keys` is largest.
  case place(keys: Buffer)
}

/// Products of matrices a `[batch, rows, depth]` and b `[batch, depth, columns]`, either stored
/// transposed.
public struct MatrixProductGeometry: Hashable, Sendable {
  /// Pairs of matrices, which lie one after another.
  public var batch = 1
  /// Sizes of the product.
  public let rows: Int, columns: Int, depth: Int
  /// Whether a is stored as `[depth, rows]`, and b as `[columns, depth]`.
  public let transposeA: Bool, transposeB: Bool

  /// The product of one pair.
  package var single: MatrixProductGeometry {
    var one = self
    one.batch = 1
    return one
  }
}

/// A filter along the middle axis of x `[outer, length, inner]`: y `[outer, outputLength, inner]`.
///
/// x gets `up` − 1 zeros behind each value, then zeros before and after, or is cropped where these
/// are negative; it is filtered, and of what comes out each `down`-th value is kept:
/// y[j] = Σ taps[k] · x[(j · down + k − before) / up] over the k that divide evenly.
public struct FilterGeometry: Hashable, Sendable {
  /// The sizes of x.
  public let outer: Int, length: Int, inner: Int
  /// The filter, as it lies upon x.
  public let taps: [Double]
  /// Factors of the sampling rate.
  public let up: Int, down: Int
  /// Zeros before and after.
  public let before: Int, after: Int

  /// The length of y; zero or less where the filter does not fit.
  public var outputLength: Int {
    let room = length * up + before + after - taps.count
    return room < 0 ? 0 : room / down + 1
  }

  /// The adjoint, from y to x: the filter reversed, with up and down in each other's place.
  package var adjoint: FilterGeometry {
    FilterGeometry(
      outer: outer, length: outputLength, inner: inner, taps: taps.reversed(), up: down, down: up,
      before: taps.count - 1 - before,
      after: length * up - outputLength * down + before - up + 1)
  }

  /// Calls `body` with each tap that meets a value in output j, and that value's index.
  func forEachTap(of j: Int, _ body: (_ tap: Int, _ index: Int) -> Void) {
    let start = j * down - before
    // The first tap that falls on a value and not on a zero between values.
    var tap = ((-start) % up + up) % up
    while tap < taps.count {
      let index = (start + tap) / up
      if start + tap >= 0 && index < length { body(tap, index) }
      tap += up
    }
  }
}

/// Pixels of images x `[batch, height, width, channels]` by row and column: y `[batch, rows.count,
/// columns.count, channels]` with y[n, i, j] = x[n, rows[i], columns[j]].
public struct PixelMap: Hashable, Sendable {
  /// The sizes of x.
  public let batch: Int, height: Int, width: Int, channels: Int
  /// Where each row and each column of y comes from.
  public let rows: [Int], columns: [Int]

  /// The shape of x.
  public var inputShape: [Int] { [batch, height, width, channels] }
  /// The shape of y.
  public var outputShape: [Int] { [batch, rows.count, columns.count, channels] }
}

/// A box of elements copied between two strided layouts.
public struct StridedCopy: Hashable, Sendable {
  /// The sizes of the box.
  public let shape: [Int]
  /// Where the box begins in the source, and the distance of neighbours along each axis.
  public let sourceOffset: Int, sourceStrides: [Int]
  /// The same for the destination.
  public let destinationOffset: Int, destinationStrides: [Int]
}
