import Testing
import ZooCore

/// What the sentinel says is for people: no figure is written as programs write it.
@Suite struct SentinelWordsTests {
  /// One stretch for each fault.
  private static let stretches = Sentinel.Fault.allCases.compactMap { fault in
    SentinelTests.rigged.first { $0.fault == fault }
  }

  @Test(arguments: stretches)
  func figuresAreReadable(_ stretch: SentinelTests.Stretch) throws {
    for text in try words(stretch) {
      #expect(!text.contains(#/[0-9]e[+-]?0|e\+|nan|inf/#), "\(text)")
    }
  }

  @Test func allSamplesAreAHundredPercent() throws {
    let stretch = try #require(SentinelTests.rigged.first { $0.name == "two images" })
    let told = "the generator repeats itself: 100 % of its samples have a double"
    #expect(try words(stretch).contains(told))
  }

  /// A critic whose gradient is 124 times too steep, and a loss that is 12,346 times as large.
  @Test func largeFiguresKeepTheirDigits() throws {
    var stretch = try #require(SentinelTests.rigged.first { $0.fault == .slope })
    stretch.losses["gradientPenalty"] = 15129
    #expect(
      try words(stretch).contains(
        "the critic's gradient has a norm of about 124, its penalty asks for 1"))
    stretch = try #require(SentinelTests.rigged.first { $0.fault == .runaway })
    stretch.losses = ["discriminatorLoss": 1, "generatorLoss": 1]
    stretch.later = ["discriminatorLoss": 12346, "generatorLoss": 1]
    #expect(
      try words(stretch).contains(
        "the discriminator's loss is 12346 times as large as it was before"))
  }

  /// Warnings and verdicts of a stretch.
  private func words(_ stretch: SentinelTests.Stretch) throws -> [String] {
    let count = try stretch.samples(0).shape[0]
    var sentinel = try Sentinel(
      stretch.dataset, labels: stretch.labels, count: count, range: 0...1)
    var words: [String] = []
    for look in 0..<4 {
      let terms = look >= 2 ? stretch.later ?? stretch.losses : stretch.losses
      sentinel.note(terms.map { (tag: $0.key, value: $0.value) })
      let found = sentinel.look(
        at: try stretch.samples(look), step: 500 * (look + 1), criticSlope: stretch.criticSlope)
      words += found.news.flatMap { $0.warning.findings.map(\.problem) }
      words += [found.entry["verdict"]?.string ?? ""]
    }
    return words
  }
}
