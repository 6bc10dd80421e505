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
    let (images, notice) = try DataLibrary.images(in: folder, settings)
    if let notice { Console.say("note: \(notice)") }
    var broken = 0
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
        guard settings.broken == .skip, error.kind == .data else { throw error }
        broken += 1
        return nil
      }
    }
    if broken > 0 { Console.say("note: left out \(broken) more pictures that do not decode") }
    if !arguments.has("--quiet") { Output.tellReplaced(file) }
    try Console.result(
      "\(kept) images in \(out); train on them with \"data\": { \"dataset\": \"pack\", \"path\": \"\(out)\" }"
    )
  }
}
