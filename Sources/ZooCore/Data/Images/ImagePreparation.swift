/// How pictures of any size become pictures of one size.
///
/// The steps: grey if one channel is wanted, the centre crop, a centre crop to the shape of the
/// target, and an antialiased resize. DCGAN's CelebA is `crop: .pixels(108)`, 64x64.
public struct ImagePreparation: Equatable, Sendable {
  /// What is cut from the middle of a picture first.
  public enum Crop: Equatable, Sendable {
    /// Nothing.
    case none
    /// The largest square.
    case square
    /// A square of so many pixels a side; a smaller picture is an error.
    case pixels(Int)
  }

  /// The size that pictures get.
  public let height, width: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// What is cut out first.
  public let crop: Crop
  /// The filter of the resize.
  public let filter: ResamplingFilter
  /// Whether pixels are numbers of classes or things, between which there is nothing.
  var holdsNumbers: Bool { filter == .nearest }

  /// Pictures of `height` x `width` x `channels`.
  public init(
    height: Int, width: Int, channels: Int = 3, crop: Crop = .none,
    filter: ResamplingFilter = .bilinear
  ) {
    let sides = 1...ImageReader.maximumSide
    require(
      sides ~= height && sides ~= width, "pictures cannot have the size \(width)x\(height)")
    require(channels == 1 || channels == 3, "expected 1 or 3 channels, got \(channels)")
    if case .pixels(let side) = crop {
      require(side > 0, "cannot crop to \(side) pixels")
    }
    self.height = height
    self.width = width
    self.channels = channels
    self.crop = crop
    self.filter = filter
  }

  /// The prepared picture, `[height, width, channels]`, made from one in colour.
  /// - Parameter name: The file's name, for errors.
  public func apply(to image: RasterImage, name: String) throws(ZooError) -> RasterImage {
    require(image.channels == 3, "expected 3 channels to prepare, got \(image.channels)")
    let region = try region(width: image.width, height: image.height, name: name)
    let part = image.centreCropped(width: region.width, height: region.height)
    return (channels == 1 ? part.grey : part).resized(
      width: width, height: height, filter: filter)
  }

  /// The size of the middle part that is used of a picture; an error if it is too small.
  public func region(
    width sourceWidth: Int, height sourceHeight: Int, name: String
  ) throws(ZooError) -> (width: Int, height: Int) {
    var region = (width: sourceWidth, height: sourceHeight)
    switch crop {
    case .none: break
    case .square:
      let side = min(sourceWidth, sourceHeight)
      region = (side, side)
    case .pixels(let side):
      guard side <= sourceWidth && side <= sourceHeight else {
        throw ZooError(
          .data,
          "expected at least \(side)x\(side) pixels to crop, found \(sourceWidth)x\(sourceHeight)",
          at: Text.printable(name), advice: "crop to fewer pixels, or remove the picture")
      }
      region = (side, side)
    }
    // Only the side that is too long gets shorter, rounded to whole pixels.
    let (w, h) = (width, height)
    if region.width * h > region.height * w {
      region.width = max((2 * region.height * w + h) / (2 * h), 1)
    } else {
      region.height = max((2 * region.width * h + w) / (2 * w), 1)
    }
    return region
  }
}
