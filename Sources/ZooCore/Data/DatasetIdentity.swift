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

  /// The identity of a dataset.
  public init(_ dataset: any Dataset) {
    name = dataset.name
    digest = dataset.digest
    count = dataset.count
    sampleShape = dataset.sampleShape
    classNames = dataset.classNames
  }

  /// As manifests have it.
  public var written: JSONValue {
    [
      "name": .string(name), "sha256": .string(digest),
      "count": count.map { .number($0) } ?? nil,
      "shape": .array(sampleShape.map { .number($0) }),
      "classes": classNames.map { .array($0.map { .string($0) }) } ?? nil,
    ]
  }

  /// From a manifest; nil when something is missing or makes no sense.
  public init?(written json: JSONValue) {
    guard let name = json["name"]?.string, let digest = json["sha256"]?.string,
      let shape = json["shape"]?.array
    else { return nil }
    self.name = name
    self.digest = digest
    count = json["count"]?.int
    sampleShape = shape.compactMap(\.int)
    classNames = json["classes"]?.array?.compactMap(\.string)
    guard !sampleShape.isEmpty, sampleShape.count == shape.count,
      sampleShape.allSatisfy({ $0 > 0 }), sampleShape.checkedElementCount != nil,
      classNames?.count == json["classes"]?.array?.count, classNames?.isEmpty != true
    else { return nil }
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
