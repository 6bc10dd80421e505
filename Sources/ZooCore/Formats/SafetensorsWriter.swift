extension Safetensors {
  /// The bytes of the file, the same for the same tensors in whatever order they come.
  public func serialized() -> [UInt8] {
    let sorted = entries.sorted {
      $0.dtype.rank != $1.dtype.rank
        ? $0.dtype.rank > $1.dtype.rank : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    var header = Self.header(of: sorted, metadata: metadata)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    require(header.count <= Self.maximumHeader, "safetensors: the header exceeds 100 MB")

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + sorted.reduce(0) { $0 + $1.data.count })
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    bytes += header
    for entry in sorted { bytes += entry.data }
    return bytes
  }

  private static func header(of entries: [Entry], metadata: [String: String]) -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let strings = metadata.sorted { $0.key < $1.key }
      members.append(
        JSONValue.Member(
          metadataKey, .object(strings.map { JSONValue.Member($0.key, .string($0.value)) })))
    }
    var names: Set<String> = [metadataKey]
    var position = 0
    for entry in entries {
      require(
        names.insert(entry.name).inserted, "safetensors: duplicate name \"\(entry.name)\"")
      let end = position + entry.data.count
      members.append(
        JSONValue.Member(
          entry.name,
          [
            "dtype": .string(entry.dtype.rawValue),
            "shape": .array(entry.shape.map { .number($0) }),
            "data_offsets": [.number(position), .number(end)],
          ]))
      position = end
    }
    return Array(JSONValue.object(members).compact().utf8)
  }
}
