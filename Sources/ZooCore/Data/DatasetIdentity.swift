/// What a run remembers of its dataset: enough to know it again, and to draw without it.
public struct DatasetIdentity: Equatable, Sendable {
  /// The dataset's name.
  public let name: String
  /// The dataset's digest.
  public let digest: String
  /// The shape of one sample.
  public let sampleShape: Shape
  /// The names of the classes, or nil without labels.
  public let classNames: [String]?

  /// The identity of a dataset.
  public init(_ dataset: any Dataset) {
    name = dataset.name
    digest = dataset.digest
    sampleShape = dataset.sampleShape
    classNames = dataset.classNames
  }

  /// As manifests have it.
  public var written: JSONValue {
    [
      "name": .string(name), "sha256": .string(digest),
      "shape": .array(sampleShape.map { .number($0) }),
      "classes": classNames.map { .array($0.map { .string($0) }) } ?? nil,
    ]
  }

  /// From a manifest; nil when something is missing.
  package init?(written json: JSONValue) {
    guard let name = json["name"]?.string, let digest = json["sha256"]?.string,
      let shape = json["shape"]?.array
    else { return nil }
    self.name = name
    self.digest = digest
    sampleShape = shape.compactMap(\.int)
    classNames = json["classes"]?.array?.compactMap(\.string)
    guard !sampleShape.isEmpty, sampleShape.allSatisfy({ $0 > 0 }) else { return nil }
  }
}
