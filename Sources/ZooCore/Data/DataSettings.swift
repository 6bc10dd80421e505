/// Where samples come from.
public struct DataSettings: ConfigBlock, Equatable {
  /// What is cut from the middle of a picture of a folder.
  public enum Crop: Equatable, Sendable {
    /// Only what does not fit the shape of `size`.
    case none
    /// The largest square.
    case square
    /// A square of so many pixels.
    case pixels(Int)
  }

  /// What happens when pictures of a folder cannot be used.
  public enum Broken: String, CaseIterable, Sendable {
    /// They are an error.
    case fail
    /// They are left out, and counted.
    case skip
  }

  /// The dataset's name, or the kind of what `path` leads to.
  public var dataset = "mnist"
  /// The folder or file, for `folder`, `npy` and `pack`.
  public var path: String?
  /// Rows and columns that the pictures of a folder get.
  public var size = [64, 64]
  /// Rows and columns that they get in training, which sees random parts of `size`.
  public var enlarge: [Int]?
  /// Whether pictures are maps of labels: no value lies between two.
  var holdsLabels = false
  /// What is cut from the middle of each first.
  public var crop = Crop.none
  /// 1 for grey, 3 for colour.
  public var channels = 3
  /// What happens to pictures that cannot be used.
  public var broken = Broken.fail
  /// Sides of the squares in whose middle the images of a named set get; nil leaves them.
  public var pad: Int?
  /// What is translated into the samples; nil where nothing is.
  public var source: SourceSettings?
  /// Whether images are turned left to right half of the time.
  public var mirror = false
  /// What is used when the dataset is not on disk and cannot be fetched.
  public var fallback: String?
  /// What pixels of 0...1 are mapped to; −1...1 for a tanh generator.
  public var range = -1.0...1.0

  public init() {}

  /// Whether there is another domain whose images belong to samples.
  public var comesInPairs: Bool { source?.isPaired == true }

  public static var fields: [Field<DataSettings>] {
    let name = Codec.name(among: DataLibrary.names)
    func ofFolders(_ field: Field<DataSettings>) -> Field<DataSettings> {
      field.refused(
        unless: { $0.dataset == "folder" }, "only the dataset \"folder\" takes this")
    }
    return [
      Field("dataset", \.dataset, name, "The dataset; see `zoo data list`."),
      Field(
        "path", \.path, Codec.text("a path").optional,
        "The folder or file, for the datasets `folder`, `npy` and `pack`."),
      ofFolders(
        .integers(
          "size", \.size, count: 2...2, in: 1...4096,
          "Rows and columns that the pictures of a folder get.")),
      ofFolders(
        .optionalPair(
          "enlarge", \.enlarge, in: 1...4096,
          "Rows and columns that they get in training, which sees random parts of `size`.")),
      ofFolders(
        Field(
          "crop", \.crop, .crop,
          "What is cut from the middle of a folder's pictures before they are resized.")),
      ofFolders(
        Field(
          "channels", \.channels, .channels, "1 for grey pictures of a folder, 3 for colour.")),
      ofFolders(
        .choice("broken", \.broken, "What happens when pictures of a folder cannot be used.")),
      .optionalInteger(
        "pad", \.pad, in: 1...4096,
        "Sides of the black squares in whose middle images are put."),
      Field(
        "source", \.source, Codec<SourceSettings>.block.whole,
        "What is translated into the samples: pairs, or another set."),
      .flag("mirror", \.mirror, "Whether images are turned left to right half of the time."),
      Field(
        "fallback", \.fallback, Codec.name(among: DataLibrary.fallbacks).optional,
        "What is used instead when the dataset is not at hand."),
      Field("range", \.range, .interval, "What pixels of 0...1 are mapped to."),
    ]
  }
}

extension Codec where Value == Int {
  /// 1 or 3.
  static var channels: Codec {
    Codec(
      "1 or 3", schema: ["enum": [1, 3]],
      parse: { json in json.int.flatMap { [1, 3].contains($0) ? $0 : nil } },
      write: { .number($0) })
  }
}

extension Codec where Value == DataSettings.Crop {
  /// `"none"`, `"square"`, or a number of pixels.
  static var crop: Codec {
    let expectation = "\"none\", \"square\" or a whole number of pixels in 1...65500"
    return Codec(
      expectation,
      schema: ["anyOf": [["enum": ["none", "square"]], .integerSchema(in: 1...65_500)]],
      read: { json, value, reading, path in
        if let pixels = json.int, 1...65_500 ~= pixels {
          value = .pixels(pixels)
        } else if json.string == "none" {
          value = .none
        } else if json.string == "square" {
          value = .square
        } else {
          reading.report(json, path, "expected \(expectation), found \(json.summary)")
        }
      },
      write: { crop in
        switch crop {
        case .none: "none"
        case .square: "square"
        case .pixels(let pixels): .number(pixels)
        }
      })
  }
}
