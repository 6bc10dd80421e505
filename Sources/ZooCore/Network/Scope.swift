/// All parameters and buffers of one player, in the order they were made.
public final class ParameterStore {
  /// What the player's optimizer trains.
  public private(set) var parameters: [Parameter] = []
  /// What is kept beside training: batch norm's running statistics.
  public private(set) var buffers: [Parameter] = []
  private var names: Set<String> = []

  /// An empty store.
  public init() {}

  func add(_ parameter: Parameter, trained: Bool) {
    require(
      names.insert(parameter.name).inserted, "two parameters are called \(parameter.name)")
    if trained { parameters.append(parameter) } else { buffers.append(parameter) }
  }

  /// Whether nothing is in it.
  public var isEmpty: Bool { names.isEmpty }

  /// The number of trained values.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }
}

/// A place in a network: names, initialises and registers what a layer owns.
///
/// `Dense(scope / "fc1", …)` registers `fc1.weight` and `fc1.bias`. The first values are a pure
/// function of seed, player and name, so that adding a layer leaves the others as they were.
public struct Scope {
  /// Where parameters go.
  public let store: ParameterStore
  /// How parameters start.
  public let initialization: Initialization
  /// The element type of parameters.
  public let type: ElementType
  private let seed: UInt32
  private let player: String
  private let path: String

  /// The root of a player's network.
  public init(
    player: String, seed: UInt32, initialization: Initialization = .pytorch,
    type: ElementType = .float32, store: ParameterStore = ParameterStore()
  ) {
    self.init(store, initialization, type, seed, player, path: "")
  }

  private init(
    _ store: ParameterStore, _ initialization: Initialization, _ type: ElementType,
    _ seed: UInt32, _ player: String, path: String
  ) {
    self.store = store
    self.initialization = initialization
    self.type = type
    self.seed = seed
    self.player = player
    self.path = path
  }

  /// A place within this one.
  public static func / (scope: Scope, name: String) -> Scope {
    Scope(
      scope.store, scope.initialization, scope.type, scope.seed, scope.player,
      path: scope.path + name + ".")
  }

  // MARK: Registering

  /// Weights of a dense or convolutional layer.
  public func weights(_ shape: Shape, fan: Fan, layout: Parameter.Layout) -> Parameter {
    register("weight", layout, shape) { [initialization, type] in
      initialization.weights(shape, fan, $0, type)
    }
  }

  /// The bias of a dense or convolutional layer.
  public func bias(_ count: Int, fan: Fan) -> Parameter {
    register("bias", .plain, [count]) { [initialization, type] in
      initialization.bias([count], fan, $0, type)
    }
  }

  /// The scale of a normalisation.
  public func normScale(_ count: Int) -> Parameter {
    register("weight", .plain, [count]) { [initialization, type] in
      initialization.normScale([count], $0, type)
    }
  }

  /// A parameter with values of its own, drawn from the given stream or not.
  public func parameter(
    _ name: String, shape: Shape, _ values: @escaping (RandomStream) -> Tensor
  ) -> Parameter {
    register(name, .plain, shape, values)
  }

  /// A tensor that is kept but not trained.
  public func buffer(_ name: String, repeating value: Double, shape: Shape) -> Parameter {
    let buffer = Parameter(name: path + name, layout: .plain, shape: shape, type: type) { [type] in
      Tensor(repeating: value, shape: shape, type: type)
    }
    store.add(buffer, trained: false)
    return buffer
  }

  private func register(
    _ name: String, _ layout: Parameter.Layout, _ shape: Shape,
    _ values: @escaping (RandomStream) -> Tensor
  ) -> Parameter {
    // The name's hash numbers the stream (FNV-1a, 64 bits).
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(player)/\(path)\(name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let stream = RandomStream(
      seed: seed, purpose: .initialisation, step: Int(hash >> 32), substep: Int(hash & 0xffff_ffff))
    let parameter = Parameter(name: path + name, layout: layout, shape: shape, type: type) {
      values(stream)
    }
    store.add(parameter, trained: true)
    return parameter
  }
}
