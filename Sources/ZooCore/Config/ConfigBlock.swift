/// A group of settings that a config's object fills in.
///
/// One table says what each key is called, means and may be; decoding, the resolved config and the
/// schema all come from that table.
public protocol ConfigBlock: Sendable {
  /// The defaults.
  init()
  /// One entry for each key.
  static var fields: [Field<Self>] { get }
}

/// One key of a block.
public struct Field<Block: Sendable>: Sendable {
  /// The key.
  public let key: String
  /// What the value must be.
  public let expectation: String
  /// What it means, in one sentence.
  public let meaning: String
  /// Whether the key must be there.
  public let isRequired: Bool
  /// What the value must be, as JSON Schema.
  let schema: @Sendable () -> JSONValue
  let read: @Sendable (JSONValue, inout Block, ConfigReading, _ path: String) -> Void
  let write: @Sendable (Block) -> JSONValue?

  /// A key whose value goes to `property` by way of `codec`.
  public init<Value>(
    _ key: String, _ property: WritableKeyPath<Block, Value> & Sendable, _ codec: Codec<Value>,
    required: Bool = false, _ meaning: String
  ) {
    self.key = key
    self.meaning = meaning
    expectation = codec.expectation
    schema = codec.schema
    isRequired = required
    read = { json, block, reading, path in
      codec.read(json, &block[keyPath: property], reading, path)
    }
    write = { codec.write($0[keyPath: property]) }
  }

  /// A key that starts from another setting of its block while it is absent itself.
  init<Value: Sendable>(
    _ key: String, _ property: WritableKeyPath<Block, Value?> & Sendable,
    startingFrom start: KeyPath<Block, Value> & Sendable, _ codec: Codec<Value>,
    _ meaning: String
  ) {
    self.key = key
    self.meaning = meaning
    expectation = codec.expectation
    schema = codec.schema
    isRequired = false
    read = { json, block, reading, path in
      var value = block[keyPath: property] ?? block[keyPath: start]
      codec.read(json, &value, reading, path)
      block[keyPath: property] = value
    }
    write = { $0[keyPath: property].flatMap(codec.write) }
  }

  private init(
    _ field: Field<some Sendable>,
    read: @escaping @Sendable (JSONValue, inout Block, ConfigReading, String) -> Void,
    write: @escaping @Sendable (Block) -> JSONValue?
  ) {
    key = field.key
    expectation = field.expectation
    schema = field.schema
    meaning = field.meaning
    isRequired = field.isRequired
    self.read = read
    self.write = write
  }

  /// The same key in a block that holds this block at `property`.
  func lifted<Outer: Sendable>(
    to property: WritableKeyPath<Outer, Block> & Sendable
  ) -> Field<Outer> {
    Field<Outer>(
      self, read: { read($0, &$1[keyPath: property], $2, $3) },
      write: { write($0[keyPath: property]) })
  }

  /// The same key, refused where the settings read before it say that it changes nothing.
  ///
  /// The default may be there: a resolved config writes every value out.
  func refused(
    unless applies: @escaping @Sendable (Block) -> Bool, _ problem: String
  ) -> Field where Block: ConfigBlock {
    Field(
      self,
      read: { [read, write] json, block, reading, path in
        read(json, &block, reading, path)
        guard !applies(block), let value = write(block), value != write(Block()) else { return }
        reading.report(
          json.origin, path, problem,
          advice: "leave it out\(write(Block()).map { ", or set it to \($0.compact())" } ?? "")")
      }, write: write)
  }

  /// A whole number.
  public static func integer(
    _ key: String, _ property: WritableKeyPath<Block, Int> & Sendable, in range: ClosedRange<Int>,
    required: Bool = false, _ meaning: String
  ) -> Field {
    Field(key, property, .integer(in: range), required: required, meaning)
  }

  /// A whole number that may be absent.
  public static func optionalInteger(
    _ key: String, _ property: WritableKeyPath<Block, Int?> & Sendable, in range: ClosedRange<Int>,
    _ meaning: String
  ) -> Field {
    Field(key, property, Codec.integer(in: range).optional, meaning)
  }

  /// A number.
  public static func number(
    _ key: String, _ property: WritableKeyPath<Block, Double> & Sendable,
    in range: ClosedRange<Double>, required: Bool = false, _ meaning: String
  ) -> Field {
    Field(key, property, .number(in: range), required: required, meaning)
  }

  /// A text that may be absent.
  public static func optionalText(
    _ key: String, _ property: WritableKeyPath<Block, String?> & Sendable, _ expectation: String,
    _ meaning: String
  ) -> Field {
    Field(key, property, Codec.text(expectation).optional, meaning)
  }

  /// A number that may be absent.
  public static func optionalNumber(
    _ key: String, _ property: WritableKeyPath<Block, Double?> & Sendable,
    in range: ClosedRange<Double>, _ meaning: String
  ) -> Field {
    Field(key, property, Codec.number(in: range).optional, meaning)
  }

  /// True or false.
  public static func flag(
    _ key: String, _ property: WritableKeyPath<Block, Bool> & Sendable, _ meaning: String
  ) -> Field {
    Field(key, property, .flag, meaning)
  }

  /// One of a few words.
  public static func choice<Choice>(
    _ key: String, _ property: WritableKeyPath<Block, Choice> & Sendable, _ meaning: String
  ) -> Field where Choice: RawRepresentable & CaseIterable & Sendable, Choice.RawValue == String {
    Field(key, property, .choice, meaning)
  }

