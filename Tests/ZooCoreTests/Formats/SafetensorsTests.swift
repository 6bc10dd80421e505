import Testing
import ZooCore

@Suite("Safetensors")
struct SafetensorsTests {
  /// A file from the text of its header, as it is, and the bytes of its tensors.
  static func file(_ header: String, _ buffer: [UInt8] = []) -> [UInt8] {
    let length = header.utf8.count
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + buffer
  }

  /// What the format's own writer makes of an `F32[2, 2]` of zeros named "test".
  @Test("a small file, byte by byte")
  func smallFile() throws {
    let header = #"{"test":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#
    let bytes = Self.file(header + "    ", [UInt8](repeating: 0, count: 16))
    #expect(bytes[0] == 64)
    let entry = Safetensors.Entry(
      name: "test", shape: [2, 2], values: [Float](repeating: 0, count: 4))
    #expect(Safetensors([entry]).serialized() == bytes)
    let read = try Safetensors(parsing: bytes, name: "a")
    #expect(read.entries == [entry] && read.metadata.isEmpty)
  }

  @Test("writes large alignments first, then names, metadata sorted")
  func order() throws {
    let file = Safetensors(
      [
        .init(name: "b", shape: [1], values: [Float(1)]),
        .init(name: "a", shape: [2], values: [UInt8(1), 2]),
        .init(name: "Z", shape: [], values: [Float(2)]),
        .init(name: "c", shape: [1], values: [Int64(-1)]),
        .init(name: "d", shape: [0, 3], values: [Double]()),
        .init(name: "e", shape: [1], values: [Int32(7)]),
      ], metadata: ["z": "1", "format": "pt"])
    let header =
      #"{"__metadata__":{"format":"pt","z":"1"},"#
      + #""c":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
      + #""d":{"dtype":"F64","shape":[0,3],"data_offsets":[8,8]},"#
      + #""Z":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"#
      + #""e":{"dtype":"I32","shape":[1],"data_offsets":[16,20]},"#
      + #""a":{"dtype":"U8","shape":[2],"data_offsets":[20,22]}}"#
    let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let buffer: [UInt8] =
      [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 64, 0, 0, 128, 63, 7, 0, 0, 0, 1, 2]
    #expect(file.serialized() == Self.file(header + padding, buffer))

    let read = try Safetensors(parsing: file.serialized(), name: "a")
    #expect(read.metadata == file.metadata)
    #expect(read.entries.map(\.name) == ["c", "d", "Z", "b", "e", "a"])
    #expect(try read["b"]?.values(as: Float.self) == [1])
    #expect(try read["c"]?.values(as: Int64.self) == [-1])
    #expect(try read["d"]?.values(as: Double.self) == [])
    #expect(read["nobody"] == nil)
    #expect(read.serialized() == file.serialized())
  }

  @Test("every dtype can be read", arguments: Safetensors.DType.allCases)
  func dtypes(_ dtype: Safetensors.DType) throws {
    let size = dtype.bitCount
    let header = #"{"x":{"dtype":"\#(dtype.rawValue)","shape":[2,4],"data_offsets":[0,\#(size)]}}"#
    let read = try Safetensors(
      parsing: Self.file(header, [UInt8](repeating: 1, count: size)), name: "a")
    #expect(read["x"]?.dtype == dtype)
    #expect(read["x"]?.shape == [2, 4])
  }

