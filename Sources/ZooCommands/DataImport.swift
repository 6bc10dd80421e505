import ZooCore

/// `zoo data import`: a folder of pictures becomes one file.
enum DataImport {
  static func run(_ folder: String, _ arguments: Arguments) throws(ZooError) {
    var settings = DataSettings()
    if let text = arguments.value("--size") {
      settings.size = try Arguments.sizes(text, ["height", "width"], at: "--size")
    }
    if let crop = arguments.value("--crop") {
      if crop == "square" {
        settings.crop = .square
      } else if let pixels = try arguments.integer("--crop", in: 1...65_500) {
        settings.crop = .pixels(pixels)
      }
    }
    settings.channels = arguments.has("--grey") ? 1 : 3
    settings.broken = arguments.has("--skip-broken") ? .skip : .fail
    guard let out = arguments.value("--out") else {
      throw ZooError(
        .usage, "the file to write is missing", at: "zoo data import",
        advice: "add -o FILE.zoopack")
    }
    let file = out == "-" ? nil : try OutputFile(out)
    guard let file, !file.isStream else {
      throw ZooError(
        .usage, "a pack is read at any place and cannot be a stream",
        at: "--out \(Text.printable(out))", advice: "name a file")
    }
    let (images, notice) = try DataLibrary.images(
      in: folder, settings, skipping: "add --skip-broken")
    let warnings = Warnings()
    warnings.add(notice: notice)
    var broken: [ZooError] = []
    let kept = try PackFile.write(
      to: out, name: Files.split(folder).name,
      sampleShape: [settings.size[0], settings.size[1], settings.channels],
      classNames: images.index.classNames.isEmpty ? nil : images.index.classNames,
      count: images.count
    ) { index throws(ZooError) in
      do throws(ZooError) {
        return (try images.image(at: index), images.classIndex(at: index) ?? 0)
      } catch {
        // A fault between header and end shows only now.
        guard settings.broken == .skip, error.kind == .data else { throw skippable(error) }
        broken.append(error)
        return nil
      }
    }
    if let first = broken.first?.findings.first {
      warnings.add(
        notice: "left out \(broken.count) more that do not decode; the first: \(first.problem) "
          + "(\(first.place ?? folder))")
    }
    if !arguments.has("--quiet") { Output.tellReplaced(file) }
    try Console.result(
      "\(kept) images in \(out); train on them with \"data\": { \"dataset\": \"pack\", \"path\": \"\(out)\" }"
    )
  }

  /// The error with the flag that leaves its picture out.
  private static func skippable(_ error: ZooError) -> ZooError {
    guard error.kind == .data else { return error }
    return ZooError(
      error.kind,
      error.findings.map { finding in
        .init(
          finding.problem, at: finding.place,
          advice: [finding.advice, "--skip-broken leaves it out"].compactMap { $0 }
            .joined(separator: "; "))
      })
  }
}
