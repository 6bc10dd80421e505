import ZooCore

/// `zoo data list|fetch|verify|preview|import`.
enum DataCommand: Command {
  static let name = "data"
  static let operands =
    "list | fetch DATASET | verify DATASET|FILE | preview DATASET|CONFIG | import FOLDER"
  static let summary = "Lists, downloads, checks, shows and packs datasets"
  static let options = [
    Option("--data-dir", "DIR", "Where dataset files are; see zoo help datasets."),
    Option(
      "--out", "FILE",
      "preview: the picture, default a new preview.png; import: the file. Also -o."),
    Option("--grid", "RxC", "preview: rows and columns; default 8x12."),
    Option("--set", "PATH=VALUE", "preview: replace a value of the config; may be repeated."),
    Option("--size", "HxW", "import: what pictures are resized to; default 64x64."),
    Option("--crop", "square|N", "import: what is cut from the middle of each picture first."),
    Option("--grey", nil, "import: keep one channel."),
    Option("--skip-broken", nil, "import: leave out pictures that cannot be used."),
    Option("--quiet", nil, "Say nothing but errors and warnings."),
    Option("--json", nil, "list: print JSON."),
  ]
  static let examples = [
    "zoo data list", "zoo data preview stroke-digits --out sheet.png",
    "zoo data import photos --size 64x64 --crop square -o photos.zoopack",
  ]

  private static let actions = ["list", "fetch", "verify", "preview", "import"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let action = arguments.operands.first ?? "list"
    let directory = Setup.dataDirectory(arguments)
    let rest = arguments.operands.dropFirst()
    try checkOptions(action, arguments)
    func operand(_ what: String) throws(ZooError) -> String {
      guard rest.count == 1, let word = rest.first else {
        throw ZooError(
          .usage, "expected one \(what), found \(rest.count)", at: "zoo data \(action)",
          advice: "see zoo data --help")
      }
      return word
    }
    switch action {
    case "list":
      guard rest.isEmpty else {
        throw ZooError(
          .usage, "takes no operands, found \"\(rest.joined(separator: " "))\"", at: "zoo data list"
        )
      }
      try list(directory, json: arguments.has("--json"))
    case "fetch":
      if Console.environment("ZOO_OFFLINE") != nil {
        throw ZooError(
          .usage, "ZOO_OFFLINE forbids downloads", at: "zoo data fetch",
          advice: "unset it, or put the files where zoo data list looks for them")
      }
      Interruption.shared.watch()
      try Fetching.fetch(
        entry(operand("dataset")), into: directory, quiet: arguments.has("--quiet"), Warnings())
    case "verify":
      let word = try operand("dataset or file")
      if Catalog.entry(named: word) == nil, isPath(word) {
        try verify(packFile: word)
      } else {
        try verify(entry(word), directory)
      }
    case "preview": try DataPreview.run(operand("dataset or config"), arguments, program)
    case "import": try DataImport.run(operand("folder"), arguments)
    default:
      throw ZooError(
        .usage, "there is no zoo data \"\(Text.printable(action))\"", at: "zoo data",
        advice: Suggestion.closest(to: action, among: actions).map { "did you mean \($0)?" }
          ?? "one of \(actions.joined(separator: ", "))")
    }
  }

  /// Refuses flags that the action would not look at.
  private static func checkOptions(_ action: String, _ arguments: Arguments) throws(ZooError) {
    let known = [
      "list": ["--json"], "fetch": [], "verify": [],
      "preview": ["--out", "--grid", "--set"],
      "import": ["--out", "--size", "--crop", "--grey", "--skip-broken"],
    ]
    guard let own = known[action] else { return }
    for option in options.map(\.name)
    where arguments.has(option) && !(own + ["--data-dir", "--quiet"]).contains(option) {
      let places = actions.filter { known[$0]?.contains(option) == true }
      throw ZooError(
        .usage, "is for zoo data \(places.joined(separator: " and "))", at: option,
        advice: "leave it out of zoo data \(action)")
    }
  }

  private static func entry(_ name: String) throws(ZooError) -> CatalogEntry {
    if let entry = Catalog.entry(named: name) { return entry }
    let names = Catalog.all.map(\.name)
    throw ZooError(
      .usage, "there is no published dataset \"\(Text.printable(name))\"", at: "zoo data",
      advice: Suggestion.closest(to: name, among: names).map { "did you mean \"\($0)\"?" }
        ?? "published: \(names.joined(separator: ", "))")
  }

