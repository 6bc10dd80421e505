extension DataLibrary {
  /// The pictures of a folder as the settings want them, and what was left out.
  ///
  /// - Parameter skipping: How broken ones are left out, for advice.
  public static func images(
    in path: String, _ settings: DataSettings, skipping: String = "set data.broken to \"skip\""
  ) throws(ZooError) -> (folder: ImageFolder, notice: String?) {
    try Files.check(path, kind: .data)
    guard Files.isDirectory(path) else {
      throw ZooError(
        .data, "expected a folder with pictures: \(Files.glimpse(path))", at: Text.printable(path),
        advice: "name the folder that holds them")
    }
    let index = try ImageFolderIndex(scanning: path)
    let all = ImageFolder(
      index,
      preparation: settings.preparation(settings.size))
    let (usable, broken) = try all.checked()
    let skipped = ImageFolderIndex.summary(of: index.skipped)
    guard let first = broken.first else {
      return (usable, skipped.isEmpty ? nil : Text.printable(path) + skipped)
    }
    guard settings.broken == .skip else {
      throw ZooError(
        .data,
        [
          .init(
            "\(broken.count) of \(all.count) pictures cannot be used", at: Text.printable(path),
            advice:
              "put whole pictures of the same names in their places, remove them, or \(skipping)")
        ] + broken.prefix(5).flatMap(\.fault.findings))
    }
    return (
      usable,
      "\(Text.printable(path)): left out \(broken.count) of \(all.count) pictures; the first: \(first.fault.findings[0].problem) (\(Text.printable(first.entry.path)))"
        + skipped
    )
  }
}

extension DataSettings {
  /// How pictures of a folder get a size.
  func preparation(_ size: [Int]) -> ImagePreparation {
    let crop: ImagePreparation.Crop =
      switch crop {
      case .none: .none
      case .square: .square
      case .pixels(let pixels): .pixels(pixels)
      }
    return ImagePreparation(
      height: size[0], width: size[1], channels: channels, crop: crop,
      filter: holdsLabels ? .nearest : .bilinear)
  }
}
