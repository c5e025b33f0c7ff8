import Codecs
import Synchronization

/// Where the chunks of a shard lie.
struct ShardIndex: Sendable {
  /// Offset and length of every chunk, in the byte order of this machine.
  private let words: [UInt64]

  /// Reads an index (Zarr v3 `sharding_indexed`, "binary shard format").
  init(_ bytes: [UInt8], count: Int, _ sharding: Sharding) throws(CodecError) {
    var bytes = bytes
    if sharding.indexHasChecksum {
      try CRC32CCodec().removeChecksum(&bytes)
    }
    guard bytes.count == count * 16 else {
      throw CodecError(codec: "sharding_indexed", reason: "the index has \(bytes.count) bytes")
    }
    if sharding.indexOrder != .native { swapBytes(&bytes, wordSize: 8) }
    words = bytes.withUnsafeBytes { buffer in
      (0..<count * 2).map { buffer.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
    }
  }

  /// How many bytes an index takes in the shard.
  static func size(count: Int, _ sharding: Sharding) -> Int {
    count * 16 + (sharding.indexHasChecksum ? 4 : 0)
  }

  /// How many bytes this takes in memory.
  var byteCount: Int { words.count * 8 }

  /// The place of a chunk; `nil` when it is not there, which both words say by being 2^64 - 1.
  func place(_ index: Int, key: String, _ attempt: Attempt)
    throws(ZarrError) -> (offset: Int, length: Int)?
  {
    let (offset, length) = (words[index * 2], words[index * 2 + 1])
    if offset == .max, length == .max { return nil }
    guard let offset = Int(exactly: offset), let length = Int(exactly: length) else {
      throw attempt.damaged(key, "its index places chunk \(index) beyond all bytes")
    }
    return (offset, length)
  }
}

extension CRC32CCodec {
  /// Checks the checksum behind the bytes and takes it away, without copying them.
  func removeChecksum(_ bytes: inout [UInt8]) throws(CodecError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(CodecError) in
      _ = try verified(UnsafeRawBufferPointer(buffer))
    }
    bytes.removeLast(4)
  }
}

/// The shard indexes read last, so that neighbouring reads need not fetch them again.
final class ShardIndexCache: Sendable {
  private struct State {
    var indexes: [String: ShardIndex?] = [:]
    var byteCount = 0
  }

  private let state = Mutex(State())

  /// Whether the index under a key is in memory.
  func knows(_ key: String) -> Bool { state.withLock { $0.indexes[key] != nil } }

  /// The index under a key, from memory or as `read` gets it; `nil` stands for a shard that is not
  /// there.
  func index(
    _ key: String, read: () throws(ZarrError) -> ShardIndex?
  ) throws(ZarrError) -> ShardIndex? {
    if let known = state.withLock({ $0.indexes[key] }) { return known }
    let index = try read()
    state.withLock { state in
      let size = 64 + (index?.byteCount ?? 0)
      if state.byteCount + size > Limits.cachedIndexBytes { state = State() }
      if state.indexes.updateValue(index, forKey: key) == nil { state.byteCount += size }
    }
    return index
  }
}
