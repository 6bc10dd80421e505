import Foundation
import Testing
import Variants
import ZooCore

/// `Configs/schema.json`: what the program generates, and true of every config.
@Suite struct SchemaTests {
  static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Configs")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: configs.path)) ?? [])
    .filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
  private static let schema = ConfigSchema.schema(for: builtIn)

  @Test func theFileIsWhatTheProgramWrites() throws {
    let file = try String(contentsOf: Self.configs.appending(path: "schema.json"), encoding: .utf8)
    #expect(
      file == Self.schema.pretty() + "\n", "zoo schema -o Configs/schema.json writes it again")
  }

  @Test(arguments: names)
  func everyConfigFits(_ name: String) throws {
    let bytes = try Files.read(Self.configs.appending(path: name).path)
    let root = try JSONDocument(parsing: bytes, name: name).root
    #expect(root.object?.first == .init("$schema", "schema.json"))
    #expect(faults(of: root) == [])
    // What a run leaves as its config fits too.
    let recipe = try Recipe(parsing: bytes, file: name, registry: builtIn)
    #expect(faults(of: recipe.written) == [])
  }

  /// What the reader of configs refuses key by key, the schema refuses as well.
  @Test(arguments: [
    #"{ "data": {} }"#, #"{ "variant": "wgan-pg" }"#, #"{ "variant": "gan", "trainig": {} }"#,
    #"{ "variant": "gan", "training": { "batch": 0 } }"#,
    #"{ "variant": "gan", "training": { "batch": 12.5 } }"#,
    #"{ "variant": "gan", "training": { "optimizer": { "adma": {} } } }"#,
    #"{ "variant": "gan", "training": { "optimizer": { "adam": {}, "sgd": {} } } }"#,
    #"{ "variant": "gan", "objective": { "gradientPenalty": 1 } }"#,
    #"{ "variant": "gan", "generator": { "layers": [{ "dens": 4 }] } }"#,
    #"{ "variant": "gan", "generator": { "layers": ["dense"] } }"#,
    #"{ "variant": "gan", "generator": { "layers": [] } }"#,
    #"{ "variant": "gan", "generator": { "layers": [{ "relu": 5 }] } }"#,
    #"{ "variant": "gan", "generator": "gann" }"#,
    #"{ "variant": "gan", "generator": { "width": 7, "layers": ["flatten"] } }"#,
    #"{ "variant": "gan", "data": { "range": [1] } }"#,
    #"{ "variant": "gan", "data": { "crop": "round" } }"#,
    #"{ "variant": "gan", "conditioning": "concat" }"#, "[1, 2]",
  ])
  func wrongConfigsDoNotFit(_ text: String) throws {
    #expect(!faults(of: try JSONDocument(parsing: text, name: "c").root).isEmpty)
  }

  @Test(arguments: [
    #"{ "variant": "wgan-gp", "objective": { "gradientPenalty": 1 } }"#,
    #"{ "variant": "gan", "generator": "dcgan", "conditioning": { "embedding": 3 } }"#,
    #"{ "variant": "gan", "generator": { "layers": ["relu", { "conv": 3, "padding": [1, 1, 0, 0], "kernel": [3, 5] }, { "batchNorm": 1e-3 }] } }"#,
    #"{ "variant": "gan", "training": { "generatorOptimizer": { "sgd": { "momentum": 0 } } } }"#,
  ])
  func rightConfigsFit(_ text: String) throws {
    #expect(faults(of: try JSONDocument(parsing: text, name: "c").root) == [])
  }

  private func faults(of value: JSONValue) -> [String] { Validator(Self.schema).faults(value) }
}

/// As much of JSON Schema as the schema of configs uses; any other keyword is a fault.
private struct Validator {
  private let definitions: JSONValue
  private let root: JSONValue

  init(_ schema: JSONValue) {
    root = schema
    definitions = schema["$defs"] ?? [:]
  }

  func faults(_ value: JSONValue) -> [String] { faults(value, root, at: "") }

  private func fits(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    faults(value, schema, at: "").isEmpty
  }

  private func faults(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
    if let flag = schema.bool { return flag ? [] : ["\(path) is not allowed"] }
    return (schema.object ?? []).flatMap { keyword in
      faults(value, keyword.key, keyword.value, schema, at: path)
    }
  }

  private func faults(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue, at path: String
  ) -> [String] {
    func require(_ fits: Bool) -> [String] { fits ? [] : ["\(path): \(keyword) \(rule)"] }
    switch keyword {
    case "$schema", "$defs", "title", "description", "default", "then": return []
    case "$ref":
      let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
      return definitions[name].map { faults(value, $0, at: path) } ?? ["no definition \(name)"]
    case "type":
      switch rule.string {
      case "object": return require(value.object != nil)
      case "array": return require(value.array != nil)
      case "string": return require(value.string != nil)
      case "boolean": return require(value.bool != nil)
      case "integer": return require(value.int != nil)
      case "number": return require(value.double != nil)
      default: return ["unknown type \(rule)"]
      }
    case "const": return require(value == rule)
    case "enum": return require(rule.array?.contains(value) == true)
    case "minimum": return require(value.double.map { $0 >= rule.double ?? .nan } ?? true)
    case "maximum": return require(value.double.map { $0 <= rule.double ?? .nan } ?? true)
    case "minItems": return require(value.array.map { $0.count >= rule.int ?? .max } ?? true)
    case "maxItems": return require(value.array.map { $0.count <= rule.int ?? -1 } ?? true)
    case "minProperties": return require(value.object.map { $0.count >= rule.int ?? .max } ?? true)
    case "maxProperties": return require(value.object.map { $0.count <= rule.int ?? -1 } ?? true)
    case "items":
      return (value.array ?? []).enumerated().flatMap { faults($1, rule, at: "\(path)[\($0)]") }
    case "properties":
      return (value.object ?? []).flatMap { member in
        rule[member.key].map { faults(member.value, $0, at: "\(path).\(member.key)") } ?? []
      }
    case "additionalProperties":
      let known = schema["properties"]?.object?.map(\.key) ?? []
      let others = (value.object ?? []).filter { !known.contains($0.key) }
      // A schema that they must fit, or none may be there.
      return rule.object == nil
        ? others.map { "\(path).\($0.key) is unknown" }
        : others.flatMap { faults($0.value, rule, at: "\(path).\($0.key)") }
    case "required":
      return (rule.array ?? []).compactMap(\.string)
        .filter { value.object != nil && value[$0] == nil }.map { "\(path).\($0) is missing" }
    case "anyOf": return require((rule.array ?? []).contains { fits(value, $0) })
    case "oneOf": return require((rule.array ?? []).count { fits(value, $0) } == 1)
    case "allOf": return (rule.array ?? []).flatMap { faults(value, $0, at: path) }
    case "not": return require(!fits(value, rule))
    case "if": return fits(value, rule) ? faults(value, schema["then"] ?? true, at: path) : []
    default: return ["unknown keyword \(keyword)"]
    }
  }
}
