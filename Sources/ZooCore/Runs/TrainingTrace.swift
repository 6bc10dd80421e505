/// All that a twin implementation needs to replay the first steps of a run.
///
/// Images are `[N, C, H, W]` and parameters have PyTorch's layouts and names; see
/// Documentation/parity.md for the names of the tensors.
public struct TrainingTrace {
  private var entries: [Safetensors.Entry] = []
  private var players: [String] = []
  private var seen: Set<String> = []

  /// Runs `steps` steps and remembers what happens.
  public static func record(
    _ trainer: Trainer, steps: Int, config: JSONValue
  ) throws(ZooError) -> Safetensors {
    guard trainer.settings.shards == 1 else {
      throw ZooError(
        .usage, "a trace follows one pass of each update, here are \(trainer.settings.shards)",
        at: "training.shards", advice: "add --set training.shards=1")
    }
    let trace = Box()
    trace.value.add(trainer.contest, "initial")
    trainer.observer = { trace.value.add($0, trainer.contest) }
    defer { trainer.observer = nil }
    for _ in 0..<steps { _ = try trainer.runStep() }
    trace.value.add(trainer.contest, "final")
    return Safetensors(
      trace.value.entries,
      metadata: [
        "config": config.compact(), "players": trace.value.players.joined(separator: " "),
        "seed": "\(trainer.settings.seed)", "steps": "\(steps)",
      ])
  }

  // The trainer's observer and this function share the trace.
  private final class Box { var value = TrainingTrace() }

  private mutating func add(_ contest: Contest, _ when: String) {
    for (player, store) in contest.stores {
      for parameter in store.all {
        add(parameter.exported, "\(when).\(player).\(parameter.name)")
      }
    }
  }

  private mutating func add(_ update: Update, _ contest: Contest) {
    let prefix = "update.\(players.count)"
    let player = update.player.rawValue
    players.append(player)
    add(Self.channelsFirst(update.real.samples), "\(prefix).real")
    if let source = update.real.condition.source {
      add(Self.channelsFirst(source), "\(prefix).source")
    }
    if let labels = update.input?.labels ?? update.real.labels {
      add(Tensor(labels.map(Double.init), shape: [labels.count]), "\(prefix).labels")
    }
    // Fakes may be of other classes than the real batch.
    if let labels = update.real.labels {
      add(Tensor(labels.map(Double.init), shape: [labels.count]), "\(prefix).realLabels")
    }
    if let latents = update.input?.latents { add(latents, "\(prefix).latents.0") }
    var counts: [RandomPurpose: Int] = [:]
    // Latent codes may be drawn part by part: they are there as a whole.
    for (purpose, values) in update.draws where purpose != .latents {
      let number = counts[purpose, default: 0]
      counts[purpose] = number + 1
      add(values, "\(prefix).\(purpose).\(number)")
    }
    add(update.loss.total.detached(), "\(prefix).loss")
    for (name, value) in update.loss.terms { add(value, "\(prefix).term.\(name)") }
    guard seen.insert(player).inserted else { return }
    let store = contest.store(of: update.player)
    for (parameter, gradient) in zip(store.parameters, update.gradients) {
      guard let gradient else { continue }
      add(parameter.exported(gradient), "gradient.\(player).\(parameter.name)")
    }
  }

  private mutating func add(_ tensor: Tensor, _ name: String) {
    entries.append(.init(name: name, shape: tensor.shape, values: tensor.floats))
  }

  private static func channelsFirst(_ samples: Tensor) -> Tensor {
    samples.shape.count == 4 ? samples.detached().transposed([0, 3, 1, 2]) : samples
  }
}
