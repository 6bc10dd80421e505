/// What a JPEG file's frame header says: how its pixels are stored.
struct JPEGFrame {
  struct Component {
    let id: UInt8
    let horizontal, vertical: Int
  }

  let marker: UInt8
  /// Bits of a channel.
  let bits: Int
  let components: [Component]

  /// Whether pixels come in scans that each make them more precise.
  var isProgressive: Bool { marker & 3 == 2 }
  /// Whether the frame stores differences to neighbours, as medical pictures and raw photos do.
  private var isLossless: Bool { marker & 3 == 3 }
  /// Whether the frame refines another one.
  private var isHierarchical: Bool { marker & 7 > 4 }

  /// nil where the header is too short.
  init?(_ marker: UInt8, _ body: ArraySlice<UInt8>) {
    let body = Array(body)
    guard body.count >= 6, body.count >= 6 + 3 * Int(body[5]) else { return nil }
    self.marker = marker
    bits = Int(body[0])
    components = (0..<Int(body[5])).map { number in
      let place = 6 + 3 * number
      return Component(
        id: body[place], horizontal: Int(body[place + 1] >> 4),
        vertical: Int(body[place + 1] & 15))
    }
  }

  /// What keeps an intact file from being read; nil where nothing does.
  var obstacle: String? {
    if components.count == 4 { return "a CMYK JPEG" }
    if components.count != 1, components.count != 3 {
      return "a JPEG of \(components.count) channels"
    }
    if isLossless { return "a lossless JPEG" }
    if isHierarchical { return "a hierarchical JPEG" }
    if bits != 8 { return "a JPEG of \(bits) bits a channel" }
    let (widest, tallest) = components.reduce((1, 1)) {
      (max($0.0, $1.horizontal), max($0.1, $1.vertical))
    }
    let isWhole = components.allSatisfy { component in
      component.horizontal > 0 && component.vertical > 0
        && widest % component.horizontal == 0 && tallest % component.vertical == 0
    }
    guard isWhole else {
      let sampling = components.map { "\($0.horizontal)x\($0.vertical)" }.joined(separator: ", ")
      return "a JPEG whose channels have the samplings \(sampling), no multiples of each other"
    }
    return nil
  }
}

/// What a scan header says: which coefficients follow, and how exact they are.
struct JPEGScan {
  let components: [UInt8]
  /// The first and the last coefficient.
  let first, last: Int
  /// How many bits are still missing afterwards.
  let missingBits: Int

  /// nil where the header does not have its length.
  init?(_ body: ArraySlice<UInt8>) {
    let body = Array(body)
    guard let count = body.first.map(Int.init), body.count == 4 + 2 * count else { return nil }
    components = (0..<count).map { body[1 + 2 * $0] }
    (first, last) = (Int(body[1 + 2 * count]), Int(body[2 + 2 * count]))
    missingBits = Int(body[3 + 2 * count] & 15)
  }
}

/// How exact the coefficients are that the scans so far gave.
struct JPEGPrecision {
  /// The missing bits of a component's 64 coefficients; nil for those that no scan had.
  private var missing: [UInt8: [Int?]] = [:]

  /// Notes a scan; one of a sequential frame has all coefficients, whatever it says.
  mutating func note(_ scan: JPEGScan, of frame: JPEGFrame) {
    for id in scan.components {
      for coefficient in 0..<64
      where !frame.isProgressive || scan.first <= coefficient && coefficient <= scan.last {
        missing[id, default: Array(repeating: nil, count: 64)][coefficient] =
          frame.isProgressive ? scan.missingBits : 0
      }
    }
  }

  /// Whether every component has been in a scan, with its mean at least.
  func hasAll(of frame: JPEGFrame) -> Bool {
    frame.components.allSatisfy { missing[$0.id]?[0] != nil }
  }

  /// Whether every coefficient is there with all its bits.
  func isComplete(for frame: JPEGFrame) -> Bool {
    frame.components.allSatisfy { missing[$0.id]?.allSatisfy { $0 == 0 } ?? false }
  }
}
