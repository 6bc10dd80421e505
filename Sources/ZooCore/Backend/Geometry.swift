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
/// w `[kernelHeight, kernelWidth, inputChannels, outputChannels]`, y `[batch, outputHeight,
/// outputWidth, outputChannels]`.
///
/// y[n, i, j, o] = Σ x[n, i·strideY + a − top, j·strideX + b − left, c] · w[a, b, c, o].
public struct ConvolutionGeometry: Hashable, Sendable {
  /// Images in the batch.
  public let batch: Int
  /// Rows, columns and channels of x.
  public let height: Int, width: Int, inputChannels: Int
  /// Channels of y.
  public let outputChannels: Int
  /// Kernel, stride and padding.
  public let window: Window

  package init(
    batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, window: Window
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.window = window
  }

  /// Rows of y.
  public var outputHeight: Int { window.outputSize(height: height, width: width).height }
  /// Columns of y.
  public var outputWidth: Int { window.outputSize(height: height, width: width).width }

  /// The multiplications of the plain sum, padding included.
  package var products: Double {
    Double(batch * outputHeight * outputWidth * window.kernelHeight * window.kernelWidth)
      * Double(inputChannels * outputChannels)
  }

  /// The shape of x.
  public var inputShape: [Int] { [batch, height, width, inputChannels] }
  /// The shape of w.
  public var weightShape: [Int] {
    [window.kernelHeight, window.kernelWidth, inputChannels, outputChannels]
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

/// A product of matrices a `[rows, depth]` and b `[depth, columns]`, either stored transposed.
public struct MatrixProductGeometry: Hashable, Sendable {
  /// Sizes of the product.
  public let rows: Int, columns: Int, depth: Int
  /// Whether a is stored as `[depth, rows]`, and b as `[columns, depth]`.
  public let transposeA: Bool, transposeB: Bool
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
