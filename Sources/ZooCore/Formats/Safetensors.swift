/// Named tensors in one file, in the format of github.com/huggingface/safetensors.
///
/// The file is a length (8 bytes, little-endian), a JSON header and the tensors' bytes. Reading
/// checks everything before it believes anything; no tensor is copied.
public struct Safetensors: Sendable {
  /// One tensor: elements little-endian, the last axis fastest.
  public struct Entry: Equatable, Sendable {
    /// The name.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// The length of every axis; empty for a scalar.
    public let shape: [Int]
    /// The elements' bytes.
    public let data: ArraySlice<UInt8>

    /// A tensor from its bytes.
    public init(name: String, dtype: DType, shape: [Int], data: ArraySlice<UInt8>) {
      require(
        dtype.byteCount(of: shape) == data.count,
        "safetensors: \(dtype.rawValue)\(shape) does not take \(data.count) bytes")
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.data = data
    }
  }

  /// The strings under `__metadata__`.
  public var metadata: [String: String]
  /// The tensors, in the order of their bytes in the file.
  public var entries: [Entry]

  /// A file's content; names must be unique.
  public init(_ entries: [Entry] = [], metadata: [String: String] = [:]) {
    self.entries = entries
    self.metadata = metadata
  }

  /// The tensor of this name.
  public subscript(name: String) -> Entry? {
    entries.first { $0.name == name }
  }
}

// MARK: - Element types

extension Safetensors {
  /// The types that an element can have, by ascending alignment, as files order them.
  public enum DType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case f4 = "F4"
    case f6E2M3 = "F6_E2M3"
    case f6E3M2 = "F6_E3M2"
    case u8 = "U8"
    case i8 = "I8"
    case f8E5M2 = "F8_E5M2"
    case f8E4M3 = "F8_E4M3"
    case f8E8M0 = "F8_E8M0"
    case f8E4M3FNUZ = "F8_E4M3FNUZ"
    case f8E5M2FNUZ = "F8_E5M2FNUZ"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case c64 = "C64"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    /// The size of an element.
    public var bitCount: Int {
      switch self {
      case .f4: 4
      case .f6E2M3, .f6E3M2: 6
      case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: 8
      case .i16, .u16, .f16, .bf16: 16
      case .i32, .u32, .f32: 32
      case .c64, .f64, .i64, .u64: 64
      }
    }

    /// The bytes of a tensor; nil if that is no whole number of bytes or does not fit an `Int`.
    public func byteCount(of shape: [Int]) -> Int? {
      var bits = bitCount
      for length in shape {
        guard length >= 0 else { return nil }
        let (product, overflow) = bits.multipliedReportingOverflow(by: length)
        if overflow { return nil }
        bits = product
      }
      return bits % 8 == 0 ? bits / 8 : nil
    }

    /// Where the type comes in a file: types of larger alignment come first.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }
}

/// A Swift type that tensors in files can have as their elements.
public protocol SafetensorsElement: Numeric, BitwiseCopyable, Sendable {
  /// The type's name in the file.
  static var dtype: Safetensors.DType { get }
}

extension Float: SafetensorsElement {
  /// `F32`.
  public static var dtype: Safetensors.DType { .f32 }
}
extension Double: SafetensorsElement {
  /// `F64`.
  public static var dtype: Safetensors.DType { .f64 }
}
extension Int64: SafetensorsElement {
  /// `I64`.
  public static var dtype: Safetensors.DType { .i64 }
}
extension Int32: SafetensorsElement {
  /// `I32`.
  public static var dtype: Safetensors.DType { .i32 }
}
extension UInt8: SafetensorsElement {
  /// `U8`.
  public static var dtype: Safetensors.DType { .u8 }
}

extension Safetensors.Entry {
  /// A tensor from its elements, the last axis fastest.
  public init<Element: SafetensorsElement>(name: String, shape: [Int], values: [Element]) {
    // Every platform that Swift runs on is little-endian, like the file.
    let bytes = values.withUnsafeBytes { [UInt8]($0) }
    self.init(name: name, dtype: Element.dtype, shape: shape, data: bytes[...])
  }

  /// The elements; another type than the file's is an error.
  public func values<Element: SafetensorsElement>(
    as _: Element.Type = Element.self
  ) throws(ZooError) -> [Element] {
    guard dtype == Element.dtype else {
      throw ZooError(
        .data,
        "tensor \"\(Text.printable(name))\": expected \(Element.dtype.rawValue), "
          + "found \(dtype.rawValue)")
    }
    var values = [Element](repeating: .zero, count: data.count / MemoryLayout<Element>.stride)
    values.withUnsafeMutableBytes { $0.copyBytes(from: data) }
    return values
  }
}
