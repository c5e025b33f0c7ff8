import Codecs
import Stores
import Transport

/// Walks from a region of an array to the chunks that hold it, through shards within shards.
struct BlockReader {
  let store: any Store
  let path: String
  let metadata: ArrayMetadata
  let cache: ShardIndexCache
  let attempt: Attempt

  /// Takes a chunk without shards: its bytes, or `nil` when it is missing.
  typealias Leaf = ([UInt8]?, CodecChain, BlockPlace, _ key: String) throws(ZarrError) -> Void

  /// Reads every chunk that holds some of a region, each once.
  func read(_ region: [Range<Int>], _ leaf: Leaf) throws(ZarrError) {
    guard !region.contains(where: \.isEmpty) else { return }
    let strides = byteStrides(of: region.map(\.count), elementSize: 1)
    let place = BlockPlace(shape: metadata.shape, region: region, offset: 0, strides: strides)
    if store.looksAhead { expect(region) }
    try place.forEachChunk(metadata.gridShape) { (indexes, part) throws(ZarrError) in
      let source = ChunkSource.object(store, key: metadata.keys.key(indexes, path: path))
      try read(source, metadata.chain, part, leaf)
    }
  }

  private func read(
    _ source: ChunkSource?, _ chain: CodecChain, _ place: BlockPlace, _ leaf: Leaf
  ) throws(ZarrError) {
    guard case .sharding(let sharding) = chain.packing else {
      let bytes = try source?.all(attempt)
      return try leaf(bytes, chain, place, source?.key ?? "")
    }
    var place = place
    for filter in chain.filters {
      guard case .transpose(let order) = filter else {
        throw attempt.unsupported("its codec \(filter.name) stands before sharding_indexed")
      }
      place = place.transposed(order)
    }
    guard let source, let shard = try open(source, chain, place),
      let index = try index(shard, sharding, shape: place.shape)
    else { return try leaf(nil, sharding.chain.innermost, place, source?.key ?? "") }
    let grid = zip(place.shape, sharding.chunkShape).map { $0 / $1 }
    if store.looksAhead { try expect(shard, index, sharding, place, grid) }
    try place.forEachChunk(sharding.chunkShape) { (indexes, part) throws(ZarrError) in
      let number = zip(indexes, grid).reduce(0) { $0 * $1.1 + $1.0 }
      var chunk: ChunkSource?
      if let found = try index.place(number, key: shard.key, attempt) {
        chunk = try shard.part(offset: found.offset, length: found.length, attempt)
      }
      try read(chunk, sharding.chain, part, leaf)
    }
  }

  /// The bytes that the index and the chunks of a shard lie in; `nil` when there are none.
  private func open(_ source: ChunkSource, _ chain: CodecChain, _ place: BlockPlace)
    throws(ZarrError) -> ChunkSource?
  {
    if case .memory = source, chain.compressors.isEmpty { return source }
    guard Self.isReadWhole(chain, place) else { return source }
    guard let bytes = try source.all(attempt) else { return nil }
    let decoded = try chain.decompress(bytes, packedSize: nil, key: source.key, attempt)
    return .memory(decoded, decoded.indices, key: source.key)
  }

  /// Tells the store which chunks, or indexes of shards, a region needs.
  func expect(_ region: [Range<Int>]) {
    guard !region.contains(where: \.isEmpty), region.count == metadata.shape.count else { return }
    let place = BlockPlace(
      shape: metadata.shape, region: region, offset: 0, strides: region.map { _ in 0 })
    var reads: [ExpectedRead] = []
    let collect = { (indexes: [Int], part: BlockPlace) throws(ZarrError) in
      let key = metadata.keys.key(indexes, path: path)
      guard case .sharding(let sharding) = metadata.chain.packing,
        !Self.isReadWhole(metadata.chain, part)
      else { return reads.append(ExpectedRead(key)) }
      if cache.knows(key) { return }
      let size = ShardIndex.size(
        count: zip(part.shape, sharding.chunkShape).reduce(1) { $0 * ($1.0 / $1.1) }, sharding)
      reads.append(
        ExpectedRead(
          key,
          range: sharding.indexIsFirst ? .from(offset: 0, length: size) : .suffix(length: size)))
    }
    // Collecting fails nowhere: reading will tell what is wrong.
    try? place.forEachChunk(metadata.gridShape, collect)
    store.expect(reads)
  }

