import Foundation
import Testing
import Variants
import ZooCommands
import ZooCore

/// Configs that are part of the program.
@Suite struct ShippedConfigsTests {
  /// Every file of the folder is built in, as it is.
  @Test func theProgramHasTheFolder() throws {
    let folder = CommandLineTests.root.appending(path: "Configs").path
    let files = try Files.list(folder).filter { $0.hasSuffix(".json") && $0 != "schema.json" }
    #expect(ShippedConfigs.all.map { $0.name + ".json" }.sorted() == files)
    for config in ShippedConfigs.all {
      #expect(try Files.read("\(folder)/\(config.name).json") == config.bytes, "\(config.name)")
    }
  }

  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func namesServeAnywhere() throws {
    let folder = try Folder()
    func batch(_ config: String) throws -> Int? {
      let output = try Executable.zoo(
        ["run", config, "--print-config", "--json"], in: folder
      ).output
      return try JSONDocument(parsing: output, name: "output").root["config"]?["training"]?[
        "batch"]?
        .int
    }
    // The config's own batch, the paper's, and that of a file of the same name, which wins.
    #expect(try batch("gan-mnist-keras") == 32 && batch("gan-mnist-keras.json") == 32)
    #expect(try batch("wgan-gp") == 50)
    try Files.createDirectory("\(folder.path)/wgan-gp")
    #expect(try batch("wgan-gp") == 50)
    try Files.write(#"{ "variant": "wgan", "training": { "batch": 7 } }"#, to: "\(folder.path)/gan")
    #expect(try batch("gan") == 7)
    let list = try Executable.zoo(["list"], in: folder).output
    #expect(list.contains("configs: wgan-gp-grid25, wgan-gp-mnist"))
    let mistyped = try Executable.zoo(["run", "wgan-gp-mnsit"], in: folder)
    #expect(mistyped.code == 2 && mistyped.errors.contains("did you mean wgan-gp-mnist?"))
  }

  @Test(.enabled(if: Executable.path != nil, "the program was not built"))
  func aConfigIsWrittenOutOnce() throws {
    let folder = try Folder()
    let words = ["new", "--config", "cgan-mnist"]
    #expect(try Executable.zoo(words, in: folder).code == 0)
    let written = try Files.read("\(folder.path)/cgan-mnist.json")
    #expect(ShippedConfigs.all.contains { $0.name == "cgan-mnist" && $0.bytes == written })
    let again = try Executable.zoo(words, in: folder)
    #expect(again.code == 2 && again.errors.contains("nothing was written"))
    let unknown = try Executable.zoo(["new", "--config", "cgan"], in: folder)
    #expect(unknown.code == 2 && unknown.errors.contains("there is no shipped config"))
  }
}
