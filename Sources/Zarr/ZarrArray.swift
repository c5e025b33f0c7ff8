public import Codecs
public import JSON
public import Stores

/// One array of a Zarr store, version 2 or 3 of the format, of which any region can be read.
///
/// Reading blocks; it may be done from many threads at once.
public struct ZarrArray: Sendable {
  let store: any Store
  let metadata: ArrayMetadata
  private let cache = ShardIndexCache()

  /// The key of the array in its store; empty when the array is the root.
  public let path: String

  init(_ store: any Store, path: String, _ metadata: ArrayMetadata) {
    self.store = store
    self.path = path
    self.metadata = metadata
  }

  /// Opens the array at a path, version 3 before version 2.
  ///
  /// - Throws: `ZarrError` when there is none, or one whose data type or codecs are not supported.
  public static func open(_ store: any Store, path: String) throws(ZarrError) -> ZarrArray {
    let attempt = Attempt("open the array", path, in: store.location)
    let documents = DocumentReader(store: store, attempt: attempt)
    if let document = try documents.read("zarr.json", in: path) {
      return ZarrArray(store, path: path, try ArrayMetadata(v3: document, attempt))
    }
    if let document = try documents.read(".zarray", in: path) {
      let attributes = try documents.read(".zattrs", in: path)?.objectValue ?? JSONObject()
      let metadata = try ArrayMetadata(v2: document, attributes: attributes, attempt)
      return ZarrArray(store, path: path, metadata)
    }
    throw attempt.failure(
      .notFound, "there is neither zarr.json nor .zarray",
      remedy: "Check the path of the array within the store.")
  }

  /// The length of every dimension, slowest first; empty for a single value.
  public var shape: [Int] { metadata.shape }

  /// The shape of the smallest block that can be read by itself: a chunk, within a shard where there
  /// are shards.
  public var chunkShape: [Int] { metadata.chunkShape }

  /// The shape of the shards, where there are any.
  public var shardShape: [Int]? { metadata.isSharded ? metadata.gridShape : nil }

  /// The kind of number; `nil` where the elements are texts.
  public var elementType: ElementType? { metadata.dataType.element }

  /// Whether the elements are texts.
  public var isString: Bool { elementType == nil }

  /// The name of every dimension, `nil` for those without one.
  ///
  /// Version 2 knows none: there they come from the attributes `_ARRAY_DIMENSIONS` or those of NCZarr.
  public var dimensionNames: [String?] { metadata.dimensionNames }

  /// The attributes of the array.
  public var attributes: JSONObject { metadata.attributes }

  /// What elements are that no chunk holds: a number (also NaN or infinite), a truth value, a text,
  /// two numbers for a complex one; null where version 2 names none, which reads as zero.
  public var fillValue: JSONValue { metadata.fill.value }

  /// The version of the format, 2 or 3.
  public var format: Int { metadata.format }

  /// The names of the codecs in the order of encoding, those within shards included.
  public var codecNames: [String] { metadata.chain.names }
}

extension ZarrArray {
  /// Reads a region; elements of chunks that are not there have the fill value.
  ///
  /// Every chunk that holds some of the region is read and decoded once.
  ///
  /// - Parameter region: one range for each dimension, within the shape.
  /// - Returns: the numbers, in C order, with the region's lengths as shape.
  /// - Throws: `ZarrError` when the region does not fit, is larger than 8 GiB, the elements are texts,
  ///   or a chunk cannot be read or decoded.
  public func read(_ region: [Range<Int>]) throws(ZarrError) -> NumericArray {
    let attempt = Attempt("read the array", path, in: store.location)
    guard let type = elementType else {
      throw attempt.unsupported("its elements are texts, not numbers")
    }
    try check(region, attempt)
    let bytes = try elements(region, attempt)
    do {
      return try NumericArray(type: type, shape: region.map(\.count), bytes: bytes)
    } catch {
      throw attempt.failure(.damaged, error.reason)
    }
  }

  /// Copies the chunk that holds a region.
  ///
  /// - Parameter region: one range for each dimension, within the shape and within one chunk.
  /// - Returns: its bytes as they are stored; `nil` when it is not there.
  /// - Throws: `ZarrError` when the region does not fit or lies in several chunks, or the chunk cannot
  ///   be read.
  public func encodedChunk(holding region: [Range<Int>]) throws(ZarrError) -> [UInt8]? {
    let attempt = Attempt("copy a chunk of the array", path, in: store.location)
    try check(region, attempt)
    let isOne = zip(region, chunkShape).allSatisfy { range, length in
      !range.isEmpty && range.lowerBound / length == (range.upperBound - 1) / length
    }
    guard isOne else {
      throw attempt.failure(.outOfBounds, "the region \(region) does not lie within one chunk")
    }
    let reader = BlockReader(
      store: store, path: path, metadata: metadata, cache: cache, attempt: attempt)
    var chunk: [UInt8]?
    try reader.read(region) { (bytes, _, _, _) throws(ZarrError) in chunk = bytes }
    return chunk
  }

