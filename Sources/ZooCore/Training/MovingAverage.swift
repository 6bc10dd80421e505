/// An exponential moving average of a player's parameters.
///
/// It often samples better than the last values. Source: Yazıcı et al. 2019, arXiv:1806.04498.
public final class MovingAverage {
  /// The averages, in the store's order.
  public private(set) var values: [Tensor]
  private let store: ParameterStore

  /// An average that begins at the present values.
  public init(of store: ParameterStore) {
    self.store = store
    values = store.parameters.map { $0.value.detached() }
  }

  /// Takes in the present values; of the old average the share `decay` stays.
  public func update(decay: Double) {
    withoutDerivatives {
      values = zip(values, store.parameters).map { average, parameter in
        average + (parameter.value - average) * (1 - decay)
      }
    }
  }

  /// Runs `body` with the averages in place of the parameters.
  public func whileInUse<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let present = store.parameters.map(\.value)
    for (parameter, average) in zip(store.parameters, values) { parameter.assign(average) }
    defer { for (parameter, value) in zip(store.parameters, present) { parameter.assign(value) } }
    return try body()
  }

  /// Puts back averages in the store's order.
  func restore(_ values: [Tensor]) {
    require(
      values.map(\.shape) == self.values.map(\.shape), "averages of another network")
    self.values = values
  }
}
