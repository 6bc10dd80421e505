import ZooCore

/// When networks grow: one size after another, each trained for a while first and then faded in.
///
/// Source: Karras et al. 2018, arXiv:1710.10196, §2 and appendix A.
protocol GrowthPhases: ConfigBlock {
  /// Sizes beyond the smallest that are there from the beginning.
  var start: Int { get set }
  /// Real images that each size is trained with before the next one is faded in.
  var stable: Int { get set }
  /// Real images over which a size is faded in.
  var fade: Int { get set }
}

extension GrowthPhases {
  static var phases: [Field<Self>] {
    [
      .integer(
        "start", \.start, in: 0...16,
        "Sizes beyond the smallest that are there from the beginning."),
      .integer(
        "stable", \.stable, in: 0...1_000_000_000,
        "Real images that each size is trained with before the next one is faded in."),
      .integer(
        "fade", \.fade, in: 1...1_000_000_000,
        "Real images over which a size is faded in."),
    ]
  }

  /// How many sizes have grown when so many real images were seen.
  func place(_ samplesSeen: Int) -> Double {
    let (phases, rest) = samplesSeen.quotientAndRemainder(dividingBy: stable + fade)
    return Double(start + phases) + Double(max(rest - stable, 0)) / Double(fade)
  }
}

/// The networks of both players that grow together, if they do.
struct Growing {
  private let ofGenerator: [Growth]
  private let ofDiscriminator: [Growth]

  /// Those of a request whose networks are built.
  init<Options>(_ request: BuildRequest<Options>) {
    func growths(_ role: NetworkRole) -> [Growth] { Growth.all(in: request.scope(role).store) }
    (ofGenerator, ofDiscriminator) = (growths(.generator), growths(.discriminator))
  }

  /// Goes to a place between the sizes; whether another size is in use then.
  func move(to place: Double) -> Bool {
    (ofGenerator + ofDiscriminator).map { $0.move(to: place) }.contains(true)
  }

  /// Whether a parameter has not grown yet, or is outgrown.
  func rests(_ player: Player, _ name: String) -> Bool {
    (player == .generator ? ofGenerator : ofDiscriminator).first?.rests(name) == true
  }

  /// Real images as the sizes in use show them.
  func seen(_ images: Tensor) -> Tensor {
    (ofGenerator + ofDiscriminator).last?.seen(images) ?? images
  }
}
