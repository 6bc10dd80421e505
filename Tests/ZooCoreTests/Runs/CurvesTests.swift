import Foundation
import Testing
import ZooCore

@Suite("Curves")
struct CurvesTests {
  @Test("a log becomes series, in the order of first appearance")
  func series() throws {
    let metrics = try metrics(
      """
      {"step": 1, "b": 2.5, "a": -1}
      {"step": 2, "b": 3}
      {"step": 4, "a": 1e-3, "word": "left alone", "list": [1]}

      """)
    #expect(metrics.series.map(\.name) == ["b", "a"])
    #expect(metrics["b"]?.points == [.init(step: 1, value: 2.5), .init(step: 2, value: 3)])
    #expect(metrics["a"]?.points == [.init(step: 1, value: -1), .init(step: 4, value: 0.001)])
    #expect(metrics.lastStep == 4 && metrics.notes.isEmpty && metrics["c"] == nil)
  }

  @Test("a torn last line is left out and said; a whole one without a line break counts")
  func torn() throws {
    let torn = try metrics("{\"step\":1,\"a\":1}\n{\"step\":2,\"a\"")
    #expect(torn.lastStep == 1)
    #expect(torn.notes == ["metrics.jsonl: the last line is torn"])
    let whole = try metrics("{\"step\":1,\"a\":1}\r\n{\"step\":2,\"a\":2}")
    #expect(whole.lastStep == 2 && whole.notes.isEmpty)
  }

  @Test("lines that are no entries are counted")
  func unreadable() throws {
    let metrics = try metrics(
      "{\"step\":1,\"a\":1}\n\u{0}\n[2]\n{\"a\":5}\n{\"step\":-1,\"a\":5}\n\n{\"step\":2,\"a\":2}\n"
    )
    #expect(metrics["a"]?.points.map(\.value) == [1, 2])
    #expect(metrics.notes == ["metrics.jsonl: 4 lines could not be read, the first is line 2"])
  }

  @Test("values that are not finite stay in the series")
  func nonFinite() throws {
    let words = ["null", "\"nan\"", "\"NaN\"", "\"inf\"", "\"-Infinity\""]
    let lines = words.enumerated().map { "{\"step\":\($0),\"a\":\($1)}\n" }.joined()
    let values = try #require(try metrics(lines)["a"]).points.map(\.value)
    #expect(values.count == 5 && values.allSatisfy { !$0.isFinite })
    #expect(values[0].isNaN && values[3] == .infinity && values[4] == -.infinity)
  }

  @Test("what is logged again after going back to a checkpoint replaces what was there")
  func goneBack() throws {
    let metrics = try metrics(
      [1, 2, 3, 4, 3, 4, 5].enumerated().map { "{\"step\":\($1),\"a\":\($0)}\n" }.joined())
    #expect(metrics["a"]?.points.map(\.step) == [1, 2, 3, 4, 5])
    #expect(metrics["a"]?.points.map(\.value) == [0, 1, 4, 5, 6])
  }

  @Test("damaged logs never stop the program")
  func mutants() throws {
    let whole = Array("{\"step\":1,\"a\":null,\"b\":1e9}\n{\"step\":2,\"a\":\"inf\"}\n".utf8)
    var random = SplitMix(seed: 3)
    try withTemporaryDirectory { folder in
      let path = Files.join(folder, "metrics.jsonl")
      for _ in 0..<100 {
        place(mutant(of: whole, &random), to: path)
        let metrics = try LoggedMetrics(reading: path)
        _ = CurvePlot(metrics.series, title: "x").svg()
      }
    }
  }

  @Test("a short series stays as it is")
  func short() throws {
    let points = try #require(try metrics("{\"step\":7,\"a\":2}\n")["a"]).reduced()
    #expect(points.map(\.step) == [7] && points[0].low == 2 && points[0].high == 2)
    #expect(points[0].mean == 2 && points[0].nonFinite == 0)
  }

