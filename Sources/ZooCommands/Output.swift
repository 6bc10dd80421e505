import ZooCore

/// Where a result goes: to a file, or, for `-`, to standard output.
///
/// One rule for all commands, which `zoo help outputs` tells: what a person has named is replaced, and
/// that is said; what merely has the name that a command would choose is somebody's, and stays.
struct Output {
  /// The path, or `-`.
  let path: String
  private let place: Place

  private enum Place {
    case standardOutput
    case named(OutputFile)
    /// A file of the program's own, in a run's folder.
    case own
  }

  /// The place that a flag names.
  ///
  /// Make it before the work: what is wrong with it is known then.
  init(_ path: String, flag: String) throws(ZooError) {
    self.path = path
    guard path == "-" else {
      place = .named(try OutputFile(path))
      return
    }
    guard !Console.outputIsTerminal else {
      throw ZooError(
        .usage, "a terminal is no place for a file's bytes", at: "\(flag) -",
        advice: "redirect them: … \(flag) - > FILE")
    }
    place = .standardOutput
  }

  /// What `--out` names, else a file of this name, which must not be there yet.
  init(_ arguments: Arguments, standard name: String) throws(ZooError) {
    if let path = arguments.value("--out") {
      try self.init(path, flag: "--out")
      return
    }
    guard !Files.isTaken(name) else {
      throw ZooError(
        .usage, "the file exists already", at: name,
        advice: "-o \(name) replaces it, any other name keeps it")
    }
    try self.init(name, flag: "--out")
  }

  /// What `--out` names, else a file of the program's own, which is written anew each time.
  init(_ arguments: Arguments, own path: String) throws(ZooError) {
    if let path = arguments.value("--out") {
      try self.init(path, flag: "--out")
    } else {
      self.init(own: path)
    }
  }

  private init(own path: String) { (self.path, place) = (path, .own) }

  /// Whether the bytes leave no room for words on standard output.
  var isStandardOutput: Bool { path == "-" }

  /// Writes the result, and says so if something gave way to it.
  func deliver(_ bytes: [UInt8], quiet: Bool = false) throws(ZooError) {
    switch place {
    case .standardOutput: try Console.deliver(bytes)
    case .own: try Files.write(bytes, to: path)
    case .named(let file):
      try file.write(bytes)
      if !quiet { Self.tellReplaced(file) }
    }
  }

  /// Says that something gave way.
  static func tellReplaced(_ file: OutputFile) {
    if file.replaces { Console.say("note: replaced \(Text.printable(file.path))") }
  }
}
