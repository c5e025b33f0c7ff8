import Codecs
import Stores

extension ZarrArray {
  /// Looks at the index of every shard that is there, without decoding any chunk.
  ///
  /// - Parameter problem: Is handed the key of each shard whose index is damaged, or places chunks
  ///   outside the shard or one over another, and what is wrong with it.
  /// - Returns: How many shards or chunks are there.
  /// - Throws: `ZarrError` when the store cannot be asked.
  public func inspect(_ problem: (_ key: String, _ what: String) -> Void) throws(ZarrError) -> Int {
    let attempt = Attempt("look through the array", path, in: store.location)
    guard !shape.contains(0) else { return 0 }
    var count = 0
    let place = BlockPlace(
      shape: shape, region: shape.map { 0..<$0 }, offset: 0, strides: shape.map { _ in 0 })
    try place.forEachChunk(metadata.gridShape) { (indexes, _) throws(ZarrError) in
      let key = metadata.keys.key(indexes, path: path)
      let size = try attempt.asking { () throws(StoreError) in try store.size(of: key) }
      guard let size else { return }
      count += 1
      guard case .sharding(let sharding) = metadata.chain.packing,
        metadata.chain.compressors.isEmpty
      else { return }
      do throws(ZarrError) {
        try inspect(ChunkSource.object(store, key: key), size: size, sharding, attempt)
      } catch {
        problem(key, error.reason)
      }
    }
    return count
  }

  private func inspect(
    _ shard: ChunkSource, size: Int, _ sharding: Sharding, _ attempt: Attempt
  ) throws(ZarrError) {
    let count = zip(metadata.gridShape, sharding.chunkShape).reduce(1) { $0 * ($1.0 / $1.1) }
    let indexSize = ShardIndex.size(count: count, sharding)
    guard let bytes = try shard.end(indexSize, isFirst: sharding.indexIsFirst, attempt) else {
      return
    }
    let index: ShardIndex
    do throws(CodecError) {
      index = try ShardIndex(bytes, count: count, sharding)
    } catch {
      throw attempt.damaged(shard.key, "its shard index is wrong: \(error.reason)")
    }
    var places: [(offset: Int, length: Int)] = []
    for number in 0..<count {
      if let place = try index.place(number, key: shard.key, attempt) { places.append(place) }
    }
    places.sort { $0.offset < $1.offset }
    var end = sharding.indexIsFirst ? indexSize : 0
    let limit = sharding.indexIsFirst ? size : size - indexSize
    for place in places {
      guard place.offset >= end, place.length <= limit - place.offset else {
        throw attempt.damaged(
          shard.key, "its index places \(place.length) bytes at \(place.offset), where others are")
      }
      end = place.offset + place.length
    }
  }
}
