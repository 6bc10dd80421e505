import Testing
import ZooCore

@Suite("Text")
struct TextTests {
  static let decimals: [(Double, Int, String)] = [
    (3.14159, 2, "3.14"), (0, 0, "0"), (2.5, 0, "2"), (-1.005, 1, "-1.0"),
    (1e20, 1, "100000000000000000000.0"),
    (.nan, 2, "nan"), (-.nan, 2, "nan"), (.infinity, 2, "inf"), (-.infinity, 2, "-inf"),
    (0.1, 20, "0.10000000000000000555"), (999.9996, 3, "1000.000"),
  ]

  @Test("formats fixed decimals", arguments: decimals)
  func fixed(_ x: Double, _ count: Int, _ expected: String) {
    #expect(Text.formatted(x, decimals: count) == expected)
  }

  static let digits: [(Double, Int, String)] = [
    (0.000012345, 3, "1.23e-05"), (0.12345, 3, "0.123"), (123.456, 3, "123"),
    (123456, 3, "1.23e+05"),
    (0, 3, "0"), (-2.5, 3, "-2.5"), (.nan, 3, "nan"),
  ]

  @Test("formats significant digits", arguments: digits)
  func significant(_ x: Double, _ count: Int, _ expected: String) {
    #expect(Text.formatted(x, significantDigits: count) == expected)
  }

  static let figures: [(Double, Int, String)] = [
    (100, 2, "100"), (123.456, 2, "123"), (12345.6, 4, "12346"), (999.96, 4, "1000"),
    (0.00012345, 2, "0.00012"), (0.000032, 2, "3.2e-5"), (1e-300, 3, "1e-300"), (0.5, 4, "0.5"),
    (1.2e30, 4, "1.2e30"), (-1234.5, 2, "-1234"), (9.9996, 4, "10"), (0.99996, 4, "1"),
    (0, 3, "0"), (1000, 3, "1000"), (.nan, 3, "nan"), (-.infinity, 3, "-inf"),
  ]

  @Test("formats figures for people", arguments: figures)
  func figure(_ x: Double, _ digits: Int, _ expected: String) {
    #expect(Text.figure(x, digits: digits) == expected)
  }

  static let shares: [(Double, Int?, String)] = [
    (1, nil, "100 %"), (0.996, nil, "100 %"), (0.6349, nil, "63 %"), (0.0421, nil, "4.2 %"),
    (0.00052, nil, "0.052 %"), (1e-9, nil, "under 0.001 %"), (0, nil, "0 %"), (12, nil, "1200 %"),
    (0.98765, 1, "98.8 %"), (0.5, 1, "50.0 %"), (.nan, nil, "unknown"), (.infinity, 1, "unknown"),
  ]

  @Test("formats shares", arguments: shares)
  func percent(_ share: Double, _ decimals: Int?, _ expected: String) {
    #expect(Text.percent(share, decimals: decimals) == expected)
  }

  @Test(
    "all is done when all is done",
    arguments: [
      (0.0, "0 %"), (0.999, "99 %"), (1, "100 %"), (1.5, "100 %"), (-1, "0 %"), (.nan, "0 %"),
    ])
  func progress(_ share: Double, _ expected: String) {
    #expect(Text.progress(share) == expected)
  }

  static let durations: [(Double, String)] = [
    (0, "0 ms"), (0.0004, "0 ms"), (0.12, "120 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"),
    (4.2, "4.2 s"), (9.96, "10 s"), (43, "43 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"),
    (3599.7, "1 h 00 min"), (3725, "1 h 02 min"), (100_000, "1 d 03 h"), (-3, "0 ms"),
    (.nan, "unknown"), (.infinity, "unknown"), (1e300, "unknown"),
  ]

  @Test("formats durations", arguments: durations)
  func duration(_ seconds: Double, _ expected: String) {
    #expect(Text.duration(seconds: seconds) == expected)
  }

