/// What a rank tells of itself before anything is computed.
package struct TeamMember: Equatable {
  /// The SHA-256 of the program.
  package var program: String
  /// The machine's name.
  package var host: String
  /// The instruction sets that the machine runs, best first.
  package var instructionSets: [String]
  /// The one that was asked for there.
  package var requestedSet: String?
  /// Which processors this rank may use; ranks with the same share them.
  package var processors: String
  /// How many these are.
  package var processorCount: Int

  package init(
    program: String, host: String, instructionSets: [String], requestedSet: String?,
    processors: String, processorCount: Int
  ) {
    (self.program, self.host) = (program, host)
    (self.instructionSets, self.requestedSet) = (instructionSets, requestedSet)
    (self.processors, self.processorCount) = (processors, processorCount)
  }

  /// As it travels.
  package var json: JSONValue {
    .object([
      .init("program", .string(program)), .init("host", .string(host)),
      .init("instructionSets", .array(instructionSets.map { .string($0) })),
      .init("requestedSet", requestedSet.map { .string($0) } ?? nil),
      .init("processors", .string(processors)),
      .init("processorCount", .number(processorCount)),
    ])
  }

  /// As it came; nil where it is no member.
  package init?(_ json: JSONValue) {
    guard let program = json["program"]?.string, let host = json["host"]?.string,
      let sets = json["instructionSets"]?.array?.compactMap(\.string),
      let processors = json["processors"]?.string, let count = json["processorCount"]?.int
    else { return nil }
    self.init(
      program: program, host: host, instructionSets: sets,
      requestedSet: json["requestedSet"]?.string, processors: processors, processorCount: count)
  }
}

/// What the ranks of a team have in common.
package struct TeamAgreement: Equatable {
  /// All ranks, in order.
  package let members: [TeamMember]
  /// The best instruction set that all have and nobody asked to stay below: the same bits everywhere.
  package let instructionSet: String

  /// - Throws: `.usage` that names rank and machine where they cannot work together.
  package init(of members: [TeamMember]) throws(ZooError) {
    self.members = members
    let first = members[0]
    for (rank, member) in members.enumerated() where member.program != first.program {
      throw ZooError(
        .usage,
        "\(Self.name(rank, member)) runs another program than \(Self.name(0, first)): its SHA-256 is "
          + "\(member.program.prefix(12))…, not \(first.program.prefix(12))…",
        advice: "put the same build on all machines")
    }
    for (rank, member) in members.enumerated() {
      guard let asked = member.requestedSet, !member.instructionSets.contains(asked) else {
        continue
      }
      throw ZooError(
        .usage, "\(Self.name(rank, member)) does not run \"\(Text.printable(asked))\"",
        at: "ZOO_ISA", advice: "one of \(member.instructionSets.joined(separator: ", "))")
    }
    let common = first.instructionSets.first { set in
      members.allSatisfy { member in
        let allowed = member.requestedSet.map { asked in
          member.instructionSets.drop { $0 != asked }
        }
        return (allowed ?? member.instructionSets[...]).contains(set)
      }
    }
    guard let common else {
      throw ZooError(
        .usage, "there is no instruction set that all ranks have",
        at: members.map(\.host).joined(separator: ", "),
        advice: "take machines of one kind")
    }
    instructionSet = common
  }

  /// How errors call a rank.
  package func name(_ rank: Int) -> String { Self.name(rank, members[rank]) }

  private static func name(_ rank: Int, _ member: TeamMember) -> String {
    "rank \(rank) (\(member.host))"
  }

  /// Threads for a rank that says nothing of them: its share of the processors that it has together with
  /// others.
  package func threads(of rank: Int) -> Int {
    let own = members[rank]
    let sharing = members.count { $0.host == own.host && $0.processors == own.processors }
    return max(1, own.processorCount / sharing)
  }

  /// Who keeps the others from their best instruction set; nil where nobody does.
  package var notice: String? {
    guard let faster = members.indices.first(where: { limit(of: $0) != instructionSet }),
      let slower = members.indices.first(where: { limit(of: $0) == instructionSet })
    else { return nil }
    return
      "all compute with \(instructionSet), as \(name(slower)) does; \(name(faster)) has \(limit(of: faster))"
  }

  private func limit(of rank: Int) -> String {
    members[rank].requestedSet ?? members[rank].instructionSets[0]
  }
}
