/// A block of an array, what is wanted of it, and where that goes.
struct BlockPlace {
  /// The shape of the block.
  var shape: [Int]
  /// What is wanted, counted from the block's own origin; never empty.
  var region: [Range<Int>]
  /// The element of the result that the first wanted one becomes.
  var offset: Int
  /// How far apart neighbours lie in the result, in elements.
  var strides: [Int]

  /// The same block with its dimensions in another order.
  func transposed(_ order: [Int]) -> BlockPlace {
    BlockPlace(
      shape: order.map { shape[$0] }, region: order.map { region[$0] }, offset: offset,
      strides: order.map { strides[$0] })
  }

  /// Whether everything is wanted.
  var wantsAll: Bool { zip(shape, region).allSatisfy { $0 == $1.count } }

  /// Calls `body` for each chunk of a grid over the block that holds something wanted.
  func forEachChunk(
    _ chunkShape: [Int], _ body: ([Int], BlockPlace) throws(ZarrError) -> Void
  ) throws(ZarrError) {
    let first = zip(region, chunkShape).map { $0.lowerBound / $1 }
    let last = zip(region, chunkShape).map { ($0.upperBound - 1) / $1 }
    var indexes = first
    while true {
      try body(indexes, part(indexes, chunkShape))
      var dimension = indexes.count - 1
      while dimension >= 0, indexes[dimension] == last[dimension] {
        indexes[dimension] = first[dimension]
        dimension -= 1
      }
      guard dimension >= 0 else { return }
      indexes[dimension] += 1
    }
  }

  private func part(_ indexes: [Int], _ chunkShape: [Int]) -> BlockPlace {
    var part = BlockPlace(shape: chunkShape, region: [], offset: offset, strides: strides)
    for (dimension, index) in indexes.enumerated() {
      // The chunk begins within the block, so this product is no larger than its length.
      let origin = index * chunkShape[dimension]
      let wanted = region[dimension]
      let lower = max(wanted.lowerBound, origin)
      let length = min(wanted.upperBound - lower, chunkShape[dimension] - (lower - origin))
      part.region.append(lower - origin..<lower - origin + length)
      part.offset += (lower - wanted.lowerBound) * strides[dimension]
    }
    return part
  }
}
