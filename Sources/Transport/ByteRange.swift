/// A stretch of bytes of an object, as an HTTP range request can ask for it (RFC 9110, 14.1.2).
public enum ByteRange: Sendable, Hashable {
  /// The bytes from an offset on; fewer than `length` where the object ends earlier.
  case from(offset: Int, length: Int)
  /// The last bytes; the whole object where it is shorter.
  case suffix(length: Int)
}

extension ByteRange {
  /// The offsets this range takes up in an object of a given size.
  ///
  /// - Parameter size: the object's size in bytes.
  /// - Returns: `nil` when the range begins past the end or has a negative bound; beginning
  ///   exactly at the end is an empty range.
  public func offsets(inObjectOfSize size: Int) -> Range<Int>? {
    switch self {
    case .from(let offset, let length):
      guard offset >= 0, length >= 0, offset <= size else { return nil }
      return offset..<(offset + min(length, size - offset))
    case .suffix(let length):
      guard length >= 0, size >= 0 else { return nil }
      return max(0, size - length)..<size
    }
  }

  /// How many bytes it asks for at most.
  public var length: Int {
    switch self {
    case .from(_, let length), .suffix(let length): length
    }
  }
}

extension ByteRange: CustomStringConvertible {
  /// The range in words, for error texts.
  public var description: String {
    switch self {
    case .from(let offset, let length): "\(length) bytes from byte \(offset)"
    case .suffix(let length): "the last \(length) bytes"
    }
  }
}
