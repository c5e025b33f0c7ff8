import Codecs
import Stores
import Synchronization
import Testing
import Transport
import Zarr

/// Counts what is asked of a store.
private final class CountingStore: Store {
  let inner: any Store
  private let log = Mutex<[String]>([])
  init(_ inner: any Store) { self.inner = inner }
  var location: String { inner.location }
  var reads: [String] { log.withLock { $0 } }
  func read(_ key: String) throws(StoreError) -> [UInt8]? {
    log.withLock { $0.append(key) }
    return try inner.read(key)
  }
  func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    log.withLock { $0.append("\(key) \(range)") }
    return try inner.read(key, range: range)
  }
  func size(of key: String) throws(StoreError) -> Int? { try inner.size(of: key) }
  func list(_ prefix: String) throws(StoreError) -> [String]? { try inner.list(prefix) }
  func fingerprint(of key: String) throws(StoreError) -> String? {
    try inner.fingerprint(of: key)
  }
}

@Suite("regions")
struct RegionTests {
  @Test(
    "any region equals that part of the whole",
    arguments: [
      ("made-v2.zip", "layout/fortran"), ("made-v2.zip", "layout/slash"),
      ("made-v2.zip", "types/int16.be"), ("made-v3.zip", "codecs/transpose.twice"),
      ("made-v3.zip", "shards/nested"), ("made-v3.zip", "shards/nested.start"),
      ("made-v3.zip", "shards/transpose.inside"), ("made-v3.zip", "shards/transpose.outside"),
      ("made-v3.zip", "shards/transpose.both"), ("made-v3.zip", "shards/compressed"),
      ("made-v3.zip", "shards/checksum"), ("made-v3.zip", "shards/ragged"),
      ("made-v3.zip", "shards/sparse"), ("made-v3.zip", "filters/transpose.delta"),
    ])
  func regions(file: String, path: String) throws {
    let array = try ZarrArray.open(try Fixtures.store(file), path: path)
    let whole = try array.read(array.shape.map { 0..<$0 })
    var random = SplitMix(state: 42)
    for _ in 0..<200 {
      let region = array.shape.map { length in
        let first = Int.random(in: 0...length, using: &random)
        return first..<Int.random(in: first...length, using: &random)
      }
      let part = try array.read(region)
      #expect(part.shape == region.map(\.count))
      #expect(part.bytes == cut(whole, region), "\(region)")
    }
  }

  private func cut(_ array: NumericArray, _ region: [Range<Int>]) -> [UInt8] {
    let size = array.type.size
    var bytes: [UInt8] = []
    func walk(_ dimension: Int, _ index: Int) {
      guard dimension < region.count else {
        bytes += array.bytes[index * size..<(index + 1) * size]
        return
      }
      for place in region[dimension] { walk(dimension + 1, index * array.shape[dimension] + place) }
    }
    walk(0, 0)
    return bytes
  }

  @Test("regions that do not fit are refused")
  func outOfBounds() throws {
    let array = try ZarrArray.open(try Fixtures.store("made-v2.zip"), path: "layout/slash")
    for region in [[0..<5], [0..<6, 0..<6], [-1..<2, 0..<1], [0..<1, 5..<7], []] {
      let error = #expect(throws: ZarrError.self) { try array.read(region) }
      #expect(error?.kind == .outOfBounds)
    }
  }

  @Test("each chunk is read once, a shard's index once, a whole shard at once")
  func requests() throws {
    let store = CountingStore(try Fixtures.store("made-v3.zip"))
    let array = try ZarrArray.open(store, path: "shards/end")
    let opened = store.reads.count
    _ = try array.read([0..<1, 0..<1, 0..<1])
    #expect(store.reads.count == opened + 2)
    _ = try array.read([0..<1, 1..<3, 0..<2])
    #expect(store.reads.count == opened + 3)
    _ = try array.read([4..<8, 6..<12, 3..<6])
    #expect(store.reads.count == opened + 4)
    let plain = try ZarrArray.open(store, path: "codecs/crc32c")
    let before = store.reads.count
    _ = try plain.read(plain.shape.map { 0..<$0 })
    #expect(store.reads.count == before + 2 * 3)
  }

  @Test("numbers and texts are told apart")
  func kinds() throws {
    let store = try Fixtures.store("made-v2.zip")
    let texts = try ZarrArray.open(store, path: "texts/objects")
    #expect(texts.isString && texts.elementType == nil)
    #expect(throws: ZarrError.self) { try texts.read([0..<2, 0..<3]) }
    let numbers = try ZarrArray.open(store, path: "layout/slash")
    #expect(throws: ZarrError.self) { try numbers.readStrings() }
  }
}

/// A small generator of pseudo-random numbers (splitmix64), the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
