/// All layers that a config can name; a new layer is one file and one line here.
public enum LayerCatalogue {
  /// The specs, in the order of the documentation.
  public static let all: [any LayerSpec.Type] = [
    Dense.Spec.self, Conv2D.Spec.self, ConvTranspose2D.Spec.self, BatchNorm.Spec.self,
    LayerNorm.Spec.self, Dropout.Spec.self, ReLUSpec.self, LeakyReLUSpec.self, TanhSpec.self,
    SigmoidSpec.self, MaxoutSpec.self, FlattenSpec.self, ReshapeSpec.self, CropSpec.self,
    MaxPoolSpec.self, AveragePoolSpec.self, UpsampleSpec.self,
  ]
}

/// One layer of a list, with the place in the config where it stands.
public struct LayerEntry: Sendable {
  /// What the layer says.
  public let spec: any LayerSpec
  /// Where it stands.
  let origin: JSONValue.Origin

  /// A layer given by the program.
  public init(_ spec: any LayerSpec) {
    self.init(spec, origin: .none)
  }

  init(_ spec: any LayerSpec, origin: JSONValue.Origin) {
    self.spec = spec
    self.origin = origin
  }

  /// A layer written as in a config; `nil` when it is not one.
  ///
  /// - Parameter json: For instance `"relu"` or `{ "dense": 128 }`.
  static func read(_ json: JSONValue, _ reading: ConfigReading, _ path: String) -> LayerEntry? {
    let names = LayerCatalogue.all.map { $0.key }
    let members = json.object ?? []
    let candidates = json.string.map { [$0] } ?? members.map(\.key)
    guard let type = LayerCatalogue.all.first(where: { candidates.contains($0.key) }) else {
      let suggestion = candidates.lazy.compactMap { Suggestion.closest(to: $0, among: names) }.first
      reading.report(
        json.origin, path, "expected a layer, found \(json.summary)",
        advice: suggestion.map { "did you mean \"\($0)\"?" }
          ?? "layers: \(names.joined(separator: ", "))")
      return nil
    }
    return read(type, members, json, reading, path)
  }

  /// The layers of a JSON text.
  package static func list(parsing text: String) throws(ZooError) -> [LayerEntry] {
    let document = try JSONDocument(parsing: text, name: "layers")
    let reading = ConfigReading(document)
    var layers: [LayerEntry] = []
    Codec<[LayerEntry]>.layers.read(document.root, &layers, reading, "layers")
    try reading.finish()
    return layers
  }

  private static func read<Spec: LayerSpec>(
    _: Spec.Type, _ members: [JSONValue.Member], _ json: JSONValue, _ reading: ConfigReading,
    _ path: String
  ) -> LayerEntry? {
    var spec = Spec()
    if json.object != nil && Spec.fields.isEmpty {
      reading.report(json, path, "\"\(Spec.key)\" has no settings; write it as \"\(Spec.key)\"")
      return nil
    }
    spec.read(members, at: json, reading, path)
    return LayerEntry(spec, origin: json.origin)
  }

  /// The layer as a config shows it.
  var written: JSONValue {
    func write<Spec: LayerSpec>(_ spec: Spec) -> JSONValue {
      Spec.fields.isEmpty ? .string(Spec.key) : spec.written
    }
    return write(spec)
  }
}

extension Codec where Value == [LayerEntry] {
  /// A list of layers.
  static var layers: Codec {
    Codec(
      "a list of layers",
      schema: ["type": "array", "minItems": 1, "items": .reference("layer")],
      read: { json, value, reading, path in
        guard let elements = json.array, !elements.isEmpty else {
          let found = json.array == nil ? json.summary : "an empty list"
          return reading.report(json, path, "expected a list of layers, found \(found)")
        }
        value = elements.enumerated().compactMap {
          LayerEntry.read($1, reading, "\(path)[\($0)]")
        }
      }, write: { $0.isEmpty ? nil : .array($0.map(\.written)) })
  }
}
