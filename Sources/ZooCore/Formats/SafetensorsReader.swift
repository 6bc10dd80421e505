extension Safetensors {
  /// The largest header that the format allows.
  static let maximumHeader = 100_000_000
  static let metadataKey = "__metadata__"

  /// Reads a file's bytes; anything that the format does not allow is an error.
  /// - Parameter name: The file's name, for errors.
  public init(parsing bytes: [UInt8], name: String) throws(ZooError) {
    let file = Text.printable(name)
    guard bytes.count >= 8 else {
      throw ZooError(.data, "expected at least 8 bytes, found \(bytes.count)", at: file)
    }
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= Self.maximumHeader else {
      throw ZooError(
        .data, "the header claims \(length) bytes; at most \(Self.maximumHeader) are allowed",
        at: file, advice: "this is probably no safetensors file")
    }
    let start = 8 + Int(length)
    guard start <= bytes.count else {
      throw ZooError(
        .data, "the header claims \(length) bytes, the file has \(bytes.count)", at: file,
        advice: "the file is cut short; copy it again")
    }
    guard length > 0, bytes[8] == UInt8(ascii: "{") else {
      throw ZooError(.data, "the header does not start with '{'", at: file)
    }
    let header = try JSONDocument(
      parsing: Array(bytes[8..<start]), name: "\(name)(header)", kind: .data)
    do throws(HeaderFault) {
      (entries, metadata) = try Self.contents(of: header.root, buffer: bytes[start...])
    } catch {
      throw ZooError(.data, [header.finding(error.problem, at: error.origin)])
    }
  }

  /// Something that the header says and that cannot be.
  private struct HeaderFault: Error {
    let problem: String
    let origin: JSONValue.Origin
  }

  /// A tensor as the header describes it, before its place in the buffer is checked.
  private struct Claim {
    let name: String
    let dtype: DType
    let shape: [Int]
    let begin: Int
    let end: Int
    let origin: JSONValue.Origin
  }

  private static func contents(
    of header: JSONValue, buffer: ArraySlice<UInt8>
  ) throws(HeaderFault) -> ([Entry], [String: String]) {
    var metadata: [String: String] = [:]
    var claims: [Claim] = []
    for member in header.object ?? [] {
      if member.key == metadataKey {
        metadata = try strings(member.value)
      } else {
        claims.append(try claim(member))
      }
    }
    // Empty tensors share their offset with a neighbour, so the end decides as well.
    claims.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }

    var entries: [Entry] = []
    entries.reserveCapacity(claims.count)
    var position = 0
    for claim in claims {
      guard claim.begin == position else {
        let what = claim.begin < position ? "overlaps the tensor before it" : "leaves a hole"
        throw HeaderFault(
          problem: "tensor \"\(Text.printable(claim.name))\" \(what): expected it to begin at "
            + "\(position), found \(claim.begin)", origin: claim.origin)
      }
      guard claim.end <= buffer.count else {
        throw HeaderFault(
          problem: "tensor \"\(Text.printable(claim.name))\" ends at \(claim.end), but the file "
            + "holds \(buffer.count) bytes of tensors", origin: claim.origin)
      }
      position = claim.end
      let data = buffer[buffer.startIndex + claim.begin..<buffer.startIndex + claim.end]
      entries.append(
        Entry(name: claim.name, dtype: claim.dtype, shape: claim.shape, data: data))
    }
    guard position == buffer.count else {
      throw HeaderFault(
        problem: "\(buffer.count - position) bytes at the end belong to no tensor",
        origin: header.origin)
    }
    return (entries, metadata)
  }

  private static func strings(_ value: JSONValue) throws(HeaderFault) -> [String: String] {
    guard let members = value.object else {
      throw HeaderFault(
        problem: "expected an object of strings, found \(value.kindName)", origin: value.origin)
    }
    var strings: [String: String] = [:]
    for member in members {
      guard let string = member.value.string else {
        throw HeaderFault(
          problem: "expected a string, found \(member.value.kindName)", origin: member.value.origin)
      }
      strings[member.key] = string
    }
    return strings
  }

  private static func claim(_ member: JSONValue.Member) throws(HeaderFault) -> Claim {
    let tensor = "tensor \"\(Text.printable(member.key))\""
    guard let fields = member.value.object else {
      throw HeaderFault(
        problem: "\(tensor): expected an object, found \(member.value.kindName)",
        origin: member.value.origin)
    }
    let known = ["dtype", "shape", "data_offsets"]
    if let stranger = fields.first(where: { !known.contains($0.key) }) {
      throw HeaderFault(
        problem: "\(tensor): unknown key \"\(Text.printable(stranger.key))\"",
        origin: stranger.keyOrigin)
    }
    guard let typeName = member.value["dtype"]?.string, let dtype = DType(rawValue: typeName)
    else {
      throw HeaderFault(
        problem: "\(tensor): expected a known dtype, found \(shown(member.value["dtype"]))",
        origin: member.value["dtype"]?.origin ?? member.value.origin)
    }
    let shape = try sizes(member.value, "shape", tensor)
    let offsets = try sizes(member.value, "data_offsets", tensor)
    let origin = member.value["data_offsets"]?.origin ?? member.value.origin
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderFault(
        problem: "\(tensor): expected data_offsets [begin, end], found \(offsets)", origin: origin)
    }
    guard let size = dtype.byteCount(of: shape) else {
      throw HeaderFault(
        problem: "\(tensor): no tensor of \(dtype.rawValue) has the shape \(shape)",
        origin: member.value["shape"]?.origin ?? member.value.origin)
    }
    // Neither is negative, so the difference cannot overflow.
    guard offsets[1] - offsets[0] == size else {
      throw HeaderFault(
        problem: "\(tensor): \(dtype.rawValue)\(shape) takes \(size) bytes, but its data_offsets "
          + "\(offsets) span \(offsets[1] - offsets[0])", origin: origin)
    }
    return Claim(
      name: member.key, dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1],
      origin: origin)
  }

  /// The list of sizes under a key: plain integers from 0.
  private static func sizes(
    _ value: JSONValue, _ key: String, _ tensor: String
  ) throws(HeaderFault) -> [Int] {
    guard let elements = value[key]?.array else {
      throw HeaderFault(
        problem: "\(tensor): expected an array under \"\(key)\", found \(shown(value[key]))",
        origin: value[key]?.origin ?? value.origin)
    }
    var sizes: [Int] = []
    for element in elements {
      // Other readers take no 1e2 or 1.0 here, and a file must mean the same to all.
      guard case .number(let number) = element.payload, let size = Int(number.source), size >= 0
      else {
        throw HeaderFault(
          problem: "\(tensor): expected sizes in \"\(key)\", found \(shown(element))",
          origin: element.origin)
      }
      sizes.append(size)
    }
    return sizes
  }

  private static func shown(_ value: JSONValue?) -> String {
    switch value?.payload {
    case nil: "nothing"
    case .number(let number): String(number.source.prefix(40))
    case .string(let string): "\"\(Text.printable(String(string.prefix(40))))\""
    default: value?.kindName ?? ""
    }
  }
}
