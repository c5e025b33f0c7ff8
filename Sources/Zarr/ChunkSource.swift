import Codecs
import Stores
import Transport

/// Encoded bytes of a chunk or a shard: a whole object, a part of one, or bytes in memory.
enum ChunkSource {
  case object(any Store, key: String)
  case part(any Store, key: String, offset: Int, length: Int)
  case memory([UInt8], Range<Int>, key: String)

  /// The key, for messages.
  var key: String {
    switch self {
    case .object(_, let key), .part(_, let key, _, _), .memory(_, _, let key): key
    }
  }

  /// All bytes; `nil` when there is no such object.
  func all(_ attempt: Attempt) throws(ZarrError) -> [UInt8]? {
    switch self {
    case .object(let store, let key):
      return try attempt.asking { () throws(StoreError) in try store.read(key) }
    case .part(let store, let key, let offset, let length):
      return try read(store, key, .from(offset: offset, length: length), length, attempt)
    case .memory(let bytes, let range, _):
      return range == bytes.indices ? bytes : Array(bytes[range])
    }
  }

  /// The first or the last bytes; `nil` when there is no such object.
  func end(_ length: Int, isFirst: Bool, _ attempt: Attempt) throws(ZarrError) -> [UInt8]? {
    switch self {
    case .object(let store, let key):
      let range: ByteRange = isFirst ? .from(offset: 0, length: length) : .suffix(length: length)
      return try read(store, key, range, length, attempt)
    case .part(let store, let key, let offset, let size):
      guard length <= size else { throw tooShort(attempt) }
      let start = isFirst ? offset : offset + size - length
      return try read(store, key, .from(offset: start, length: length), length, attempt)
    case .memory(let bytes, let range, _):
      guard length <= range.count else { throw tooShort(attempt) }
      return Array(isFirst ? bytes[range].prefix(length) : bytes[range].suffix(length))
    }
  }

  /// A part of these bytes, which need not be there.
  func part(offset: Int, length: Int, _ attempt: Attempt) throws(ZarrError) -> ChunkSource {
    let (end, overflows) = offset.addingReportingOverflow(length)
    guard offset >= 0, length >= 0, !overflows else { throw tooShort(attempt) }
    switch self {
    case .object(let store, let key):
      return .part(store, key: key, offset: offset, length: length)
    case .part(let store, let key, let start, let size):
      guard end <= size else { throw tooShort(attempt) }
      return .part(store, key: key, offset: start + offset, length: length)
    case .memory(let bytes, let range, let key):
      guard end <= range.count else { throw tooShort(attempt) }
      let start = range.lowerBound + offset
      return .memory(bytes, start..<start + length, key: key)
    }
  }

  private func read(
    _ store: any Store, _ key: String, _ range: ByteRange, _ length: Int, _ attempt: Attempt
  ) throws(ZarrError) -> [UInt8]? {
    let bytes: [UInt8]?
    do throws(StoreError) {
      bytes = try store.read(key, range: range)
    } catch {
      // A range that begins past the end comes from an index that lies.
      guard error.kind != .invalidRange else { throw tooShort(attempt) }
      throw attempt.failure(.unreadable, error.description)
    }
    guard let bytes else { return nil }
    guard bytes.count == length else { throw tooShort(attempt) }
    return bytes
  }

  private func tooShort(_ attempt: Attempt) -> ZarrError {
    attempt.damaged(key, "it is shorter than the places of its parts say")
  }
}