  /// A list of whole numbers.
  public static func integers(
    _ key: String, _ property: WritableKeyPath<Block, [Int]> & Sendable, count: ClosedRange<Int>,
    in range: ClosedRange<Int>, required: Bool = false, _ meaning: String
  ) -> Field {
    Field(key, property, .integers(count: count, in: range), required: required, meaning)
  }

  /// One whole number for both directions, or `[height, width]`.
  static func pair(
    _ key: String, _ property: WritableKeyPath<Block, [Int]> & Sendable, in range: ClosedRange<Int>,
    _ meaning: String
  ) -> Field {
    Field(key, property, .pair(in: range), meaning)
  }

  static func optionalPair(
    _ key: String, _ property: WritableKeyPath<Block, [Int]?> & Sendable,
    in range: ClosedRange<Int>, _ meaning: String
  ) -> Field {
    Field(key, property, Codec.pair(in: range).optional, meaning)
  }

  /// A group of settings of its own.
  public static func block<Inner: ConfigBlock>(
    _ key: String, _ property: WritableKeyPath<Block, Inner> & Sendable, _ meaning: String
  ) -> Field {
    Field(key, property, .block, meaning)
  }
}

extension ConfigBlock {
  /// Reads an object's members; absent keys keep their value.
  mutating func read(
    _ members: [JSONValue.Member], at object: JSONValue, _ reading: ConfigReading, _ path: String,
    ignoring ignored: Set<String> = []
  ) {
    let fields = Self.fields
    let prefix = path.isEmpty ? "" : "\(path)."
    for member in members where !ignored.contains(member.key) {
      if !fields.contains(where: { $0.key == member.key }) {
        let keys = fields.map(\.key) + ignored.filter { !$0.hasPrefix("$") }.sorted()
        reading.reportUnknownKey(member, prefix + member.key, among: keys)
      }
    }
    // In the table's order: a later key may start from what an earlier one says.
    for field in fields {
      if let member = members.first(where: { $0.key == field.key }) {
        field.read(member.value, &self, reading, prefix + member.key)
      }
    }
    for field in fields where field.isRequired {
      if !members.contains(where: { $0.key == field.key }) {
        reading.report(
          object, path, "the key \"\(field.key)\" is missing: \(field.expectation)")
      }
    }
  }

  /// The settings as an object, as a resolved config shows them.
  package var written: JSONValue {
    .object(
      Self.fields.compactMap { field in
        field.write(self).map { JSONValue.Member(field.key, $0) }
      })
  }
}

/// The faults found while a config is read; all of them are shown at once.
public final class ConfigReading {
  private static let most = 20
  private let document: JSONDocument
  private var found: [(place: JSONValue.Origin, finding: ZooError.Finding)] = []
  private var count = 0
  /// Blocks that a program adds to the language, such as its variants' own layers.
  let additions: [any ConfigBlock.Type]
  /// How many lists of layers are being read, one within the other.
  var nesting = 0

  init(_ document: JSONDocument, adding additions: [any ConfigBlock.Type] = []) {
    self.document = document
    self.additions = additions
  }

  /// Notes a fault of `value`.
  func report(
    _ value: JSONValue, _ path: String, _ problem: String,
    suggestion: @autoclosure () -> String? = nil
  ) {
    report(value.origin, path, problem, advice: suggestion().map { "did you mean \"\($0)\"?" })
  }

  func reportUnknownKey(_ member: JSONValue.Member, _ path: String, among keys: [String]) {
    report(
      member.keyOrigin, path, "unknown key \"\(member.key)\"", advice: advice(member, among: keys))
  }

  private func advice(_ member: JSONValue.Member, among keys: [String]) -> String? {
    let closest = Suggestion.closest(to: member.key, among: keys)
      .map { "did you mean \"\($0)\"?" }
    let known = keys.isEmpty ? nil : "known keys: \(keys.joined(separator: ", "))"
    // On the command line there is no file to look at for what stands beside it.
    if case .flag = member.keyOrigin, let closest, let known { return "\(closest) \(known)" }
    return closest ?? known
  }

  /// Notes a fault; advice is worked out for those that are shown, as there may be many more.
  func report(
    _ origin: JSONValue.Origin, _ path: String, _ problem: String,
    advice: @autoclosure () -> String?
  ) {
    guard found.count < Self.most else {
      count += 1
      return
    }
    let what = path.isEmpty ? problem : "\(path): \(problem)"
    let finding = document.finding(what, at: origin, advice: advice())
    // Who asks twice for the same, such as each way of a translation, is told once.
    guard !found.contains(where: { $0.finding == finding }) else { return }
    count += 1
    found.append((origin, finding))
  }

  /// Throws what was found, if anything, in the order of the file.
  func finish() throws(ZooError) {
    guard !found.isEmpty else { return }
    func position(_ origin: JSONValue.Origin) -> (Int, Int) {
      if case .file(let line, let column) = origin { (line, column) } else { (.max, 0) }
    }
    var shown = found.sorted { position($0.place) < position($1.place) }.map(\.finding)
    if count > shown.count {
      shown.append(.init("and \(count - shown.count) more errors", at: document.name))
    }
    throw ZooError(.usage, shown)
  }
}
