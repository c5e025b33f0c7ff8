/// What one try at decoding into a buffer came to.
enum Attempt {
  case done(Int)
  case needsMoreRoom
  case failed
}

/// What comes out of a buffer of `capacity` bytes; `nil` when the data needs more room.
private func decoded(
  codec: String, into capacity: Int, _ decode: (UnsafeMutableRawBufferPointer) -> Attempt
) throws(CodecError) -> [UInt8]? {
  var lacksRoom = false
  let bytes = makeBytes(capacity: capacity) { buffer in
    switch decode(buffer) {
    case .done(let count): return count
    case .failed: return nil
    case .needsMoreRoom:
      lacksRoom = true
      return nil
    }
  }
  guard bytes != nil || lacksRoom else { throw .damaged(codec) }
  return bytes
}

/// Decodes data of unknown size: tries a small buffer first and doubles it until the data fits.
///
/// `guess` bytes are likely to be enough; there may be `limit` at most.
func decodeGrowing(
  codec: String, guess: Int, limit: Int, _ decode: (UnsafeMutableRawBufferPointer) -> Attempt
) throws(CodecError) -> [UInt8] {
  var capacity = max(0, min(max(guess, 4096), limit))
  while true {
    if let bytes = try decoded(codec: codec, into: capacity, decode) { return bytes }
    guard capacity < limit else {
      throw CodecError(
        codec: codec, reason: "the data decodes to more than the \(limit) bytes allowed here")
    }
    capacity = capacity > limit / 2 ? limit : capacity * 2
  }
}

/// Decodes data of known size into a buffer of just that size.
func decodeExactly(
  codec: String, size: Int, _ decode: (UnsafeMutableRawBufferPointer) -> Attempt
) throws(CodecError) -> [UInt8] {
  guard let bytes = try decoded(codec: codec, into: size, decode) else {
    throw CodecError(codec: codec, reason: "the data decodes to more than the \(size) bytes due")
  }
  guard bytes.count == size else {
    throw .wrongSize(codec, size: bytes.count, expected: size)
  }
  return bytes
}

/// Decodes into a buffer of the expected size where that is known, else into a growing one.
func decodeBounded(
  codec: String, guess: Int, expectedSize: Int?, limit: Int,
  _ decode: (UnsafeMutableRawBufferPointer) -> Attempt
) throws(CodecError) -> [UInt8] {
  guard let expectedSize else {
    return try decodeGrowing(codec: codec, guess: guess, limit: limit, decode)
  }
  guard (0...max(limit, 0)).contains(expectedSize) else {
    throw .tooLarge(codec, size: expectedSize, limit: limit)
  }
  return try decodeExactly(codec: codec, size: expectedSize, decode)
}