  static let sizes: [(Int, String)] = [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1536, "1.5 kB"), (9960, "10 kB"),
    (999_600, "1.0 MB"), (170_052_171, "170 MB"), (.max, "9.2 EB"), (-1536, "-1.5 kB"),
  ]

  @Test("formats byte sizes", arguments: sizes)
  func byteSize(_ bytes: Int, _ expected: String) {
    #expect(Text.byteSize(bytes) == expected)
  }

  @Test("escapes what would drive a terminal")
  func printable() {
    #expect(Text.printable("a\u{1B}[31m\n\u{202E}é😀") == #"a\u{1b}[31m\u{a}\u{202e}é😀"#)
  }

  @Test(
    "writes UTC",
    arguments: [
      (0, "19700101T000000Z", "1970-01-01T00:00:00Z"),
      (1_767_268_800, "20260101T120000Z", "2026-01-01T12:00:00Z"),
      (951_782_399, "20000228T235959Z", "2000-02-28T23:59:59Z"),
      (-1, "19691231T235959Z", "1969-12-31T23:59:59Z"),
    ])
  func utc(_ seconds: Int, _ stamp: String, _ iso: String) {
    #expect(UTC.stamp(seconds) == stamp)
    #expect(UTC.iso8601(seconds) == iso)
  }

  @Test("the time is after this was written")
  func now() {
    #expect(UTC.now() > 1_767_268_800)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  static let variants = [
    "gan", "dcgan", "lsgan", "wgan", "wgan-gp", "conditional-gan", "infogan", "cyclegan", "pix2pix",
  ]
  static let keys = [
    "variant", "data", "dataset", "fallback", "range", "generator", "discriminator", "latent",
    "layers", "kernel", "stride", "objective", "gradientPenalty", "training", "steps", "batch",
    "discriminatorSteps", "seed", "optimizer", "learningRate", "beta1", "beta2", "output",
    "sampleEvery", "checkpointEvery", "grid",
  ]

  static let typos: [(String, String)] = [
    ("learing_rate", "learningRate"), ("learningrate", "learningRate"),
    ("lerningRate", "learningRate"),
    ("LEARNING-RATE", "learningRate"), ("learning_rates", "learningRate"), ("bacth", "batch"),
    ("btach", "batch"), ("batchs", "batch"), ("bath", "batch"), ("sed", "seed"), ("seeed", "seed"),
    ("step", "steps"), ("stpes", "steps"), ("optimiser", "optimizer"), ("optimzer", "optimizer"),
    ("generater", "generator"), ("genrator", "generator"), ("discriminater", "discriminator"),
    ("descriminator", "discriminator"), ("discriminator_step", "discriminatorSteps"),
    ("latnet", "latent"), ("latents", "latent"), ("layer", "layers"), ("kernal", "kernel"),
    ("stide", "stride"), ("objetive", "objective"), ("gradient_penality", "gradientPenalty"),
    ("gradientpenalty", "gradientPenalty"), ("trainning", "training"), ("beta_1", "beta1"),
    ("beta-2", "beta2"), ("sample_every", "sampleEvery"), ("checkpointsEvery", "checkpointEvery"),
    ("gird", "grid"), ("varient", "variant"), ("dataste", "dataset"), ("fallbak", "fallback"),
    ("rnage", "range"), ("outptu", "output"),
  ]

  @Test("finds the key that was meant", arguments: typos)
  func finds(_ typed: String, _ meant: String) {
    #expect(Suggestion.closest(to: typed, among: Self.keys) == meant)
  }

  @Test(
    "finds the variant that was meant",
    arguments: [
      ("wgan_gp", "wgan-gp"), ("wgangp", "wgan-gp"), ("WGAN", "wgan"), ("dcgn", "dcgan"),
      ("dgcan", "dcgan"), ("lsgna", "lsgan"), ("pix2pic", "pix2pix"), ("cyclgan", "cyclegan"),
      ("infogna", "infogan"), ("conditionalgan", "conditional-gan"), ("gna", "gan"),
    ])
  func findsVariant(_ typed: String, _ meant: String) {
    #expect(Suggestion.closest(to: typed, among: Self.variants) == meant)
  }

  @Test(
    "suggests nothing that is far away",
    arguments: [
      "", "x", "banana", "transformer", "epochs", "width", "momentum", "zzzzzzzzzzzzzzzzzzzzzzzz",
    ])
  func findsNothing(_ typed: String) {
    #expect(Suggestion.closest(to: typed, among: Self.keys) == nil)
  }

  @Test("suggests nothing for a word without end")
  func findsNothingForALongWord() {
    #expect(
      Suggestion.closest(to: String(repeating: "a", count: 100_000), among: Self.keys) == nil)
  }

  @Test("the first of equally near words wins, and no candidates give nothing")
  func ties() {
    #expect(Suggestion.closest(to: "cat", among: ["bat", "hat"]) == "bat")
    #expect(Suggestion.closest(to: "cat", among: []) == nil)
  }
}
