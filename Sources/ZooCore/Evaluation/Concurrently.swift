import Synchronization

/// Independent pieces of work on all threads of the current backend.
package enum Concurrently {
  /// The results in the order of the inputs; of several errors, that of the first input.
  ///
  /// The body must not compute with tensors, which have the same threads.
  package static func all<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], _ body: @escaping @Sendable (Input) throws(ZooError) -> Output
  ) throws(ZooError) -> [Output] {
    let results = Results<Output>()
    Backends.current.concurrently(inputs.count) { index in
      let result = Result { () throws(ZooError) in try body(inputs[index]) }
      results.byIndex.withLock { $0[index] = result }
    }
    var outputs: [Output] = []
    for index in inputs.indices {
      guard let result = results.byIndex.withLock({ $0[index] }) else {
        fatalError("work \(index) of \(inputs.count) was not done")
      }
      outputs.append(try result.get())
    }
    return outputs
  }

  private final class Results<Output: Sendable>: Sendable {
    let byIndex = Mutex<[Int: Result<Output, ZooError>]>([:])
  }
}