  /// Reads the whole array of texts, in C order.
  ///
  /// - Throws: `ZarrError` when the elements are numbers, or a chunk cannot be read or decoded.
  public func readStrings() throws(ZarrError) -> [String] {
    let attempt = Attempt("read the array", path, in: store.location)
    let region = shape.map { 0..<$0 }
    try check(region, attempt)
    let count = product(shape) ?? 0
    let reader = BlockReader(
      store: store, path: path, metadata: metadata, cache: cache, attempt: attempt)
    switch metadata.dataType {
    case .number:
      throw attempt.unsupported("its elements are numbers, not texts")
    case .text:
      var assembler = TextAssembler(
        fill: metadata.fill, attempt: attempt,
        texts: [String](repeating: metadata.fill.text, count: count))
      try reader.read(region) { (bytes, chain, place, key) throws(ZarrError) in
        try assembler.place(bytes, chain, place, key: key)
      }
      return assembler.texts
    case .fixedUnicode, .fixedBytes:
      let size = metadata.dataType.size
      guard size > 0 else { return [String](repeating: "", count: count) }
      let bytes = try elements(region, attempt)
      return stride(from: 0, to: bytes.count, by: size).map {
        metadata.dataType.text(bytes[$0..<$0 + size])
      }
    }
  }

  /// A short text that changes when the bytes that hold a region may have changed.
  ///
  /// It is made from the metadata and from what the store says about every chunk or shard, none of
  /// which is read.
  ///
  /// - Throws: `ZarrError` when the region does not fit or the store cannot be asked.
  public func fingerprint(of region: [Range<Int>]) throws(ZarrError) -> String {
    let attempt = Attempt("look for changes in the array", path, in: store.location)
    try check(region, attempt)
    var digest = Fingerprint()
    digest.add(metadata.source)
    guard !region.contains(where: \.isEmpty) else { return digest.text }
    store.expectFingerprints(below: path)
    let place = BlockPlace(
      shape: shape, region: region, offset: 0, strides: shape.map { _ in 0 })
    try place.forEachChunk(metadata.gridShape) { (indexes, _) throws(ZarrError) in
      let key = metadata.keys.key(indexes, path: path)
      let state = try attempt.asking { () throws(StoreError) in try store.fingerprint(of: key) }
      digest.add(key)
      digest.add(state ?? "missing")
    }
    return digest.text
  }

  /// Says that a region will be read soon, so that a store far away can begin with it.
  public func expect(_ region: [Range<Int>]) {
    guard store.looksAhead else { return }
    let attempt = Attempt("read the array", path, in: store.location)
    BlockReader(store: store, path: path, metadata: metadata, cache: cache, attempt: attempt)
      .expect(region)
  }

  private func check(_ region: [Range<Int>], _ attempt: Attempt) throws(ZarrError) {
    let fits =
      region.count == shape.count
      && zip(region, shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 }
    guard fits else {
      throw attempt.failure(
        .outOfBounds, "the region \(region) does not lie within its shape \(shape)")
    }
    // Texts of any length take 16 bytes each before their own bytes.
    let size = metadata.dataType == .text ? 16 : max(1, metadata.dataType.size)
    guard let bytes = product(region.map(\.count) + [size]), bytes <= Limits.regionBytes else {
      throw attempt.failure(
        .tooLarge, "a region of \(region.map(\.count)) elements takes more than 8 GiB",
        remedy: "Read smaller regions, one after the other.")
    }
  }

  /// The bytes of all elements of a region.
  private func elements(_ region: [Range<Int>], _ attempt: Attempt) throws(ZarrError) -> [UInt8] {
    let type = metadata.dataType
    let count = (product(region.map(\.count)) ?? 0) * type.size
    let reader = BlockReader(
      store: store, path: path, metadata: metadata, cache: cache, attempt: attempt)
    var failure: ZarrError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let target = UnsafeMutableRawBufferPointer(
        start: UnsafeMutableRawPointer(buffer.baseAddress), count: count)
      let assembler = ElementAssembler(
        type: type, fill: metadata.fill, attempt: attempt, target: target)
      do throws(ZarrError) {
        try reader.read(region) { (bytes, chain, place, key) throws(ZarrError) in
          try assembler.place(bytes, chain, place, key: key)
        }
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// A 128-bit FNV-1a hash: for telling changes, not for security.
private struct Fingerprint {
  private var state: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xFF)
  }

  private mutating func add(_ byte: UInt8) {
    state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
  }

  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
