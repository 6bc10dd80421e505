/// A config as a page shows it: blocks of keys and values, some of them marked.
enum ConfigListing {
  /// The members of a config.
  ///
  /// - Parameter changed: Dotted paths of values that differ from the variant's defaults, such as
  ///   `training.steps`; all that is below a path is marked with it.
  static func html(_ config: JSONValue, changed: Set<String>) -> HTML {
    let blocks = (config.object ?? []).map {
      entry($0.key, $0.value, path: $0.key, changed: changed)
    }
    return #"<div class="mono">\#(blocks)</div>"#
  }

  /// The values with their dotted paths, in the order of the file.
  static func flattened(_ json: JSONValue, path: String = "") -> [(path: String, value: String)] {
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    if let members = json.object, !members.isEmpty {
      return members.flatMap { flattened($0.value, path: below($0.key)) }
    }
    if let elements = json.array, isList(json) {
      return elements.enumerated().map { (below("\($0.offset)"), text($0.element)) }
    }
    return [(path, text(json))]
  }

  private static func entry(
    _ key: String, _ value: JSONValue, path: String, changed: Set<String>
  ) -> HTML {
    let inner: [HTML]
    if let members = value.object, !members.isEmpty {
      inner = members.map {
        entry($0.key, $0.value, path: "\(path).\($0.key)", changed: changed)
      }
    } else if let elements = value.array, isList(value) {
      inner = elements.enumerated().map {
        row("\($0.offset)", $0.element, isChanged(path: "\(path).\($0.offset)", changed))
      }
    } else {
      return row(key, value, isChanged(path: path, changed))
    }
    return """
      <div class="block"><span class="key">\(key)</span><div class="inner">\(inner)</div></div>
      """
  }

  private static func row(_ key: String, _ value: JSONValue, _ isChanged: Bool) -> HTML {
    let style: HTML = isChanged ? "row changed" : "row"
    return """
      <div class="\(style)"><span class="key">\(key)</span><span class="value">\(text(value))</span>\
      </div>
      """
  }

  private static func isChanged(path: String, _ changed: Set<String>) -> Bool {
    var parts = path.split(separator: ".")
    while !parts.isEmpty {
      if changed.contains(parts.joined(separator: ".")) { return true }
      parts.removeLast()
    }
    return false
  }

  /// Whether an array holds more than numbers, such as the layers of a network.
  private static func isList(_ json: JSONValue) -> Bool {
    json.array?.contains { $0.double == nil } ?? false
  }

  /// A value for people: names without quotes, a layer's settings without braces.
  private static func text(_ json: JSONValue) -> String {
    if let name = json.string { return name }
    if let members = json.object, !members.isEmpty {
      return members.map { "\($0.key) \($0.value.string ?? $0.value.compact())" }
        .joined(separator: ", ")
    }
    return json.compact()
  }
}
