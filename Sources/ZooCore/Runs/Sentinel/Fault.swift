extension Sentinel {
  /// What can be wrong, the worst first.
  package enum Fault: String, Sendable, CaseIterable {
    /// Nearly the same sample for every latent code.
    case collapse
    /// A few samples again and again.
    case doubles
    /// Parts of the data are left out.
    case missingModes
    /// Samples differ less than real ones.
    case monotony
    /// The discriminator is never wrong.
    case saturation
    /// The discriminator's scores hardly depend on the samples.
    case flat
    /// The critic's gradient is far from the norm that its penalty asks for.
    case slope
    /// A loss has grown out of all proportion.
    case runaway

    /// Faults of one kind, one of which may turn into another: a collapse changes its face.
    static let families: [Set<Fault>] = [
      [.collapse, .doubles, .missingModes, .monotony], [.saturation], [.flat], [.slope],
      [.runaway],
    ]
    /// With these, samples are no longer worth training on.
    static let collapses: Set<Fault> = [.collapse, .doubles, .missingModes]

    /// The worst of some.
    static func worst(of faults: Set<Fault>) -> Fault? { allCases.first(where: faults.contains) }

    /// The faults of a line of the log.
    static func read(_ entry: JSONValue) -> Set<Fault> {
      Set((entry["faults"]?.array ?? []).compactMap { $0.string.flatMap(Fault.init) })
    }

    /// The fault in a few words, for a report.
    var title: String {
      switch self {
      case .collapse: "nearly the same sample for every latent code"
      case .doubles: "a few samples again and again"
      case .missingModes: "parts of the data left out"
      case .monotony: "samples that differ too little"
      case .saturation: "a discriminator that is never wrong"
      case .flat: "a discriminator that is nearly flat"
      case .slope: "a critic that is far too steep"
      case .runaway: "a loss that has grown out of all proportion"
      }
    }
  }

  /// A fault as one look shows it.
  struct Finding {
    let fault: Fault
    let problem: String
    let advice: String
  }

  /// What has been seen and told so far.
  struct Memory {
    private var seen: Set<Fault> = []
    private var told: Set<Fault> = []

    /// Takes in what a look shows.
    ///
    /// - Returns: What is to be told now: of each family the worst, if the look before has shown one
    ///   of its faults too; and a collapse that this look and the one before have shown.
    mutating func take(_ present: Set<Fault>) -> (news: Set<Fault>, collapse: Fault?) {
      var news: Set<Fault> = []
      for family in Fault.families {
        let now = present.intersection(family)
        guard let worst = Fault.worst(of: now) else {
          // What had gone is news when it comes again.
          told.subtract(family)
          continue
        }
        guard !seen.isDisjoint(with: family) else { continue }
        if !told.contains(worst) { news.insert(worst) }
        told.formUnion(now)
      }
      let lasts = !seen.isDisjoint(with: Fault.collapses)
      seen = present
      return (news, lasts ? Fault.worst(of: present.intersection(Fault.collapses)) : nil)
    }
  }
}
