/// Why bytes could not be decoded or encoded.
public struct CodecError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The codec that gave up, by the name it has in Zarr.
  public let codec: String
  /// What was wrong with the data, as a clause.
  public let reason: String

  /// Makes an error.
  public init(codec: String, reason: String) {
    self.codec = codec
    self.reason = reason
  }

  /// One sentence for people.
  public var description: String { "the codec \(codec) cannot go on: \(reason)" }
}

extension CodecError {
  static func tooLarge(_ codec: String, size: Int, limit: Int) -> CodecError {
    CodecError(
      codec: codec,
      reason: "the data says it decodes to \(size) bytes, more than the \(limit) allowed here")
  }

  static func wrongSize(_ codec: String, size: Int, expected: Int) -> CodecError {
    CodecError(
      codec: codec, reason: "the data decodes to \(size) bytes where \(expected) should be")
  }

  static func damaged(_ codec: String) -> CodecError {
    CodecError(codec: codec, reason: "the data is damaged or cut short")
  }
}