  private static func list(_ directory: String, json: Bool) throws(ZooError) {
    let library = DataLibrary(directory: directory)
    var found: [(entry: CatalogEntry, presence: SetPresence)] = []
    for entry in Catalog.all {
      found.append((entry, try library.presence(of: entry.name) ?? SetPresence()))
    }
    if json {
      let rows = found.map { entry, presence -> JSONValue in
        [
          "name": .string(entry.name), "title": .string(entry.title),
          "here": .bool(presence.folder != nil),
          "missing": .array(presence.missing.map { .string($0) }),
          "bytes": entry.downloadSize.map { .number($0) } ?? nil,
          "licence": .string(entry.licence), "home": .string(entry.homePage),
        ]
      }
      return try Console.result(
        JSONValue.object([
          .init("schema_version", 1), .init("directory", .string(directory)),
          .init("datasets", .array(rows)),
        ]).pretty())
    }
    let published = found.map { entry, presence in
      (
        entry.name,
        "\(entry.title)\n\(state(entry, presence, directory)); licence: \(entry.licence); "
          + entry.homePage
      )
    }
    let drawn = [
      ("stroke-digits", "Digits drawn by the program, 28x28, grey, ten classes"),
      ("ring8, grid25, swiss-roll", "Points of the plane, the toy sets of the GAN papers"),
      ("stacked-mnist, stacked-stroke-digits", "Three digits as red, green and blue: 1,000 modes"),
      ("folder, npy, pack", "Your own: pictures, a NumPy array, a file of zoo data import"),
    ]
    let lines = published.map { name, text in
      let parts = text.split(separator: "\n")
      return "\(name)\n  \(parts.joined(separator: "\n  "))"
    }
    try Console.result(
      "published, below \(directory):\n\n" + lines.joined(separator: "\n")
        + "\n\nwithout files of their own:\n\n" + HelpCommand.table(drawn))
  }

  /// How much of a set is here, and how the rest can be had.
  private static func state(
    _ entry: CatalogEntry, _ presence: SetPresence, _ directory: String
  ) -> String {
    guard let folder = presence.folder else {
      return entry.downloadSize.map { "\(Text.byteSize($0)) to fetch" }
        ?? "to be put there by hand, in \(entry.folder)"
    }
    let place = folder == Files.join(directory, entry.folder) ? "here" : "here, in \(folder)"
    guard let gap = presence.gap else { return place }
    return "\(place): \(gap)"
      + (entry.downloadSize == nil ? "" : " (zoo data fetch \(entry.name) fetches them)")
  }

  /// Whether a word that names no published set is meant for a file of `zoo data import`.
  private static func isPath(_ word: String) -> Bool {
    Files.exists(word) || word.contains("/") || word.hasSuffix(".zoopack")
  }

  private static func verify(packFile path: String) throws(ZooError) {
    let file = try PackFile(path)
    guard try file.isIntact() else {
      throw ZooError(
        .data,
        "the pixels or labels of its \(file.count) images are not what was written: their digest differs",
        at: Text.printable(path), advice: "write it again with zoo data import")
    }
    try Console.result(
      "\(Text.printable(path)): ok, \(file.count) images \(file.sampleShape), sha256 \(file.digest.prefix(16))…"
    )
  }

  private static func verify(_ entry: CatalogEntry, _ directory: String) throws(ZooError) {
    let reports = try entry.verify(in: directory)
    guard !reports.isEmpty else {
      throw ZooError(
        .usage, "nothing is known of this set's files", at: entry.name,
        advice: "it is read as it is; zoo data preview \(entry.name) shows it")
    }
    try Console.result(
      reports.map { "\($0.path): \($0.state)" }.joined(separator: "\n"))
    let bad = reports.filter { $0.state != .ok && $0.state != .rightSize }
    if bad.count == reports.count, bad.allSatisfy({ $0.state == .missing }),
      let folder = try DataLibrary(directory: directory).presence(of: entry.name)?.folder
    {
      throw ZooError(
        .usage, "the set is read from files of other names, of which nothing is known",
        at: Text.printable(folder), advice: "zoo data preview \(entry.name) shows it")
    }
    guard bad.contains(where: { $0.state != .missing }) || bad.isEmpty else {
      throw ZooError(
        .data, "\(bad.count) of \(reports.count) files are missing", at: entry.name,
        advice: "zoo data fetch \(entry.name)")
    }
    guard bad.isEmpty else {
      throw ZooError(
        .data, "\(bad.count) of \(reports.count) files are not those that were published",
        at: entry.name, advice: "remove them and run zoo data fetch \(entry.name)")
    }
  }
}