  /// Tells the store which parts of a shard are needed.
  private func expect(
    _ shard: ChunkSource, _ index: ShardIndex, _ sharding: Sharding, _ place: BlockPlace,
    _ grid: [Int]
  ) throws(ZarrError) {
    guard case .object(_, let key) = shard else { return }
    // Of shards within shards the indexes come first.
    if case .sharding = sharding.chain.packing { return }
    var reads: [ExpectedRead] = []
    try place.forEachChunk(sharding.chunkShape) { (indexes, _) throws(ZarrError) in
      let number = zip(indexes, grid).reduce(0) { $0 * $1.1 + $1.0 }
      guard let found = try index.place(number, key: key, attempt) else { return }
      reads.append(ExpectedRead(key, range: .from(offset: found.offset, length: found.length)))
    }
    store.expect(reads)
  }

  /// Whether a shard is read in one go: one request for everything is better than one for each chunk.
  private static func isReadWhole(_ chain: CodecChain, _ place: BlockPlace) -> Bool {
    let isSmall = (product(place.shape) ?? .max) <= Limits.chunkBytes / 64
    return !chain.compressors.isEmpty || (place.wantsAll && isSmall)
  }

  private func index(_ shard: ChunkSource, _ sharding: Sharding, shape: [Int])
    throws(ZarrError) -> ShardIndex?
  {
    let count = zip(shape, sharding.chunkShape).reduce(1) { $0 * ($1.0 / $1.1) }
    func readIndex() throws(ZarrError) -> ShardIndex? {
      let size = ShardIndex.size(count: count, sharding)
      let bytes = try shard.end(size, isFirst: sharding.indexIsFirst, attempt)
      guard let bytes else { return nil }
      do throws(CodecError) {
        return try ShardIndex(bytes, count: count, sharding)
      } catch {
        throw attempt.damaged(shard.key, "its shard index is wrong: \(error.reason)")
      }
    }
    switch shard {
    case .object(_, let key): return try cache.index(key, read: readIndex)
    case .part(_, let key, let offset, _):
      return try cache.index("\(key) \(offset)", read: readIndex)
    case .memory: return try readIndex()
    }
  }
}

extension CodecChain {
  /// The codecs of the chunks within all shards.
  fileprivate var innermost: CodecChain {
    if case .sharding(let sharding) = packing { sharding.chain.innermost } else { self }
  }

  /// Undoes the codecs from bytes to bytes; `packedSize` bytes must come out, where that is known.
  func decompress(_ bytes: [UInt8], packedSize: Int?, key: String, _ attempt: Attempt)
    throws(ZarrError) -> [UInt8]
  {
    // What lies between two codecs may be somewhat larger than what comes out at the end.
    let limit = packedSize.map { $0 * 8 + (1 << 20) } ?? Limits.chunkBytes
    var bytes = bytes
    do throws(CodecError) {
      for (place, codec) in compressors.enumerated().reversed() {
        if let checksum = codec as? CRC32CCodec {
          try checksum.removeChecksum(&bytes)
        } else {
          bytes = try codec.decode(
            bytes, expectedSize: place == 0 ? packedSize : nil, limit: limit)
        }
      }
    } catch {
      throw attempt.damaged(key, "the codec \(error.codec) cannot go on: \(error.reason)")
    }
    if let packedSize, bytes.count != packedSize {
      throw attempt.damaged(key, "it has \(bytes.count) bytes where \(packedSize) should be")
    }
    return bytes
  }
}
