/// What the sentinel saw of a run, as a report shows it.
struct ReportSentinel {
  private let looks: [JSONValue]

  /// The lines of `sentinel.jsonl`.
  init(_ looks: [JSONValue]) { self.looks = looks.filter { $0["step"]?.int != nil } }

  /// What is to be said of the run: faults that at least two looks in a row have shown, with their
  /// steps, or that there were none; nothing without looks.
  var verdict: [String] {
    let faults = faults
    guard faults.isEmpty else { return faults }
    let healthy = looks.count { $0["verdict"]?.string == Sentinel.healthy }
    guard healthy > 0 else { return [] }
    let number = healthy == 1 ? "one look" : "\(RunRecord.grouped(healthy)) looks"
    return ["Samples and losses were healthy at \(number)."]
  }

  private var faults: [String] {
    let stretches = Sentinel.Fault.families.flatMap(stretches).sorted { $0.first < $1.first }
    // A run that falters all the time needs no more to say so.
    return stretches.suffix(10).map { stretch in
      "Steps \(RunRecord.grouped(stretch.first)) to \(RunRecord.grouped(stretch.last)): "
        + stretch.worst.title
    }
  }

  private typealias Stretch = (first: Int, last: Int, worst: Sentinel.Fault)

  /// Where at least two looks in a row have shown faults of a family.
  private func stretches(_ family: Set<Sentinel.Fault>) -> [Stretch] {
    var found: [Stretch] = []
    var open: (steps: [Int], faults: Set<Sentinel.Fault>) = ([], [])
    func close() {
      if open.steps.count > 1, let worst = Sentinel.Fault.worst(of: open.faults) {
        found.append((open.steps[0], open.steps[open.steps.count - 1], worst))
      }
      open = ([], [])
    }
    for look in looks {
      let faults = Sentinel.Fault.read(look).intersection(family)
      guard let step = look["step"]?.int, !faults.isEmpty else {
        close()
        continue
      }
      open.steps.append(step)
      open.faults.formUnion(faults)
    }
    close()
    return found
  }

  /// How generated samples compared with real ones.
  var charts: [ReportCurves.Chart] {
    let names = [
      ("diversity", "variety, real samples have 1"), ("misplaced", "share in the wrong place"),
      ("doubles", "share with a double"),
    ]
    return [
      .init(
        title: "Samples beside real ones",
        curves: names.map { key, title in
          (title, ReportEvaluation.series(key, looks) { $0[key] })
        })
    ]
  }
}
