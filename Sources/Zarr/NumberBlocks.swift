import Codecs

/// Decodes chunks of elements of equal size and lays them into one buffer.
struct ElementAssembler {
  let type: DataType
  let fill: FillValue
  let attempt: Attempt
  /// The result; every element of it is written exactly once.
  let target: UnsafeMutableRawBufferPointer

  /// Writes what is wanted of one chunk.
  func place(_ bytes: [UInt8]?, _ chain: CodecChain, _ place: BlockPlace, key: String)
    throws(ZarrError)
  {
    let size = type.size
    guard size > 0 else { return }
    let lengths = place.region.map(\.count)
    guard let bytes else {
      fill.bytes.withUnsafeBytes { element in
        copyStrided(
          shape: lengths, elementSize: size,
          from: StridedBytes(element, offset: 0, strides: lengths.map { _ in 0 }),
          to: target, offset: place.offset * size, strides: place.strides.map { $0 * size })
      }
      return
    }
    let (decoded, inner) = try decode(bytes, chain, place, key: key)
    let strides = byteStrides(of: inner.shape, elementSize: size)
    let offset = zip(inner.region, strides).reduce(0) { $0 + $1.0.lowerBound * $1.1 }
    decoded.withUnsafeBytes { buffer in
      copyStrided(
        shape: inner.region.map(\.count), elementSize: size,
        from: StridedBytes(buffer, offset: offset, strides: strides),
        to: target, offset: inner.offset * size, strides: inner.strides.map { $0 * size })
    }
  }

  /// Decodes a chunk.
  ///
  /// Transpositions that were made first are not undone: the place of the result
  /// is turned the same way instead, which costs nothing.
  func decode(_ bytes: [UInt8], _ chain: CodecChain, _ place: BlockPlace, key: String)
    throws(ZarrError) -> ([UInt8], BlockPlace)
  {
    let packed = chain.packedType
    // Both were checked against the limits when the metadata were read.
    let count = product(place.shape) ?? 0
    var bytes = try chain.decompress(
      bytes, packedSize: count * packed.size, key: key, attempt)
    if case .bytes(let order) = chain.packing, order != .native {
      swapBytes(&bytes, wordSize: packed.wordSize)
    }
    var place = place
    var filters = chain.filters[...]
    while case .transpose(let order)? = filters.first {
      place = place.transposed(order)
      filters.removeFirst()
    }
    var shapes = [place.shape]
    for filter in filters {
      guard case .transpose(let order) = filter, let shape = shapes.last else { continue }
      shapes.append(order.map { shape[$0] })
    }
    for filter in filters.reversed() {
      switch filter {
      case .transpose(let order):
        shapes.removeLast()
        bytes = restored(bytes, shape: shapes.last ?? [], order: order)
      case .numbers(let codec):
        bytes = try decode(bytes, codec, key: key)
      }
    }
    guard bytes.count == count * type.size else {
      throw attempt.damaged(key, "it has \(bytes.count) bytes where \(count * type.size) should be")
    }
    return (bytes, place)
  }

  private func decode(_ bytes: [UInt8], _ codec: any BytesCodec, key: String)
    throws(ZarrError) -> [UInt8]
  {
    do throws(CodecError) {
      return try codec.decode(bytes, limit: Limits.chunkBytes)
    } catch {
      throw attempt.damaged(key, "the codec \(error.codec) cannot go on: \(error.reason)")
    }
  }

  /// Undoes a transposition of an array of that shape.
  private func restored(_ bytes: [UInt8], shape: [Int], order: [Int]) -> [UInt8] {
    let count = product(shape) ?? 0
    guard count > 0, bytes.count.isMultiple(of: count) else { return bytes }
    let size = bytes.count / count
    let strides = byteStrides(of: shape, elementSize: size)
    var target = [UInt8](repeating: 0, count: bytes.count)
    target.withUnsafeMutableBytes { targetBuffer in
      bytes.withUnsafeBytes { buffer in
        let turned = order.map { shape[$0] }
        copyStrided(
          shape: turned, elementSize: size,
          from: StridedBytes(
            buffer, offset: 0, strides: byteStrides(of: turned, elementSize: size)),
          to: targetBuffer, offset: 0, strides: order.map { strides[$0] })
      }
    }
    return target
  }
}
