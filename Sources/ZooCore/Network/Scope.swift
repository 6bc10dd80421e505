/// All parameters and buffers of one player, in the order they were made.
public final class ParameterStore {
  /// What the player's optimizer trains.
  public private(set) var parameters: [Parameter] = []
  /// What is kept beside training: batch norm's running statistics, vectors of spectral
  /// normalisation.
  public private(set) var buffers: [Parameter] = []
  /// Both, parameters first.
  public var all: [Parameter] { parameters + buffers }
  private var names: Set<String> = []

  /// An empty store.
  public init() {}

  /// The same as a file has them, with PyTorch's layouts.
  package var entries: [Safetensors.Entry] {
    all.map { parameter in
      let values = parameter.exported
      return .init(name: parameter.name, shape: values.shape, values: values.floats)
    }
  }

  func add(_ parameter: Parameter, trained: Bool) {
    require(
      names.insert(parameter.name).inserted, "two parameters are called \(parameter.name)")
    guard trained else { return buffers.append(parameter) }
    parameters.append(parameter)
    parameterCount += parameter.shape.elementCount
  }

  /// Whether nothing is in it.
  public var isEmpty: Bool { names.isEmpty }

  /// The number of trained values.
  public private(set) var parameterCount = 0
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
  /// How weights are made of parameters.
  let weightRule: WeightRule
  private let seed: UInt32
  private let player: String
  private let path: String

  /// The root of a player's network.
  public init(
    player: String, seed: UInt32, initialization: Initialization = .pytorch,
    weights: WeightTransform = .plain, type: ElementType = .float32,
    store: ParameterStore = ParameterStore()
  ) {
    self.init(
      store, initialization, WeightRule(transform: weights), type, seed, player, path: "")
  }

  private init(
    _ store: ParameterStore, _ initialization: Initialization, _ weightRule: WeightRule,
    _ type: ElementType, _ seed: UInt32, _ player: String, path: String
  ) {
    self.store = store
    self.initialization = initialization
    self.weightRule = weightRule
    self.type = type
    self.seed = seed
    self.player = player
    self.path = path
  }

  /// A place within this one.
  public static func / (scope: Scope, name: String) -> Scope {
    Scope(
      scope.store, scope.initialization, scope.weightRule, scope.type, scope.seed, scope.player,
      path: scope.path + name + ".")
  }

  /// The same place with another way to make weights.
  func making(_ rule: WeightRule) -> Scope {
    Scope(store, initialization, rule, type, seed, player, path: path)
  }

  // MARK: Registering

  /// Weights of a dense or convolutional layer, made of their parameter as the network says.
  ///
  /// - Parameter outputAxis: The axis that numbers outputs; the last when nil.
  public func weights(
    _ shape: Shape, fan: Fan, layout: Parameter.Layout, outputAxis: Int? = nil
  ) -> Weight {
    let rule = weightRule
    let axis = outputAxis ?? shape.count - 1
    let parameter = register("weight", layout, shape) { [initialization, type] in
      guard rule.transform != .equalized else {
        return $0.normal(shape, deviation: 1 / rule.rate, type: type)
      }
      let first = initialization.weights(shape, fan, outputAxis: axis, $0, type)
      return rule.gain == 1 ? first : first * rule.gain
    }
    switch rule.transform {
    case .plain: return Weight(parameter)
    case .equalized:
      return Weight(parameter, times: rule.rate * rule.gain / fan.input.squareRoot())
    case .spectralNorm:
      let outputs = shape[axis]
      let u = buffer("weight_u", shape: [outputs]) { [type] in
        SpectralNorm.start(outputs, $0, type)
      }
      let norm = SpectralNorm(u: u, outputAxis: axis)
      return Weight(parameter) { norm($0, $1) }
    }
  }

  /// The bias of a dense or convolutional layer; zero at first where weights are equalised.
  ///
  /// - Parameter start: Its first values, where they are not the initialisation's.
  public func bias(_ count: Int, fan: Fan, start: Double? = nil) -> Weight {
    let rule = weightRule
    let isEqualized = rule.transform == .equalized
    let parameter = register("bias", .plain, [count]) { [initialization, type] in
      guard let start = start ?? (isEqualized ? 0 : nil) else {
        return initialization.bias([count], fan, $0, type)
      }
      return Tensor(repeating: start / rule.rate, shape: [count], type: type)
    }
    return isEqualized && rule.rate != 1
      ? Weight(parameter, times: rule.rate) : Weight(parameter)
  }

  /// The scale of a normalisation.
  public func normScale(_ count: Int) -> Parameter {
    register("weight", .plain, [count]) { [initialization, type] in
      initialization.normScale([count], $0, type)
    }
  }

  /// A parameter with values of its own, drawn from the given stream or not.
  public func parameter(
    _ name: String, shape: Shape, layout: Parameter.Layout = .plain,
    _ values: @escaping (RandomStream) -> Tensor
  ) -> Parameter {
    register(name, layout, shape, values)
  }

  /// A tensor that is kept but not trained.
  ///
  /// - Parameter merging: What becomes of it where the shards of a batch move it.
  public func buffer(
    _ name: String, repeating value: Double, shape: Shape, merging: Parameter.Merging = .mean
  ) -> Parameter {
    register(name, .plain, shape, trained: false, merging: merging) { [type] _ in
      Tensor(repeating: value, shape: shape, type: type)
    }
  }

  /// A tensor that is kept but not trained, with values of its own, drawn from the given stream or
  /// not.
  public func buffer(
    _ name: String, shape: Shape, _ values: @escaping (RandomStream) -> Tensor
  ) -> Parameter {
    register(name, .plain, shape, trained: false, values)
  }

  private func register(
    _ name: String, _ layout: Parameter.Layout, _ shape: Shape, trained: Bool = true,
    merging: Parameter.Merging = .mean, _ values: @escaping (RandomStream) -> Tensor
  ) -> Parameter {
    // The name's hash numbers the stream (FNV-1a, 64 bits).
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(player)/\(path)\(name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let stream = RandomStream(
      seed: seed, purpose: .initialisation, step: Int(hash >> 32), substep: Int(hash & 0xffff_ffff))
    let parameter = Parameter(
      name: path + name, layout: layout, shape: shape, type: type, merging: merging
    ) {
      values(stream)
    }
    store.add(parameter, trained: trained)
    return parameter
  }
}
