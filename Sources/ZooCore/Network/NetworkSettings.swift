/// A network: a named architecture, or a list of layers.
public struct NetworkSettings: ConfigBlock {
  /// An architecture that fits any image size; ignored when `layers` are given.
  public var architecture = ""
  /// The architecture's base width; nil for its own.
  public var width: Int?
  /// The layers, first to last; empty for a named architecture.
  public var layers: [LayerEntry] = []
  /// How parameters start.
  public var initialization = Initialization.pytorch
  /// How weights are made of parameters.
  public var weights = WeightTransform.plain

  public init() {}

  /// Puts layers in place of an architecture.
  mutating func write(_ layers: [LayerEntry]) {
    (self.layers, architecture, width) = (layers, "", nil)
  }

  /// A named architecture.
  public init(_ architecture: String, width: Int? = nil, initialization: Initialization) {
    self.architecture = architecture
    self.width = width
    self.initialization = initialization
  }

  public static var fields: [Field<NetworkSettings>] {
    [
      Field(
        "architecture", \.architecture,
        .text("the name of an architecture", schema: .reference("architecture")),
        "A network that fits any image size."),
      .optionalInteger("width", \.width, in: 1...8192, "The architecture's base width."),
      Field(
        "layers", \.layers, .layers, "The layers, first to last, instead of an architecture."),
      .choice("initialization", \.initialization, "How parameters start."),
      .choice("weights", \.weights, "How weights are made of parameters."),
    ]
  }
}

/// Settings that hold a network, which a config may also give by its architecture's name alone.
protocol NetworkHolder: ConfigBlock {
  var network: NetworkSettings { get set }
}

extension NetworkSettings: NetworkHolder {
  var network: NetworkSettings {
    get { self }
    set { self = newValue }
  }
}

extension Codec where Value: NetworkHolder {
  /// The name of an architecture, or an object.
  static var network: Codec {
    Codec(
      "the name of an architecture, or an object",
      schema: ["anyOf": [.reference("architecture"), Value.networkSchema]],
      read: { json, value, reading, path in
        if let name = json.string {
          value.network.architecture = name
          value.network.layers = []
          return
        }
        // A network is an architecture with a width, or layers: what is given replaces the other.
        let named = json.object?.first { $0.key == "architecture" || $0.key == "width" }
        if json["layers"] == nil {
          if named != nil { value.network.layers = [] }
        } else {
          if let named {
            reading.report(
              named.keyOrigin, "\(path).\(named.key)", "\"layers\" are given too",
              advice: "keep one of the two")
          }
          (value.network.architecture, value.network.width) = ("", nil)
        }
        Codec<Value>.block.read(json, &value, reading, path)
      }, write: { $0.written })
  }
}

extension NetworkHolder {
  /// An object that holds layers, or an architecture and its width, not both.
  static var networkSchema: JSONValue {
    let both = ["architecture", "width"].map {
      JSONValue.object([.init("required", ["layers", .string($0)])])
    }
    return .object((schema().object ?? []) + [.init("not", ["anyOf": .array(both)])])
  }
}
