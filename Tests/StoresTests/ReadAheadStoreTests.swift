import Foundation
import Stores
import Synchronization
import TestKit
import Testing
import Transport

/// A store that counts reads, and can be slow or fail.
private final class CountingStore: Store {
  let base = MemoryStore(storeContractObjects)
  let reads = Mutex<[ExpectedRead: Int]>([:])
  let failures: Mutex<Int>
  let pause: TimeInterval
  let underWay = Mutex((now: 0, most: 0))

  init(failures: Int = 0, pause: TimeInterval = 0) {
    self.failures = Mutex(failures)
    self.pause = pause
  }

  var location: String { base.location }
  func size(of key: String) throws(StoreError) -> Int? { try base.size(of: key) }
  func list(_ prefix: String) throws(StoreError) -> [String]? { try base.list(prefix) }
  func fingerprint(of key: String) throws(StoreError) -> String? {
    try base.fingerprint(of: key)
  }

  func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try count(ExpectedRead(key))
    return try base.read(key)
  }

  func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try count(ExpectedRead(key, range: range))
    return try base.read(key, range: range)
  }

  private func count(_ read: ExpectedRead) throws(StoreError) {
    reads.withLock { $0[read, default: 0] += 1 }
    underWay.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    underWay.withLock { $0.now -= 1 }
    let fails = failures.withLock { left in
      defer { left = max(0, left - 1) }
      return left > 0
    }
    if fails { throw StoreError(.unreadable, attempt: "read", reason: "it fails") }
  }
}

struct ReadAheadStoreTests {
  @Test(arguments: [0, 100, 1 << 20]) func keepsTheContract(capacity: Int) throws {
    let store = ReadAheadStore(CountingStore(), capacity: capacity)
    store.expect(storeContractObjects.keys.map { ExpectedRead($0) })
    try checkStore(store)
  }

  @Test func announcedReadsAreMadeOnceAndTogether() throws {
    let base = CountingStore(pause: 0.02)
    let store = ReadAheadStore(base, width: 4)
    let keys = Array(storeContractObjects.keys)
    store.expect(keys.map { ExpectedRead($0) } + [ExpectedRead("missing")])
    store.expect(keys.map { ExpectedRead($0) })
    for key in keys { #expect(try store.read(key) == storeContractObjects[key]) }
    #expect(try store.read("missing") == nil)
    #expect(base.reads.withLock { $0.values.allSatisfy { $0 == 1 } })
    #expect(base.reads.withLock { $0.count } == keys.count + 1)
    // Four ahead, and the reader itself where it is quicker than they are.
    #expect((2...5).contains(base.underWay.withLock { $0.most }))
  }

  @Test func manyReadersShareOneRead() throws {
    let base = CountingStore(pause: 0.02)
    let store = ReadAheadStore(base)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let bytes = try? store.read("a/b/c/0/0", range: .from(offset: 10, length: 20))
      #expect(bytes == Array(storeContractObjects["a/b/c/0/0"]?[10..<30] ?? []))
    }
    #expect(base.reads.withLock { Array($0.values) } == [1])
  }

  @Test func aFailureIsTriedAgain() throws {
    let base = CountingStore(failures: 1)
    let store = ReadAheadStore(base)
    store.expect([ExpectedRead("zarr.json")])
    #expect(throws: StoreError.self) { try store.read("zarr.json") }
    #expect(try store.read("zarr.json") == storeContractObjects["zarr.json"])
  }
}

struct TemporaryCopyTests {
  @Test func isGoneWithItsObject() throws {
    let folder = try TemporaryFolder()
    do {
      let copy = try TemporaryCopy(
        of: "a/b/c/0/0", in: MemoryStore(storeContractObjects), size: 1000, folder: folder.path)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: copy.path))
      #expect(Array(bytes) == storeContractObjects["a/b/c/0/0"])
      // Somebody is there: it stays.
      TemporaryCopy.removeAbandoned(in: folder.path)
      #expect(FileManager.default.fileExists(atPath: copy.path))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test func refusesWhatHasAnotherSizeAndCleansUp() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "cubepress-copy-of-a-program-that-was-killed")
    #expect(throws: StoreError.self) {
      try TemporaryCopy(
        of: "a/b/c/0/0", in: MemoryStore(storeContractObjects), size: 999, folder: folder.path)
    }
    TemporaryCopy.removeAbandoned(in: folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }
}