  static let accepted: [(String, Int)] = [
    ("{}", 0), (#"{"__metadata__":{}}"#, 0),
    (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#, 1),
    (#"{"a":{"shape":[3],"data_offsets":[0,3],"dtype":"U8"}}   "#, 3),
    (
      #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[7,0],"data_offsets":[0,0]}}"#,
      0
    ),
    (
      #"{"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
      3
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"e":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
      2
    ),
  ]

  @Test("accepts what the format allows", arguments: accepted)
  func accepts(_ header: String, _ size: Int) throws {
    _ = try Safetensors(
      parsing: Self.file(header, [UInt8](repeating: 0, count: size)), name: "a")
  }

  /// Headers that must be refused before a buffer of four bytes.
  static let hostile: [String] = [
    "", " {}", "[]", "null", "{", "{}}", #"{"a":1}"#, #"{"a":[]}"#, #"{"a":{}}"#, "{}",
    #"{"__metadata__":[]}"#, #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":{"a":"1","a":"2"}}"#,
    // Products that wrap around to 4.
    #"{"a":{"dtype":"U8","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}"#,
    // Sizes that do not agree with the type.
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"F6_E2M3","shape":[3],"data_offsets":[0,2]}}"#,
    #"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}"#,
    // Offsets.
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,NaN]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4.0]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4e0]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,1e400]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":["0","4"]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":4}}"#,
    #"{"a":{"dtype":"U8","shape":[4]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,18446744073709551620]}}"#,
    #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#,
    #"{"a":{"dtype":"U8","shape":[4611686018427387904],"data_offsets":[0,4611686018427387904]}}"#,
    #"{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[-2,-2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[null],"data_offsets":[0,4]}}"#,
    // Holes, overlaps, and bytes that belong to nobody.
    #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#,
    #"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#,
    #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"e":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"e":{"dtype":"U8","shape":[0],"data_offsets":[9,9]}}"#,
    // One name, two meanings.
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"other":1}}"#,
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}x"#,
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}\u{0}",
  ]

  @Test("refuses hostile headers", arguments: hostile)
  func refuses(_ header: String) throws {
    let error = try fault { () throws(ZooError) in
      try Safetensors(parsing: Self.file(header, [1, 2, 3, 4]), name: "a.safetensors")
    }
    #expect(error.kind == .data)
    #expect(error.findings[0].place?.hasPrefix("a.safetensors") == true)
  }

  @Test(
    "refuses header lengths that the file cannot have",
    arguments: [
      [], [1, 2, 3], [2, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0],
      [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D],
      [0, 0, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 255, count: 8),
      [0, 0, 0, 0, 0, 0, 0, 0x80, 0x7B, 0x7D],
      [255, 255, 255, 255, 255, 255, 255, 127, 0x7B, 0x7D],
      [1, 0xE1, 0xF5, 5, 0, 0, 0, 0, 0x7B, 0x7D],
    ])
  func headerLength(_ bytes: [UInt8]) throws {
    let error = try fault { () throws(ZooError) in try Safetensors(parsing: bytes, name: "a") }
    #expect(error.kind == .data)
  }

  @Test("points at what is wrong")
  func message() throws {
    let header = #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,4]}}"#
    let error = try fault { () throws(ZooError) in
      try Safetensors(parsing: Self.file(header, [1, 2, 3, 4]), name: "m.safetensors")
    }
    #expect(
      error.description == """
        m.safetensors(header):1:47: error: tensor "a": U8[2] takes 2 bytes, but its data_offsets \
        [0, 4] span 4
            …"dtype":"U8","shape":[2],"data_offsets":[0,4]}}
        \(String(repeating: " ", count: 45))^
        """)
  }

  @Test("every truncation and every extra byte is an error")
  func truncated() throws {
    let bytes = Self.sample.serialized()
    for count in 0..<bytes.count {
      _ = try fault { () throws(ZooError) in
        try Safetensors(parsing: Array(bytes[..<count]), name: "a")
      }
    }
    _ = try fault { () throws(ZooError) in try Safetensors(parsing: bytes + [0], name: "a") }
  }

  @Test("asking for another type than the file's is an error")
  func wrongType() throws {
    let entry = Safetensors.Entry(name: "w", shape: [1], values: [Float(1)])
    let error = try fault { () throws(ZooError) in try entry.values(as: Double.self) }
    #expect(error.kind == .data)
    #expect(error.findings[0].problem == "tensor \"w\": expected F64, found F32")
  }

  @Test(
    "floats keep their bits", arguments: [0x7FC0_0001, 0x8000_0000, 1, 0x7F80_0000] as [UInt32])
  func bits(_ pattern: UInt32) throws {
    let file = Safetensors([.init(name: "x", shape: [1], values: [Float(bitPattern: pattern)])])
    let read = try Safetensors(parsing: file.serialized(), name: "a")
    #expect(try read["x"]?.values(as: Float.self).first?.bitPattern == pattern)
  }

  @Test("a file of 40 MB is read and written within seconds")
  func large() throws {
    let values = [Float](repeating: 1.5, count: 2_500_000)
    let file = Safetensors(
      (0..<4).map { .init(name: "w\($0)", shape: [2500, 1000], values: values) })
    let read = try Safetensors(parsing: file.serialized(), name: "a")
    #expect(try read["w3"]?.values(as: Float.self) == values)
  }

  @Test("random damage never traps", arguments: 0..<8)
  func mutants(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let bytes = Self.sample.serialized()
    for _ in 0..<1000 {
      let damaged = mutant(of: bytes, &random)
      if let read = try? Safetensors(parsing: damaged, name: "a") {
        let again = try? Safetensors(parsing: read.serialized(), name: "b")
        #expect(again?.metadata == read.metadata, "\(damaged)")
      }
    }
  }

  static let sample = Safetensors(
    [
      .init(name: "g.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] as [Float]),
      .init(name: "g.bias", shape: [3], values: [0.5, -0.5, 0] as [Float]),
      .init(name: "step", shape: [], values: [1000 as Int64]),
      .init(name: "none", shape: [0], values: [] as [Double]),
    ], metadata: ["format": "zoo", "é": "\u{1}\"\\"])
}

@Suite("Safetensors misuse")
struct SafetensorsMisuseTests {
  @Test("bytes that do not fit the shape are a programming error")
  func wrongByteCount() async {
    await #expect(processExitsWith: .failure) {
      _ = Safetensors.Entry(name: "a", dtype: .f32, shape: [2], data: [1, 2, 3])
    }
  }

  @Test("two tensors of one name are a programming error")
  func duplicateNames() async {
    await #expect(processExitsWith: .failure) {
      let entry = Safetensors.Entry(name: "a", shape: [1], values: [UInt8(1)])
      _ = Safetensors([entry, entry]).serialized()
    }
  }
}
