import Foundation
import Testing
import ZooCore

/// The program beside these tests, run as a user runs it.
enum Executable {
  static let path: String? = {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return [folder.appending(path: "zoo").path].first(where: Files.exists)
  }()

  struct Output {
    let code: Int32
    let output: String
    let errors: String
  }

  static func zoo(_ words: [String], in folder: Folder, input: String = "") throws -> Output {
    try run(#require(path), words, in: folder.path, input: input)
  }

  static func run(
    _ program: String, _ words: [String], in folder: String? = nil, input: String = ""
  ) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files, not pipes: what is written cannot fill them up.
    let place = try Folder()
    try Files.write(input, to: "\(place.path)/in")
    for name in ["out", "err"] { try Files.write("", to: "\(place.path)/\(name)") }
    process.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: "\(place.path)/in"))
    process.standardOutput = FileHandle(forWritingAtPath: "\(place.path)/out")
    process.standardError = FileHandle(forWritingAtPath: "\(place.path)/err")
    try process.run()
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Files.read("\(place.path)/\(name)"), as: UTF8.self)
    }
    return try Output(
      code: process.terminationStatus, output: text("out"), errors: text("err"))
  }
}

/// A folder that goes away with its owner.
final class Folder {
  let path = NSTemporaryDirectory() + "/zoo-" + UUID().uuidString
  init() throws { try Files.createDirectory(path) }
  deinit { try? Files.remove(path) }
}
