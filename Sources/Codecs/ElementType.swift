/// The kinds of number an array can hold.
///
/// The raw value is the name that Zarr v3 gives the type. A `bool` is one byte, 0 or 1.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case bool
  case int8
  case int16
  case int32
  case int64
  case uint8
  case uint16
  case uint32
  case uint64
  case float16
  case float32
  case float64
  case complex64
  case complex128

  /// How many bytes one element takes.
  public var size: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// How many bytes change places together when the byte order does: a complex number is two words.
  public var wordSize: Int { isComplex ? size / 2 : size }

  /// Whether the type is complex.
  public var isComplex: Bool { self == .complex64 || self == .complex128 }

  /// Whether the type is a real floating-point number.
  public var isFloat: Bool { self == .float16 || self == .float32 || self == .float64 }
}

/// The order of the bytes within a number.
public enum ByteOrder: String, Sendable, Hashable {
  case little
  case big

  /// The order of the machine that runs this.
  public static var native: ByteOrder { 1.littleEndian == 1 ? .little : .big }
}

/// A type of number together with its byte order: how numbers lie in a file.
public struct StoredType: Sendable, Hashable {
  /// The kind of number.
  public var element: ElementType
  /// The order of its bytes.
  public var order: ByteOrder

  /// Makes a stored type.
  public init(_ element: ElementType, _ order: ByteOrder = .native) {
    self.element = element
    self.order = order
  }

  /// The type that a NumPy type string such as `<f4` names; `nil` where it names no number.
  public init?(numpy text: String) {
    var name = Substring(text)
    var order = ByteOrder.native
    switch name.first {
    case "<": order = .little
    case ">": order = .big
    case "|", "=": break
    default: name = " " + name
    }
    name = name.dropFirst()
    guard let element = Self.numpyNames[String(name)] else { return nil }
    self.init(element, order)
  }

  private static let numpyNames: [String: ElementType] = [
    "b1": .bool, "?": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32,
    "f8": .float64, "c8": .complex64, "c16": .complex128, "bool": .bool, "int8": .int8,
    "int16": .int16, "int32": .int32, "int64": .int64, "uint8": .uint8, "uint16": .uint16,
    "uint32": .uint32, "uint64": .uint64, "float16": .float16, "float32": .float32,
    "float64": .float64, "complex64": .complex64, "complex128": .complex128,
  ]
}

/// Reverses the bytes of every word of `wordSize` bytes; bytes after the last whole word stay.
public func swapBytes(_ bytes: inout [UInt8], wordSize: Int) {
  bytes.withUnsafeMutableBytes { buffer in
    switch wordSize {
    case 2: swapWords(buffer, as: UInt16.self)
    case 4: swapWords(buffer, as: UInt32.self)
    case 8: swapWords(buffer, as: UInt64.self)
    default: break
    }
  }
}

private func swapWords<Word: FixedWidthInteger & BitwiseCopyable>(
  _ buffer: UnsafeMutableRawBufferPointer, as type: Word.Type
) {
  guard let base = buffer.baseAddress else { return }
  let size = MemoryLayout<Word>.size
  for index in 0..<buffer.count / size {
    let word = base.loadUnaligned(fromByteOffset: index * size, as: Word.self)
    base.storeBytes(of: word.byteSwapped, toByteOffset: index * size, as: Word.self)
  }
}
