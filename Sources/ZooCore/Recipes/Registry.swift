/// What a program knows: its variants, architectures and layers.
public struct Registry: Sendable {
  /// The variants, in the order of `zoo list`.
  public let variants: [any Variant.Type]
  /// The architectures that configs can name.
  public let architectures: [Architecture]
  /// The layers that variants add to those of `LayerCatalogue`.
  let addedLayers: [any LayerSpec.Type]

  /// A registry of variants, whose own architectures join the given ones, and whose layers those of
  /// the core; names must differ.
  public init(variants: [any Variant.Type], architectures: [Architecture]) {
    // A registry made of another one's architectures has some of them already.
    let known = Set(architectures.map(\.name))
    let architectures =
      architectures + variants.flatMap { $0.architectures }.filter { !known.contains($0.name) }
    require(
      Set(variants.map { $0.card.name }).count == variants.count
        && Set(architectures.map(\.name)).count == architectures.count,
      "two variants or two architectures share a name")
    // Several variants may bring the same one.
    var types: Set<ObjectIdentifier> = []
    let added = variants.flatMap { $0.layers }
      .filter { types.insert(ObjectIdentifier($0)).inserted }
    require(
      Set((LayerCatalogue.all + added).map { $0.key }).count
        == LayerCatalogue.all.count + added.count,
      "two layers share a name")
    self.variants = variants
    self.architectures = architectures
    addedLayers = added
  }

  /// All layers that configs can name.
  public var layers: [any LayerSpec.Type] { LayerCatalogue.all + addedLayers }

  /// The variant of this name.
  public func variant(named name: String) -> (any Variant.Type)? {
    variants.first { $0.card.name == name }
  }
}