  @Test("a long series keeps its extremes, its end and its gaps", arguments: [1, 7, 100, 500])
  func reduction(_ limit: Int) throws {
    var random = SplitMix(seed: 1)
    let values = (0..<1234).map { index -> Double? in
      index == 700 ? 999 : index == 33 ? -999 : index % 50 == 9 ? nil : Double(random.below(100))
    }
    let lines = values.enumerated().map { index, value in
      "{\"step\":\(10 * index),\"a\":\(value.map { "\($0)" } ?? "null")}\n"
    }
    let points = try #require(try metrics(lines.joined())["a"]).reduced(to: limit)
    #expect(points.count == limit)
    #expect(points.compactMap(\.high).max() == 999 && points.compactMap(\.low).min() == -999)
    #expect(points.last?.step == 12330)
    #expect(points.reduce(0) { $0 + $1.nonFinite } == values.count { $0 == nil })
    for (a, b) in zip(points, points.dropFirst()) { #expect(a.step < b.step) }
    for point in points {
      if let low = point.low, let mean = point.mean, let high = point.high {
        // Rounding of a mean of numbers below 1000.
        #expect(low - 1e-9 <= mean && mean <= high + 1e-9)
      }
    }
  }

  @Test("means of the largest numbers are finite")
  func largest() throws {
    let big = Double.greatestFiniteMagnitude
    let lines = (0..<10).map { "{\"step\":\($0),\"a\":\(big)}\n" }.joined()
    let points = try #require(try metrics(lines)["a"]).reduced(to: 1)
    #expect(points[0].mean?.isFinite == true && points[0].high == big)
  }

  @Test("names in words", arguments: [("discriminatorLoss", "discriminator loss"), ("fid", "fid")])
  func title(_ name: String, _ title: String) throws {
    #expect(try metrics("{\"step\":1,\"\(name)\":1}\n").series.map(\.title) == [title])
  }

  // MARK: The picture

  @Test("the picture has axes, a legend, both schemes and a mark for what is not finite")
  func svg() throws {
    let lines = (0...2000).map { step in
      "{\"step\":\(step),\"aLoss\":\(step == 900 ? "null" : "\(step % 7)"),\"bLoss\":0.5}\n"
    }
    let svg = CurvePlot(try metrics(lines.joined()).series, title: "a < b").svg()
    #expect(svg.contains("<title>a &lt; b</title>") && svg.contains("prefers-color-scheme: dark"))
    #expect(svg.contains(">a loss</text>") && svg.contains(">b loss</text>"))
    #expect(svg.contains(">1000</text>") && svg.contains(">2000</text>"))
    #expect(svg.contains("a loss is not finite"))
    #expect(!svg.contains("nan") && !svg.contains("inf\""))
    #expect(svg.components(separatedBy: "http").count == 2, "only the name space of SVG")
  }

  @Test(
    "any numbers can be drawn",
    arguments: [
      [], [.nan], [0], [5, 5, 5], [-1e308, 1e308], [1, 1 + 1e-16], [1e-300, 2e-300],
      [.infinity, 1, -.infinity], [1e17, 1e17 + 64],
    ])
  func anyNumbers(_ values: [Double]) throws {
    let lines = values.enumerated().map { index, value in
      "{\"step\":\(index * 1_000_000_007),\"a\":\(value.isFinite ? "\(value)" : "null")}\n"
    }
    let svg = CurvePlot(try metrics(lines.joined()).series, title: "a").svg()
    let paths = svg.components(separatedBy: " d=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(paths.allSatisfy { !$0.contains("n") && !$0.contains("i") })
  }

  private func metrics(_ text: String) throws -> LoggedMetrics {
    var metrics = LoggedMetrics()
    try withTemporaryDirectory { folder in
      let path = Files.join(folder, "metrics.jsonl")
      place(text, to: path)
      metrics = try LoggedMetrics(reading: path)
    }
    return metrics
  }
}

/// Writes a file at once; a test need not wait for the disk.
func place(_ bytes: [UInt8], to path: String) {
  #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
}

/// Writes a text file at once.
func place(_ text: String, to path: String) {
  place(Array(text.utf8), to: path)
}
