/// The checkpoints of a run: `checkpoints/step-001000/`, in order of steps.
public struct CheckpointFolder: Sendable {
  /// Where the folder is.
  public let path: String

  /// The checkpoints in `path`, which need not exist.
  public init(_ path: String) { self.path = path }

  private static let prefix = "step-"

  /// The name of a step's files, of one length for the first million.
  package static func name(of step: Int) -> String {
    let digits = String(step)
    return prefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The step of which a checkpoint or a picture has this name.
  static func step(of name: String) -> Int? {
    let stem = name.prefix { $0 != "." }
    guard stem.hasPrefix(prefix), let step = Int(stem.dropFirst(prefix.count)),
      stem == Self.name(of: step)
    else { return nil }
    return step
  }

  /// Where a step's checkpoint is.
  public func path(step: Int) -> String { Files.join(path, Self.name(of: step)) }

  /// The steps that have a checkpoint, ascending; order is by step, never by the files' times.
  public func steps() throws(ZooError) -> [Int] {
    guard Files.exists(path) else { return [] }
    return try Files.list(path).compactMap { name in
      name.contains(".") ? nil : Self.step(of: name)
    }.sorted()
  }

  /// The newest checkpoint that is as it was written, or nil when there is none.
  ///
  /// A process that trains may remove one while it is read; then there is a newer one.
  ///
  /// - Parameters:
  ///   - isWanted: Which steps count.
  ///   - warn: Is told of each newer one that is not, and why.
  /// - Throws: `ZooError` when the disk fails: that one cannot be read now says nothing about it.
  public func newest(
    where isWanted: (Int) -> Bool = { _ in true }, _ warn: (ZooError) -> Void
  ) throws(ZooError) -> Checkpoint? {
    var doubtful: Set<Int> = []
    var damaged: Set<Int> = []
    search: while true {
      for step in try steps().reversed() where isWanted(step) && !damaged.contains(step) {
        do throws(ZooError) {
          return try Checkpoint(reading: path(step: step))
        } catch {
          guard error.kind == .data else { throw error }
          // Removed, or written anew, in this very moment: only what fails twice is damaged.
          guard !doubtful.insert(step).inserted else { continue search }
          damaged.insert(step)
          warn(error)
        }
      }
      return nil
    }
  }

  /// The checkpoint of this path, which may be a link that moves on while it is read.
  static func checkpoint(at path: String) throws(ZooError) -> Checkpoint {
    while true {
      let target = Files.target(ofLink: path)
      let folder = Files.split(path).directory
      do throws(ZooError) {
        return try Checkpoint(
          reading: target.map { $0.hasPrefix("/") ? $0 : Files.join(folder, $0) } ?? path)
      } catch {
        guard error.kind == .data, target != Files.target(ofLink: path) else { throw error }
      }
    }
  }

  /// The link to the best checkpoint.
  public var best: String { Files.join(path, "best") }

  /// The step that `best` points to; nil while there is none.
  package var bestStep: Int? {
    Files.target(ofLink: best).flatMap(Self.step)
  }

  /// Points `best` at a step's checkpoint, or, when nil, takes the link away.
  func setBest(_ step: Int?) throws(ZooError) {
    if let step {
      try Files.link(best, to: Self.name(of: step))
      try Files.synchronize(directory: path)
    } else if (try? Files.list(path).contains(Files.split(best).name)) == true {
      try Files.remove(best)
    }
  }

  /// Writes a checkpoint, then removes those that are not to stay.
  ///
  /// - Parameters:
  ///   - best: The step that `best` is to lead to; its checkpoint stays.
  ///   - keepLast: How many of the last ones stay.
  ///   - keepEvery: Steps that are multiples of this stay too.
  public func write(
    _ checkpoint: Checkpoint, best: Int? = nil, keepLast: Int, keepEvery: Int?
  ) throws(ZooError) {
    let target = path(step: checkpoint.step)
    if Files.exists(target) { try Files.discard(target) }
    try checkpoint.write(to: target)
    if best == checkpoint.step { try setBest(best) }
    for step in try steps().dropLast(keepLast) {
      if let keepEvery, step % keepEvery == 0 { continue }
      if step == best { continue }
      try Files.discard(path(step: step))
    }
  }

  /// Takes away what is later than `step`, and what killed writes have left.
  func removeAll(after step: Int) throws(ZooError) {
    guard Files.exists(path) else { return }
    try Files.removeLeftovers(in: path)
    for later in try steps() where later > step { try Files.discard(path(step: later)) }
  }
}
