/// What the first rank of a team lets the others know before they build the same: config and data.
package enum TeamBriefing {
  /// Tells the others what is trained.
  ///
  /// - Parameter data: The settings by which the dataset is found where nothing serves in its place.
  /// - Throws: `.usage` where the recipe's shards are too few, `.data` where a rank has other data.
  package static func tell(
    _ recipe: Recipe, _ data: DataSettings, _ dataset: any Dataset, _ messenger: any Messenger
  ) throws(ZooError) {
    try check(recipe, ranks: messenger.size)
    // What is wrong with it is told by one.
    _ = try recipe.plan(for: dataset)
    let members = (recipe.given.object ?? []).filter { $0.key != "data" }
    let config = JSONValue.object(members + [.init("data", data.written)])
    let word: JSONValue = ["name": .string(recipe.name), "config": .string(config.compact())]
    _ = try messenger.tell(TeamOrder.begin.word(word))
    try compare(dataset.digest, of: dataset.name, messenger)
  }

  /// Makes sure that all ranks have the same data.
  ///
  /// - Parameters:
  ///   - digest: What tells this rank's data from any other.
  ///   - name: What errors call the data.
  package static func compare(
    _ digest: String, of name: String, _ messenger: any Messenger
  ) throws(ZooError) {
    let digests = try messenger.tell(Array(digest.utf8)).map { String(decoding: $0, as: UTF8.self) }
    // It is told by the first, who is heard.
    guard messenger.rank == 0, let rank = digests.firstIndex(where: { $0 != digest }) else {
      return
    }
    throw ZooError(
      .data,
      "\(messenger.name(of: rank)) has other data than \(messenger.name(of: 0)): their digest is "
        + "\(digests[rank].prefix(12))…, not \(digest.prefix(12))…",
      at: name, advice: "put the same files on all machines")
  }

  /// Waits for what the first rank tells; nil where there is nothing to do.
  package static func hear(
    _ messenger: any Messenger, _ registry: Registry
  ) throws(ZooError) -> Recipe? {
    let (order, more) = try TeamOrder.read(messenger.tell([])[0])
    guard order == .begin else { return nil }
    let word = try JSONDocument(parsing: more, name: "the first rank's word").root
    guard let name = word["name"]?.string, let config = word["config"]?.string else {
      throw ZooError(.failure, "the first rank said what nobody understands")
    }
    return try Recipe(
      parsing: Array(config.utf8), file: "the first rank's config", name: name,
      registry: registry)
  }

  /// Lets the first rank know which data are here.
  package static func answer(
    with dataset: any Dataset, _ messenger: any Messenger
  ) throws(ZooError) {
    try compare(dataset.digest, of: dataset.name, messenger)
  }

  /// Tells the others that there is nothing left to do.
  package static func dismiss(_ messenger: any Messenger) throws(ZooError) {
    _ = try messenger.tell(TeamOrder.finish.word())
  }

  /// Whether there is work for all.
  ///
  /// - Throws: `.usage` with advice.
  package static func check(_ recipe: Recipe, ranks: Int) throws(ZooError) {
    let training = recipe.config.training
    let shards = training.shards
    guard shards < ranks else { return }
    let fits = (ranks...).lazy.prefix(4096).first { count in
      training.batches.allSatisfy { $0.size * shards % count == 0 }
    }
    throw ZooError(
      .usage,
      "\(ranks) programs were started together, and batches have \(Text.counted(shards, "shard"))",
      at: "training.shards",
      advice: (fits.map { "--set training.shards=\($0) gives each a part; " } ?? "")
        + "--alone makes \(ranks) runs that know nothing of each other")
  }
}
