/// What a config says of a schedule that is more than a number.
private struct ScheduleBlock: ConfigBlock {
  var points: [[Double]] = []
  var between = Schedule.Between.linear
  var unit = Schedule.Unit.steps

  static var fields: [Field<ScheduleBlock>] {
    [
      Field(
        "points", \.points, .points, required: true,
        "Places in the run, which increase, each with the value there."),
      .choice(
        "between", \.between, "How the value goes from one point to the next: not, or on which way."
      ),
      .choice("in", \.unit, "What places are measured in; of the run they are its share, 0...1."),
    ]
  }
}

extension Codec where Value == [[Double]] {
  /// A list of `[place, value]`.
  fileprivate static var points: Codec {
    let pair = JSONValue.listSchema(of: ["type": "number"], count: 2...2)
    return Codec(
      "a list of [place, value]", schema: ["type": "array", "minItems": 1, "items": pair],
      parse: { json in
        let points = (json.array ?? []).map { point in point.array?.compactMap(\.double) ?? [] }
        let isList = !points.isEmpty && points.allSatisfy { $0.count == 2 }
        return isList && json.array?.allSatisfy { $0.array?.count == 2 } == true ? points : nil
      }, write: { .array($0.map { .array($0.map { .number($0) }) }) })
  }
}

extension Schedule {
  /// As a config shows it: a number, or an object.
  var written: JSONValue {
    if isConstant { return .number(points[0].value) }
    var block = ScheduleBlock()
    block.points = points.map { [$0.place, $0.value] }
    (block.between, block.unit) = (between, unit)
    return block.written
  }

  /// From a resolved config; nil where it is something else.
  init?(written json: JSONValue) {
    if let number = json.double {
      self.init(number)
      return
    }
    let points = (json["points"]?.array ?? []).compactMap { $0.array?.compactMap(\.double) }
    guard !points.isEmpty, points.allSatisfy({ $0.count == 2 }),
      let between = json["between"]?.string.flatMap(Between.init(rawValue:)),
      let unit = json["in"]?.string.flatMap(Unit.init(rawValue:))
    else { return nil }
    self.init(points.map { ($0[0], $0[1]) }, between: between, in: unit)
  }

  /// The object's form; values have the range of the key.
  static var schema: JSONValue { ScheduleBlock.schema(withDefaults: true) }
}

extension Codec where Value == Schedule {
  /// A number, or a schedule of numbers, in a range.
  static func schedule(in range: ClosedRange<Double>) -> Codec {
    schedule(of: Codec<Double>.number(in: range))
  }

  /// A whole number, or a schedule of whole numbers, in a range; between its points the value is
  /// rounded.
  static func wholeSchedule(in range: ClosedRange<Int>) -> Codec {
    let whole = Codec<Int>.integer(in: range)
    return schedule(
      of: Codec<Double>(
        whole.expectation, schema: whole.schema(),
        parse: { json in json.int.flatMap { range.contains($0) ? Double($0) : nil } },
        write: { .number($0) }))
  }

  private static func schedule(of number: Codec<Double>) -> Codec {
    let expectation = "\(number.expectation), or a schedule { \"points\": [[place, value], …] }"
    return Codec(
      expectation, schema: ["anyOf": [number.schema(), .reference("schedule")]],
      read: { json, value, reading, path in
        if json.object != nil {
          readPoints(json, &value, of: number, reading, path)
        } else if json.double != nil {
          var constant = value.points[0].value
          number.read(json, &constant, reading, path)
          value = Schedule(constant)
        } else {
          reading.report(json, path, "expected \(expectation), found \(json.summary)")
        }
      }, write: { $0.written })
  }

  private static func readPoints(
    _ json: JSONValue, _ value: inout Schedule, of number: Codec<Double>,
    _ reading: ConfigReading, _ path: String
  ) {
    var block = ScheduleBlock()
    Codec<ScheduleBlock>.block.read(json, &block, reading, path)
    var isGood = !block.points.isEmpty
    for (index, point) in (block.points.isEmpty ? [] : json["points"]?.array ?? []).enumerated() {
      let (place, element) = (block.points[index][0], point.array ?? [])
      let name = "\(path).points[\(index)]"
      if let fault = misplaced(index, block) {
        reading.report(
          element[0], "\(name)[0]", "\(fault), found \(JSONValue.number(place).compact())")
        isGood = false
      }
      var ignored = 0.0
      number.read(element[1], &ignored, reading, "\(name)[1]")
    }
    guard isGood else { return }
    value = Schedule(
      block.points.map { ($0[0], $0[1]) }, between: block.between, in: block.unit)
  }

  /// What is expected of a point's place, where it is not so.
  private static func misplaced(_ index: Int, _ block: ScheduleBlock) -> String? {
    let place = block.points[index][0]
    if block.unit == .run, !(0...1 ~= place) { return "expected a share of the run in 0...1" }
    if place < 0 { return "expected \(block.unit.rawValue) from 0 on" }
    guard index > 0, place <= block.points[index - 1][0] else { return nil }
    let before = JSONValue.number(block.points[index - 1][0]).compact()
    return "expected places that increase, here more than \(before)"
  }
}

extension Field {
  /// A number that may change over the run.
  public static func schedule(
    _ key: String, _ property: WritableKeyPath<Block, Schedule> & Sendable,
    in range: ClosedRange<Double>, _ meaning: String
  ) -> Field {
    Field(key, property, .schedule(in: range), meaning)
  }

  /// A number that may change over the run, and that may be absent.
  public static func optionalSchedule(
    _ key: String, _ property: WritableKeyPath<Block, Schedule?> & Sendable,
    in range: ClosedRange<Double>, _ meaning: String
  ) -> Field {
    Field(key, property, Codec.schedule(in: range).optional, meaning)
  }

  /// A whole number that may change over the run.
  public static func wholeSchedule(
    _ key: String, _ property: WritableKeyPath<Block, Schedule> & Sendable,
    in range: ClosedRange<Int>, _ meaning: String
  ) -> Field {
    Field(key, property, .wholeSchedule(in: range), meaning)
  }

  /// A whole number that may change over the run, and that may be absent.
  public static func optionalWholeSchedule(
    _ key: String, _ property: WritableKeyPath<Block, Schedule?> & Sendable,
    in range: ClosedRange<Int>, _ meaning: String
  ) -> Field {
    Field(key, property, Codec.wholeSchedule(in: range).optional, meaning)
  }
}
