import Foundation
import Testing
import Variants
import ZooCore

/// Logs that damage has reached before their run goes on: what is whole stays, what goes is told.
@Suite struct ResumedLogTests {
  private static let digits = ByteImages.strokeDigits(count: 50)

  private func recipe(steps: Int = 8) throws -> Recipe {
    let json = """
      { "variant": "gan", "data": { "dataset": "stroke-digits" },
        "generator": { "latent": { "size": 4 }, "width": 1 }, "discriminator": { "width": 1 },
        "training": { "steps": \(steps), "batch": 4 },
        "output": { "sampleEvery": 1, "checkpointEvery": 2, "grid": [1, 2] } }
      """
    return try Recipe(parsing: Array(json.utf8), file: "small.json", registry: builtIn)
  }

  /// A run that was stopped after step 7, and lost its checkpoint of that step.
  private func stopped(in folder: String) throws -> String {
    let path = "\(folder)/run"
    let run = try TrainingRun(recipe(), on: Self.digits, in: path, manifest: .object([]))
    #expect(try run.run(until: { run.trainer.step == 7 }) { _ in } == false)
    try Files.remove("\(path)/checkpoints/step-000007")
    return path
  }

  private func resume(_ path: String, _ watch: (TrainingRun.Event) -> Void) throws {
    let directory = try RunDirectory(opening: path)
    let run = try TrainingRun(
      resuming: directory, from: directory.checkpointToResume { _ in }, recipe(), on: Self.digits)
    #expect(run.trainer.step == 6)
    try run.run(watch)
  }

  private func lines(_ path: String) throws -> [String] {
    String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func steps(_ path: String) throws -> [Int?] {
    try lines(path).map { try JSONDocument(parsing: $0, name: path).root["step"]?.int }
  }

  /// Replaces a line, from 1, without a look at what it was.
  private func replace(_ number: Int, of path: String, by bytes: [UInt8]) throws {
    var all = try lines(path).map { Array($0.utf8) }
    all[number - 1] = bytes
    try Files.write(Array(all.joined(separator: [UInt8(ascii: "\n")])) + [10], to: path)
  }

  @Test(
    "one bad line takes nothing else with it",
    arguments: [
      Array(#"{"step":3,"discr"#.utf8), [0, 0, 0], [0xFF, 0xFE], Array("[1]".utf8),
      Array(#"{"loss":1}"#.utf8), Array(#"{"step":3,"step":3}"#.utf8),
    ])
  func aBadLine(_ bytes: [UInt8]) throws {
    try inFolder { folder in
      let path = try stopped(in: folder)
      let logs = ["metrics", "sentinel"].map { "\(path)/\($0).jsonl" }
      let whole = try logs.map { Array(try lines($0).prefix(6)) }
      for log in logs { try replace(3, of: log, by: bytes) }
      var (warnings, notes): ([String], [String]) = ([], [])
      try resume(path) { event in
        switch event {
        case .warning(let error): warnings.append(error.text)
        case .note(let text): notes.append(text)
        default: break
        }
      }
      for (log, whole) in zip(logs, whole) {
        #expect(try steps(log) == [1, 2, 4, 5, 6, 7, 8])
        #expect(try Array(lines(log).prefix(5)) == Array(whole[..<2] + whole[3...]))
        #expect(
          warnings.contains("\(log): line 3 could not be read: taken out of the log"),
          "\(warnings)")
        #expect(
          notes.contains("took 1 line of a later step out of \(log): the run goes on at step 6"),
          "\(notes)")
      }
      #expect(warnings.count == 2 && notes.count == 2)
    }
  }

  @Test("a whole log is cut without a warning, and the last second counts on")
  func nothingIsWrong() throws {
    try inFolder { folder in
      let path = try stopped(in: folder)
      var warnings = 0
      try resume(path) { if case .warning = $0 { warnings += 1 } }
      #expect(warnings == 0)
      #expect(try steps("\(path)/metrics.jsonl") == [1, 2, 3, 4, 5, 6, 7, 8])
      let seconds = try lines("\(path)/metrics.jsonl").map {
        try JSONDocument(parsing: $0, name: "m").root["seconds"]?.double ?? -1
      }
      #expect(seconds == seconds.sorted() && seconds[0] >= 0)
    }
  }

  /// A line of 20 MB, as of a disk that gave back other blocks, is damage.
  ///
  /// Lines behind it stay. What `zoo eval` has written of steps that stay, stays too.
  @Test("evaluations and lines of any length")
  func evaluations() throws {
    try inFolder { folder in
      let path = try stopped(in: folder)
      let log = "\(path)/evaluations.jsonl"
      let good = [2, 6].map { #"{"schema_version":1,"step":\#($0),"generated":{"modes":1}}"# }
      let long = [UInt8](repeating: UInt8(ascii: "x"), count: 20 << 20)
      try Files.write(
        Array((good[0] + "\n").utf8) + long + Array(("\n" + good[1] + "\n{\"st").utf8), to: log)
      let page = try Report(run: path).html()
      let told = "line 2 could not be read"
      #expect(page.contains("evaluations.jsonl: \(told)"))
      #expect(page.contains("evaluations.jsonl: the last line is torn"))
      var warnings: [String] = []
      try resume(path) { if case .warning(let error) = $0 { warnings.append(error.text) } }
      #expect(warnings == ["\(log): \(told); the last line is torn: taken out of the log"])
      #expect(try lines(log) == good)
      let comparison = try ComparisonReport([path]).html()
      #expect(!comparison.contains("could not be read"))
    }
  }

  @Test("a torn line is ended before the next, so that it spoils none but itself")
  func aTornLine() throws {
    try inFolder { folder in
      let path = "\(folder)/log"
      for (before, after) in [("", "b\n"), ("a\n", "a\nb\n"), ("a\nto", "a\nto\nb\n")] {
        try Files.write(before, to: path)
        try LogFile(appendingLinesTo: path).write(line: "b")
        #expect(try String(decoding: Files.read(path), as: UTF8.self) == after)
      }
    }
  }
}

extension ZooError {
  fileprivate var text: String { "\(findings[0].place ?? ""): \(findings[0].problem)" }
}
