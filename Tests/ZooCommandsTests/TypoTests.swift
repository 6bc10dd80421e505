import Testing
import Variants
import ZooCommands
import ZooCore

/// What is suggested for a mistyped word, by way of the whole command line.
@Suite struct TypoTests {
  static let commands = [
    ("rnu", "run"), ("runn", "run"), ("resum", "resume"), ("resmue", "resume"),
    ("smaple", "sample"), ("exprot", "export"), ("reprot", "report"), ("compair", "compare"),
    ("lsit", "list"), ("benhc", "bench"), ("bensh", "bench"), ("traec", "trace"),
    ("verifyresume", "verify-resume"), ("verify_resume", "verify-resume"),
    ("discribe", "describe"), ("shema", "schema"), ("completion", "completions"),
    ("hlep", "help"), ("dat", "data"),
  ]

  @Test(arguments: commands)
  func command(_ typed: String, _ meant: String) {
    #expect(advice(typed)?.hasSuffix(" \(meant)?") == true)
  }

  static let flags = [
    ("run", "--thread", "--threads"), ("run", "--treads", "--threads"), ("run", "--sed", "--seed"),
    ("run", "--data_dir", "--data-dir"), ("run", "--datadir", "--data-dir"),
    ("run", "--quite", "--quiet"), ("run", "--dryrun", "--dry-run"),
    ("run", "--print_confg", "--print-config"), ("run", "--ste", "--set"),
    ("run", "--jsno", "--json"), ("bench", "--warm-up", "--warmup"),
    ("bench", "--machin", "--machine"), ("sample", "--interpolat", "--interpolate"),
    ("sample", "--truncated", "--truncate"), ("sample", "--gird", "--grid"),
    ("export", "--fromat", "--format"),
  ]

  @Test(arguments: flags)
  func flag(_ command: String, _ typed: String, _ meant: String) {
    #expect(advice(command, "x", typed) == "did you mean \(meant)?")
  }

  static let variants = [
    ("wgangp", "wgan-gp"), ("wgan_gp", "wgan-gp"), ("wgan-pg", "wgan-gp"), ("dcgna", "dcgan"),
    ("lsgann", "lsgan"), ("WGAN", "wgan"), ("cgna", "cgan"),
  ]

  @Test(arguments: variants)
  func variant(_ typed: String, _ meant: String) {
    #expect(advice("list", typed) == "did you mean \"\(meant)\"?")
  }

  static let keys = [
    (#""trainig": {}"#, "training"), (#""generater": {}"#, "generator"),
    (#""objectiv": {}"#, "objective"), (#""data": { "datset": "mnist" }"#, "dataset"),
    (#""data": { "dataset": "minst" }"#, "mnist"),
    (#""data": { "dataset": "fashionmnist" }"#, "fashion-mnist"),
    (#""data": { "dataset": "cifar10" }"#, "cifar-10"),
    (#""data": { "dataset": "swissroll" }"#, "swiss-roll"),
    (#""data": { "fallbak": "mnist" }"#, "fallback"), (#""training": { "bach": 3 }"#, "batch"),
    (#""training": { "discriminator_steps": 3 }"#, "discriminatorSteps"),
    (#""training": { "optimiser": {} }"#, "optimizer"),
    (#""training": { "optimizer": { "rms-prop": {} } }"#, "rmsprop"),
    (#""training": { "optimizer": { "adam": { "learning_rate": 1 } } }"#, "learningRate"),
    (#""generator": { "latnet": {} }"#, "latent"),
    (#""generator": { "layers": [{ "convtranspose": 3 }] }"#, "convTranspose"),
    (#""generator": { "layers": ["leaky_relu"] }"#, "leakyRelu"),
    (#""generator": { "layers": [{ "conv": 3, "kernal": 5 }] }"#, "kernel"),
    (#""output": { "sampleEvry": 3 }"#, "sampleEvery"),
  ]

  @Test(arguments: keys)
  func key(_ json: String, _ meant: String) {
    let text = "{ \"variant\": \"gan\", \(json) }"
    let error = #expect(throws: ZooError.self) {
      try Recipe(parsing: Array(text.utf8), file: "c.json", registry: builtIn)
    }
    #expect(error?.findings.first?.advice == "did you mean \"\(meant)\"?")
  }

  @Test func thereAreFifty() {
    #expect(
      Self.commands.count + Self.flags.count + Self.variants.count + Self.keys.count >= 50)
  }

  /// Far from everything: the known words are listed instead.
  @Test(arguments: ["train", "x", "banana", "install", "gan", "colour", "delete"])
  func nothingAbsurd(_ typed: String) {
    #expect(advice(typed)?.contains("did you mean") == false)
    #expect(advice(typed)?.contains("run") == true)
  }

  @Test func aWrongPathListsItsSiblings() throws {
    func told(_ override: String) -> String? {
      #expect(throws: ZooError.self) {
        try Recipe(
          parsing: Array(#"{ "variant": "gan" }"#.utf8), file: "c.json",
          overrides: [.init(parsing: override)], registry: builtIn)
      }?.findings.first?.advice
    }
    let near = try #require(told("output.gird=[1,1]"))
    #expect(near.hasPrefix("did you mean \"grid\"?") && near.contains("sampleEvery"))
    #expect(told("training.banana=1")?.contains("discriminatorSteps") == true)
    #expect(told("banana=1")?.contains("objective") == true)
  }

  private func advice(_ words: String...) -> String? {
    do throws(ZooError) {
      try Zoo.execute(builtIn, arguments: ["zoo"] + words)
      return nil
    } catch {
      return error.findings.first?.advice
    }
  }
}
