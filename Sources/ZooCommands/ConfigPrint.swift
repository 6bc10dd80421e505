import ZooCore

/// `zoo run --print-config`: every value that holds, and who said so.
enum ConfigPrint {
  static func show(_ recipe: Recipe, json: Bool) throws(ZooError) {
    try Console.result(json ? object(recipe).pretty() : table(recipe))
  }

  private static func object(_ recipe: Recipe) -> JSONValue {
    .object([
      .init("schema_version", 1), .init("config", recipe.written),
      .init("origins", .object(recipe.settings.map { .init($0.path, .string($0.origin)) })),
    ])
  }

  private static func table(_ recipe: Recipe) -> String {
    let rows = recipe.settings.map { ($0.path, $0.value.compact(), $0.origin) }
    let width = rows.map(\.1.count).max() ?? 0
    return HelpCommand.table(
      rows.map { path, value, origin in
        (path, value + String(repeating: " ", count: width - value.count + 2) + origin)
      })
  }
}
