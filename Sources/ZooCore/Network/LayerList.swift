/// The layers that every config can name; a new layer is one file and one line here, or in the
/// `layers` of the variant that needs it.
public enum LayerCatalogue {
  /// The specs, in the order of the documentation.
  public static let all: [any LayerSpec.Type] = [
    Dense.Spec.self, Conv2D.Spec.self, ConvTranspose2D.Spec.self, ModulatedConv2D.Spec.self,
    BatchNorm.Spec.self, ConditionalBatchNorm.Spec.self, InstanceNorm.Spec.self,
    AdaptiveInstanceNorm.Spec.self, LayerNorm.Spec.self, PixelNormSpec.self,
    MinibatchDeviation.Spec.self, Attention.Spec.self, Dropout.Spec.self, Bias.Spec.self,
    Noise.Spec.self, ReLUSpec.self, LeakyReLUSpec.self, TanhSpec.self, SigmoidSpec.self,
    MaxoutSpec.self, FlattenSpec.self, ReshapeSpec.self, CropSpec.self, MaxPoolSpec.self,
    AveragePoolSpec.self, UpsampleSpec.self, BlurSpec.self, ReflectPadSpec.self,
    ReplicatePadSpec.self, GlobalSumSpec.self, Constant.Spec.self, Residual.Spec.self,
    Skip.Spec.self, RepeatSpec.self, ConcatSpec.self, SumSpec.self, Pyramid.Spec.self,
    Funnel.Spec.self,
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
    let known = LayerCatalogue.all + reading.additions.compactMap { $0 as? any LayerSpec.Type }
    let members = json.object ?? []
    let candidates = json.string.map { [$0] } ?? members.map(\.key)
    guard let type = known.first(where: { candidates.contains($0.key) }) else {
      let names = known.map { $0.key }
      reading.report(
        json.origin, path, "expected a layer, found \(json.summary)",
        advice: candidates.lazy.compactMap { Suggestion.closest(to: $0, among: names) }.first.map {
          "did you mean \"\($0)\"?"
        }
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
  package var written: JSONValue {
    func write<Spec: LayerSpec>(_ spec: Spec) -> JSONValue {
      Spec.fields.isEmpty ? .string(Spec.key) : spec.written
    }
    return write(spec)
  }
}

extension LayerEntry {
  /// The same without what a layer says by itself, for people.
  var told: JSONValue {
    func told<Spec: LayerSpec>(_: Spec) -> JSONValue {
      guard let members = written.object, let standard = Spec().written.object else {
        return written
      }
      return .object(
        members.filter { member in
          member.key == Spec.key
            || !standard.contains { $0.key == member.key && $0.value == member.value }
        })
    }
    return told(spec)
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
        guard reading.nesting < deepestNesting else {
          return reading.report(
            json.origin, path, "layers lie within layers more than \(deepestNesting) deep",
            advice: "write a part that comes again as \"repeat\"")
        }
        reading.nesting += 1
        defer { reading.nesting -= 1 }
        value = elements.enumerated().compactMap {
          LayerEntry.read($1, reading, "\(path)[\($0)]")
        }
      }, write: { $0.isEmpty ? nil : .array($0.map(\.written)) })
  }
}

/// How deep lists of layers may lie within each other: a U-Net of 256 pixels takes eight, and each
/// takes stack to read and to build.
private let deepestNesting = 24

extension Codec where Value == [[LayerEntry]] {
  /// Two lists of layers or more, of which one may be empty.
  static var branches: Codec { branches(atLeast: 2) }

  /// So many lists of layers or more, which may be empty.
  static func branches(atLeast least: Int) -> Codec {
    let layers = Codec<[LayerEntry]>.layers
    return Codec(
      "a list of lists of layers",
      schema: [
        "type": "array", "minItems": .number(least),
        "items": ["type": "array", "items": .reference("layer")],
      ],
      read: { json, value, reading, path in
        guard let elements = json.array, elements.count >= least else {
          let found = json.array == nil ? json.summary : "\(json.array?.count ?? 0) of them"
          return reading.report(
            json, path,
            "expected \(least == 2 ? "two" : "\(least)") lists of layers or more, found \(found)")
        }
        value = elements.enumerated().map { index, element in
          var branch: [LayerEntry] = []
          if element.array?.isEmpty != true {
            layers.read(element, &branch, reading, "\(path)[\(index)]")
          }
          return branch
        }
      }, write: { .array($0.map { .array($0.map(\.written)) }) })
  }
}
