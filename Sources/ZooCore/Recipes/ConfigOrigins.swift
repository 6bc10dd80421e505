extension Recipe {
  /// One value of a config that holds, and who said so.
  public struct Setting: Sendable {
    /// The keys that lead to it: `training.batch`.
    public let path: String
    /// The value.
    public let value: JSONValue
    /// A flag, a place in the file, or the variant's default.
    public let origin: String
  }

  /// All values that hold, networks as they were given.
  public var settings: [Setting] {
    var found: [Setting] = []
    collect(written, [], &found)
    return found
  }

  /// The config with every value that holds, networks as they were given.
  public var written: JSONValue { written(config) }

  /// A config with the variant's name and options, as JSON.
  func written(_ config: RunConfig) -> JSONValue {
    var full = config
    full.variant = card.name
    var members = full.written.object ?? []
    if !roles.contains(.discriminator) { members.removeAll { $0.key == "discriminator" } }
    let place = members.firstIndex { $0.key == "training" } ?? members.endIndex
    members.insert(.init("objective", writtenOptions), at: place)
    // Left out, it would be the variant's own.
    if isConditionalByDefault, config.conditioning == nil {
      members.insert(.init("conditioning", nil), at: place)
    }
    return .object(members)
  }

  private func collect(_ value: JSONValue, _ path: [String], _ found: inout [Setting]) {
    if let members = value.object {
      for member in members { collect(member.value, path + [member.key], &found) }
    } else if let elements = value.array, path.last == "layers" {
      for (index, element) in elements.enumerated() {
        collect(element, path + ["\(index)"], &found)
      }
    } else {
      let name = path.joined(separator: ".")
      found.append(Setting(path: name, value: value, origin: origin(of: path)))
    }
  }

  private func origin(of path: [String]) -> String {
    if let place = said(path) { return place }
    // A player's optimizer starts from the common one.
    if path.count > 2, ["generatorOptimizer", "discriminatorOptimizer"].contains(path[1]),
      let place = said([path[0], "optimizer"] + path[2...])
    {
      return place
    }
    return "default of \(card.name)"
  }

  /// Where the file or the command line says it; a value that stands for a whole group says all.
  private func said(_ path: [String]) -> String? {
    var value = given
    for key in path {
      if value.object != nil {
        guard let inner = value[key] else { return nil }
        value = inner
      } else if let elements = value.array, let index = Int(key), elements.indices ~= index {
        value = elements[index]
      }
    }
    switch value.origin {
    case .file(let line, let column): return "\(Text.printable(document.name)):\(line):\(column)"
    case .flag(let flag): return Text.printable(flag)
    case .none: return nil
    }
  }
}
