/// What a translator starts from, beside the samples that it draws.
public struct SourceSettings: ConfigBlock, Equatable, Defaulted {
  /// Which way pictures are translated.
  public enum Direction: String, Sendable, CaseIterable {
    /// From what `source` says to the dataset's samples.
    case forth = "AtoB"
    /// From the dataset's samples to what `source` says.
    case back = "BtoA"
  }

  /// One half of pictures that lie side by side in one.
  public enum Half: String, Sendable, CaseIterable, Defaulted {
    case left, right

    public init() { self = .left }
  }

  /// How pairs are made of the dataset's images; nil where they are somewhere.
  public var made: PairMaker?
  /// Which half of each picture of a folder is started from; the other half is drawn.
  public var half: Half?
  /// A set of its own by name, or `folder`.
  public var dataset: String?
  /// The folder of the other domain.
  public var path: String?
  /// The number of classes, where the folder's pictures are maps of labels.
  public var labels: Int?
  /// The folder of pictures of the same names that number things.
  public var instances: String?
  /// Whether image i belongs to sample i; of pairs that are made or lie side by side, unless said otherwise.
  public var paired: Bool?
  /// Which way pictures are translated.
  public var direction = Direction.forth

  public init() {}

  /// Pairs that are made, or, unpaired, the halves of them that do not belong together.
  public init(made: PairMaker, paired: Bool? = nil) { (self.made, self.paired) = (made, paired) }

  public static var fields: [Field<SourceSettings>] {
    [
      Field(
        "made", \.made, Codec<PairMaker>.choice.optional,
        "How pairs are made of the dataset's images; needs no files."),
      Field(
        "half", \.half, Codec<Half>.choice.optional,
        "Which half of a folder's pictures is started from; the other is drawn."),
      Field(
        "dataset", \.dataset, Codec.name(among: DataLibrary.names).optional,
        "Another dataset, whose images are started from."),
      Field(
        "path", \.path, Codec.text("a path").optional,
        "The folder of the images that are started from."),
      .optionalInteger(
        "labels", \.labels, in: 1...256,
        "The number of classes, where that folder's grey pictures are maps of labels."),
      .optionalText(
        "instances", \.instances, "a path",
        "The folder of grey pictures of the same names that number things."),
      Field(
        "paired", \.paired, Codec<Bool>.flag.optional,
        "Whether image i belongs to sample i; by itself true for `made` and `half`."),
      .choice("direction", \.direction, "Which way pictures are translated."),
    ]
  }

  /// Whether the two domains come in pairs.
  var isPaired: Bool { paired ?? (made != nil || half != nil) }
}
