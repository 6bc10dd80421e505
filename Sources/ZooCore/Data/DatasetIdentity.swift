/// What a run remembers of its dataset: enough to know it again, and to draw without it.
public struct DatasetIdentity: Equatable, Sendable {
  /// The dataset's name.
  public let name: String
  /// The dataset's digest.
  public let digest: String
  /// The number of samples; nil in files of earlier versions, which did not tell.
  public let count: Int?
  /// The shape of one sample.
  public let sampleShape: Shape
  /// The names of the classes, or nil without labels.
  public let classNames: [String]?
  /// The shape of one image of the other domain, where there is one.
  public let sourceShape: Shape?
  /// The number of classes in maps of labels, where the other domain's images are such.
  public let sourceLabels: Int?

  /// The identity of a dataset.
  public init(_ dataset: any Dataset) {
    name = dataset.name
    digest = dataset.digest
    count = dataset.count
    sampleShape = dataset.sampleShape
    classNames = dataset.classNames
    sourceShape = dataset.source?.images.sampleShape
    sourceLabels = dataset.source?.images.labelMaps?.classes
  }

  /// As manifests have it.
  public var written: JSONValue {
    func numbers(_ shape: Shape) -> JSONValue { .array(shape.map { .number($0) }) }
    return .object(
      [
        .init("name", .string(name)), .init("sha256", .string(digest)),
        .init("count", count.map { .number($0) } ?? nil), .init("shape", numbers(sampleShape)),
        .init("classes", classNames.map { .array($0.map { .string($0) }) } ?? nil),
      ] + (sourceShape.map { [.init("source", numbers($0))] } ?? [])
        + (sourceLabels.map { [.init("labels", .number($0))] } ?? []))
  }

  /// From a manifest; nil when something is missing or makes no sense.
  public init?(written json: JSONValue) {
    guard let name = json["name"]?.string, let digest = json["sha256"]?.string,
      let shape = json["shape"].flatMap(Self.shape)
    else { return nil }
    self.name = name
    self.digest = digest
    count = json["count"]?.int
    sampleShape = shape
    sourceShape = json["source"].flatMap(Self.shape)
    sourceLabels = json["labels"]?.int
    classNames = json["classes"]?.array?.compactMap(\.string)
    guard (sourceShape == nil) == (json["source"] == nil),
      (sourceLabels == nil) == (json["labels"] == nil),
      sourceLabels.map({ 1...65_536 ~= $0 && 1...2 ~= sourceShape?.last ?? 0 }) ?? true,
      classNames?.count == json["classes"]?.array?.count, classNames?.isEmpty != true
    else { return nil }
  }

  /// A shape that an array can have.
  private static func shape(_ json: JSONValue) -> Shape? {
    guard let sizes = json.array else { return nil }
    let shape = sizes.compactMap(\.int)
    guard !shape.isEmpty, shape.count == sizes.count, shape.allSatisfy({ $0 > 0 }),
      shape.checkedElementCount != nil
    else { return nil }
    return shape
  }
}

// MARK: - Other data

extension DatasetIdentity {
  /// In what a dataset differs from this one, in words; nil when it is the same.
  ///
  /// The digests decide; counts, shapes and classes say what may have happened. A digest is of the
  /// values alone, so that shapes and the number of classes must be the same as well.
  public func difference(from present: any Dataset) -> String? {
    let here = DatasetIdentity(present)
    guard
      digest != here.digest || sampleShape != here.sampleShape
        || classNames?.count != here.classNames?.count
    else { return nil }
    var parts: [String] = []
    if name != here.name { parts.append("it was \(name), here is \(here.name)") }
    switch (count, here.count) {
    case (let was?, let now?) where was != now:
      parts.append("it had \(Text.counted(was, "sample")), here \(now == 1 ? "is" : "are") \(now)")
    case (let was?, _): parts.append("it has \(Text.counted(was, "sample")) as before")
    case (nil, let now?): parts.append("here are \(Text.counted(now, "sample"))")
    case (nil, nil): break
    }
    if sampleShape != here.sampleShape {
      parts.append("samples were \(sampleShape), here are \(here.sampleShape)")
    }
    if sourceShape != here.sourceShape {
      func told(_ shape: Shape?) -> String { shape.map { "\($0)" } ?? "none" }
      parts.append(
        "images to start from were \(told(sourceShape)), here are \(told(here.sourceShape))")
    }
    parts += Self.changes(from: classNames ?? [], to: here.classNames ?? [])
    guard digest != here.digest else { return parts.joined(separator: "; ") }
    return (parts + ["its digest was \(digest.prefix(12))…, here is \(here.digest.prefix(12))…"])
      .joined(separator: "; ")
  }

  /// The classes that came and went, the first few by name.
  private static func changes(from old: [String], to new: [String]) -> [String] {
    let (before, after) = (Set(old), Set(new))
    let lists = [
      ("missing", old.filter { !after.contains($0) }), ("new", new.filter { !before.contains($0) }),
    ]
    return lists.compactMap { word, names in
      names.isEmpty
        ? nil
        : "\(Text.counted(names.count, "class", plural: "classes")) \(word): \(Text.listed(names))"
    }
  }
}
