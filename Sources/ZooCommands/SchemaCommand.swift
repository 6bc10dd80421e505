import ZooCore

/// `zoo schema`.
enum SchemaCommand: Command {
  static let name = "schema"
  static let operands = ""
  static let summary = "Prints the JSON Schema of configs, from which editors complete keys"
  static let options = [
    Option("--out", "FILE", "The file, - for standard output, which is the default. Also -o.")
  ]
  static let examples = ["zoo schema", "zoo schema -o Configs/schema.json"]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    try arguments.none(name)
    let text = ConfigSchema.schema(for: program.registry).pretty()
    guard let path = arguments.value("--out"), path != "-" else { return try Console.result(text) }
    try Output(path, flag: "--out").deliver(Array((text + "\n").utf8))
    try Console.result(path)
  }
}
