import Testing
import Variants
import ZooCore

/// U-Nets, residual generators and PatchGANs: parameters and maps as in the original repositories
/// (`junyanz/pytorch-CycleGAN-and-pix2pix`, counted there).
@Suite struct TranslationNetworkTests {
  private func outlines(
    _ generator: String, _ discriminator: String, side: Int, from source: Int, to channels: Int,
    generatorWidth: Int = 64, discriminatorWidth: Int = 64, conditional: Bool = true
  ) throws -> [NetworkOutline] {
    let json = """
      { "variant": "pix2pix",
        "generator": { "architecture": "\(generator)", "width": \(generatorWidth) },
        "discriminator": { "architecture": "\(discriminator)", "width": \(discriminatorWidth) },
        "objective": { "conditional": \(conditional) }, "training": { "batch": 1 } }
      """
    let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
    return try Plan(
      recipe, for: DataShape([side, side, channels], source: [side, side, source])
    ).outlines
  }

  @Test(arguments: [
    ("unet", 32, 3, 3, 64, 16_659_075), ("unet-instance", 32, 3, 3, 64, 16_657_795),
    ("unet", 64, 3, 3, 64, 29_244_035), ("unet-instance", 64, 3, 3, 64, 29_241_731),
    ("unet", 128, 3, 3, 64, 41_828_995), ("unet-instance", 128, 3, 3, 64, 41_825_667),
    ("unet", 256, 3, 3, 64, 54_413_955), ("unet-instance", 256, 3, 3, 64, 54_409_603),
    ("unet", 32, 1, 1, 32, 4_164_929), ("unet", 32, 1, 1, 16, 1_042_081),
    ("unet", 32, 1, 1, 8, 260_945),
    ("resnet-6", 128, 3, 3, 64, 7_837_699), ("resnet-9", 256, 3, 3, 64, 11_378_179),
    ("resnet-3", 32, 3, 3, 32, 1_079_555), ("resnet-3", 32, 1, 1, 32, 1_073_281),
    ("resnet-3", 32, 3, 3, 16, 272_515), ("resnet-3", 32, 1, 1, 16, 269_377),
  ])
  func generators(_ name: String, _ side: Int, _ from: Int, _ to: Int, _ width: Int, _ count: Int)
    throws
  {
    let outlines = try outlines(
      name, "patch-1", side: side, from: from, to: to, generatorWidth: width)
    #expect(outlines.first { $0.role == "generator" }?.parameters == count)
  }

  @Test(arguments: [
    (1, 9024, 8705), (16, 139_585, 136_385), (34, 666_433, 662_977), (70, 2_768_705, 2_764_737),
    (142, 6_964_033, 6_959_553), (286, 11_159_361, 11_154_369),
  ])
  func discriminators(_ field: Int, _ batch: Int, _ instance: Int) throws {
    for (name, conditional, count) in [
      ("patch-\(field)", true, batch), ("patch-\(field)-instance", false, instance),
    ] {
      let outlines = try outlines(
        "resnet-3", name, side: 256, from: 3, to: 3, conditional: conditional)
      #expect(outlines.first { $0.role == "discriminator" }?.parameters == count)
    }
  }

  /// Sides of the map of scores; 0 where a kernel does not fit.
  @Test(arguments: [
    (1, [28, 32, 64, 128, 256, 286]), (16, [12, 14, 30, 62, 126, 141]),
    (34, [5, 6, 14, 30, 62, 69]), (70, [1, 2, 6, 14, 30, 33]), (142, [0, 0, 2, 6, 14, 15]),
    (286, [0, 0, 0, 2, 6, 6]),
  ])
  func maps(_ field: Int, _ sides: [Int]) throws {
    for (side, map) in zip([28, 32, 64, 128, 256, 286], sides) {
      // A generator for any side: the discriminator is what is looked at.
      let json = """
        { "variant": "pix2pix", "generator": { "layers": [{ "conv": 3, "kernel": 1 }] },
          "discriminator": { "architecture": "patch-\(field)", "width": 2 } }
        """
      let recipe = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn)
      let shape = DataShape([side, side, 3], source: [side, side, 3])
      guard map > 0 else {
        let error = #expect(throws: ZooError.self) { try Plan(recipe, for: shape) }
        #expect(error?.description.contains("does not fit") == true)
        continue
      }
      let outline = try Plan(recipe, for: shape).outlines.first { $0.role == "discriminator" }
      #expect(outline?.layers.last?.output == [map, map, 1], "\(side)")
    }
  }

  /// CP's dropout stands on the n − 5 blocks above the innermost one.
  @Test(arguments: [(32, 0), (64, 1), (128, 2), (256, 3)])
  func dropoutStaysWhereItIs(_ side: Int, _ count: Int) throws {
    let outline = try #require(
      outlines("unet", "patch-1", side: side, from: 1, to: 1, generatorWidth: 2).first)
    func dropouts(_ layers: [NetworkOutline.Layer]) -> [Shape] {
      layers.flatMap { layer in
        layer.parts.flatMap { dropouts($0.layers) }
          + (layer.written["dropout"] == nil ? [] : [layer.output])
      }
    }
    let found = dropouts(outline.layers)
    // 4x4, 8x8 and 16x16 of 256 pixels.
    #expect(found.map { $0[0] }.sorted() == Array([4, 8, 16].prefix(count)))
  }

  /// A config that says where its images are is not held to where a variant's own would be.
  @Test(arguments: ["pix2pix", "cyclegan"])
  func whatIsGivenReplacesTheVariantsData(_ name: String) throws {
    let json = #"""
      { "variant": "\#(name)",
        "data": { "dataset": "folder", "path": "p", "size": [256, 256], "source": { "half": "right" } } }
      """#
    let data = try Recipe(parsing: Array(json.utf8), file: "c.json", registry: builtIn).config.data
    #expect(data.source?.made == nil && data.source?.half == .right && data.pad == nil)
    #expect(data.source?.paired == nil && data.comesInPairs)
  }
}
