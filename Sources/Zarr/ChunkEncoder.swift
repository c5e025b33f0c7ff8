import Codecs
import Glibc

/// Turns the numbers of chunks into the bytes of their objects.
///
/// An encoder belongs to one thread at a time.
public final class ChunkEncoder {
  private let type: ElementType
  private let fill: [UInt8]
  private let gzip: GzipEncoder

  /// Prepares the chunks of an array of numbers.
  ///
  /// - Throws: `ZarrError` when the elements are texts or the fill value is not one of their type.
  public init(_ array: ArrayDescription) throws(ZarrError) {
    let attempt = Attempt("write an array", "", in: "memory")
    guard case .numbers(let type) = array.elements else {
      throw attempt.unsupported("its elements are texts, not numbers")
    }
    self.type = type
    fill = try FillValue(array.fill, .number(type), attempt).bytes
    do {
      gzip =
        array.compressionLevel == 1
        ? GzipEncoder(numbersOf: type.wordSize) : try GzipEncoder(level: array.compressionLevel)
    } catch {
      throw attempt.invalid(error.reason)
    }
  }

  /// Encodes a whole chunk.
  ///
  /// - Parameter elements: All numbers of the chunk in C order and the byte order of this machine;
  ///   those beyond the end of the array should have the fill value. NaN counts as the fill value NaN
  ///   only with the same bits.
  /// - Returns: The bytes; `nil` where every element is the fill value, so that the chunk need not be
  ///   written.
  /// - Throws: `ZarrError` when the compressor refuses.
  public func encode(_ elements: UnsafeRawBufferPointer) throws(ZarrError) -> [UInt8]? {
    if holdsFillOnly(elements) { return nil }
    do throws(CodecError) {
      guard ByteOrder.native == .big, type.wordSize > 1 else { return try gzip.encode(elements) }
      var swapped = Array(elements)
      swapBytes(&swapped, wordSize: type.wordSize)
      return try swapped.withUnsafeBufferPointer { bytes throws(CodecError) in
        try gzip.encode(UnsafeRawBufferPointer(bytes))
      }
    } catch {
      throw ZarrError(.unsupported, attempt: "encode a chunk", reason: error.reason)
    }
  }

  /// Whether every element is the first one and that is the fill value.
  private func holdsFillOnly(_ elements: UnsafeRawBufferPointer) -> Bool {
    guard elements.count >= fill.count, elements.prefix(fill.count).elementsEqual(fill) else {
      return elements.isEmpty
    }
    let rest = UnsafeRawBufferPointer(rebasing: elements.dropFirst(fill.count))
    let shifted = UnsafeRawBufferPointer(rebasing: elements.prefix(rest.count))
    guard let here = rest.baseAddress, let before = shifted.baseAddress else { return true }
    return memcmp(here, before, rest.count) == 0
  }
}

/// A shard being put together: the index in front, then the chunks in the order in which they came
/// (Zarr v3 `sharding_indexed`, index codecs `bytes` and `crc32c`).
public struct ShardAssembly: Sendable {
  private var places: [UInt64]
  private var chunks: [[UInt8]] = []
  private var end: Int

  /// Begins a shard.
  ///
  /// - Parameter chunkCount: How many chunks it can hold.
  public init(chunkCount: Int) {
    // Both words of a chunk that is not there are 2^64 - 1.
    places = [UInt64](repeating: .max, count: chunkCount * 2)
    end = chunkCount * 16 + 4
  }

  /// Puts a chunk behind those that are there.
  ///
  /// - Parameters:
  ///   - chunk: Its encoded bytes; `nil` for one that is not there.
  ///   - number: Its place among the chunks of the shard, in C order; each comes once.
  public mutating func add(_ chunk: [UInt8]?, at number: Int) {
    guard let chunk else { return }
    places[number * 2] = UInt64(end)
    places[number * 2 + 1] = UInt64(chunk.count)
    end += chunk.count
    chunks.append(chunk)
  }

  /// The bytes of the shard in pieces that follow one another; `nil` where it holds no chunk, so
  /// that it need not be written.
  public func pieces() -> [[UInt8]]? {
    guard !chunks.isEmpty else { return nil }
    var index: [UInt8] = []
    index.reserveCapacity(places.count * 8 + 4)
    for place in places { withUnsafeBytes(of: place.littleEndian) { index.append(contentsOf: $0) } }
    let checksum = index.withUnsafeBytes { CRC32CCodec.checksum($0) }
    withUnsafeBytes(of: checksum.littleEndian) { index.append(contentsOf: $0) }
    return [index] + chunks
  }
}

/// The bytes of a chunk of texts as the codec `vlen-utf8` packs them: a count, then each text behind
/// its length, all in four little-endian bytes.
public func encodeTexts(_ texts: [String]) -> [UInt8] {
  var bytes: [UInt8] = []
  func append(_ number: Int) {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian) {
      bytes.append(contentsOf: $0)
    }
  }
  append(texts.count)
  for text in texts {
    append(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }
  return bytes
}
