import ZooCore

/// Pictures of a person's own that a command takes.
enum PictureInput {
  /// A picture upright and in so many channels.
  static func read(_ path: String, channels: Int) throws(ZooError) -> RasterImage {
    let bytes = try Files.read(path, limit: ImageReader.maximumFileSize, kind: .data)
    let image = try ImageReader.read(bytes, name: path)
    return channels == 1 ? image.grey : image
  }
}

extension RasterImage {
  /// The picture as `[1, H, W, C]` with values in 0...1.
  var tensor: Tensor {
    Tensor(bytes.map { Double($0) / 255 }, shape: [1, height, width, channels])
  }
}
