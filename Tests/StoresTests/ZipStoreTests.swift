import Foundation
import Stores
import TestKit
import Testing
import Transport

private let archives = ["stored", "deflated", "zip64", "comment", "streamed"]

private func archive(_ name: String) throws -> [UInt8] {
  try FolderStore(path: fixtures).read(name + ".zip") ?? []
}

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("Fixtures").path

private func openInMemory(
  _ bytes: [UInt8], limits: ZipLimits = ZipLimits()
) throws(StoreError) -> ZipStore {
  try ZipStore("a.zip", in: MemoryStore(["a.zip": bytes]), limits: limits)
}

private func failure(_ body: () throws -> some Any) -> StoreError? {
  do {
    let value = try body()
    Issue.record("no error but \(value)")
    return nil
  } catch {
    return error as? StoreError
  }
}

@Suite struct ZipStoreTests {
  @Test(arguments: archives)
  func keepsTheContract(name: String) throws {
    try checkStore(try ZipStore(path: "\(fixtures)/\(name).zip"))
  }

  @Test(arguments: archives)
  func keepsTheContractOverHTTP(name: String) throws {
    let server = try LoopbackServer.serving(["deep er/\(name).zip": try archive(name)])
    try checkStore(try StoreOpener.open(server.url("deep%20er/\(name).zip?key=1")))
    #expect(server.requests.allSatisfy { $0.target.hasSuffix("?key=1") })
  }

  @Test func readsAFileOverHTTPWithOneRequest() throws {
    let server = try LoopbackServer.serving(["a.zip": try archive("deflated")])
    let store = try ZipStore("a.zip", in: try HTTPStore(url: server.url("")))
    #expect(server.requests.count == 2)  // The size, and the directory.
    #expect(try store.read("zarr.json") != nil)
    #expect(server.requests.count == 3)
    #expect(try store.read("a/b/c/0/0", range: .suffix(length: 3)) != nil)
    #expect(server.requests.count == 4)
  }

  @Test func opensTheFolderThatWrapsAll() throws {
    try checkStore(try StoreOpener.open("\(fixtures)/wrapped.zip"))
    try checkStore(try StoreOpener.open("file://\(fixtures)/stored.zip"))
  }

  @Test func namesAMethodThatIsNotSupported() throws {
    let store = try ZipStore(path: "\(fixtures)/bzip2.zip")
    let error = failure { try store.read("zarr.json") }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains("zip method 12") == true)
  }

  @Test func refusesWhatIsNoArchive() throws {
    for bytes in [[], Array("hello".utf8), Array(repeating: 0, count: 100_000)] as [[UInt8]] {
      #expect(failure { try openInMemory(bytes) }?.kind == .damaged)
    }
    let absent = failure { try ZipStore("x", in: MemoryStore()) }
    #expect(absent?.kind == .notFound)
  }

  @Test(arguments: archives)
  func survivesBeingCutShort(name: String) throws {
    let whole = try archive(name)
    for length in stride(from: 0, to: whole.count, by: 3) {
      #expect(failure { try openInMemory(Array(whole[..<length])) }?.kind == .damaged)
    }
  }

  /// Whatever one byte is changed to, what is read whole is right or an error.
  @Test(arguments: archives)
  func neverReadsWrongBytes(name: String) throws {
    let whole = try archive(name)
    let changes: [UInt8] = [0x01, 0x80, 0xff]
    // All of the directory, and some of the content before it.
    for position in whole.indices where position % 5 == 0 || position > whole.count - 1500 {
      var bytes = whole
      bytes[position] ^= changes[position % 3]
      do throws(StoreError) {
        let store = try openInMemory(bytes)
        for (key, expected) in storeContractObjects {
          checkRead(key, expected, store, "byte \(position)")
        }
      } catch {
        #expect(isExpected(error))
      }
    }
  }

  private func checkRead(
    _ key: String, _ expected: [UInt8], _ store: ZipStore, _ place: String
  ) {
    _ = try? store.read(key, range: .from(offset: 1, length: 2))
    do throws(StoreError) {
      let content = try store.read(key)
      #expect(content == nil || content == expected, "\(place), \(key)")
    } catch {
      #expect(isExpected(error))
    }
  }

  private func isExpected(_ error: StoreError) -> Bool {
    [.damaged, .unsupported, .tooLarge].contains(error.kind)
  }

  /// Random damage in many places at once: no crash, and no memory beyond the limits.
  @Test func survivesRandomDamage() throws {
    var random = SplitMix(state: 7)
    var limits = ZipLimits()
    limits.objectSize = 1 << 20
    for name in archives {
      let whole = try archive(name)
      for _ in 0..<400 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...40, using: &random) {
          let position = Int.random(in: 0..<bytes.count, using: &random)
          bytes[position] =
            [0, 1, 0x7f, 0xff, .random(in: 0...255, using: &random)]
            .randomElement(using: &random) ?? 0
        }
        guard let store = try? openInMemory(bytes, limits: limits) else { continue }
        for key in storeContractObjects.keys { _ = try? store.read(key) }
        _ = try store.list("")
      }
    }
  }

  @Test func refusesBombs() throws {
    var limits = ZipLimits()
    limits.entryCount = 3
    #expect(failure { try openInMemory(archive("stored"), limits: limits) }?.kind == .tooLarge)
    limits = ZipLimits()
    limits.nameLength = 10
    #expect(failure { try openInMemory(archive("stored"), limits: limits) }?.kind == .tooLarge)
    limits = ZipLimits()
    limits.objectSize = 900
    let store = try openInMemory(try archive("deflated"), limits: limits)
    #expect(failure { try store.read("a/b/c/0/0") }?.kind == .tooLarge)
    #expect(try store.read("a/b/c/0/1") == [42])
  }

  @Test func refusesSizesThatCannotBe() throws {
    // The deflated file of 5000 zeros says that it has 4 GiB minus 2 bytes, or one byte more.
    for size: UInt32 in [0xffff_fffe, 5001, 4999] {
      var bytes = try archive("deflated")
      let entry = try #require(directoryEntry(of: "times/2017-01-16T10:09:21Z/0.png", in: bytes))
      withUnsafeBytes(of: size.littleEndian) {
        bytes.replaceSubrange(entry + 24..<entry + 28, with: $0)
      }
      var limits = ZipLimits()
      limits.objectSize = 8 << 30
      let store = try openInMemory(bytes, limits: limits)
      #expect(failure { try store.read("times/2017-01-16T10:09:21Z/0.png") }?.kind == .damaged)
    }
  }

  @Test func refusesANegativeCount() throws {
    var bytes = try archive("zip64")
    let record = try #require(
      bytes.indices.dropLast(56).first {
        bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4b, 6, 6])
      })
    bytes.replaceSubrange(record + 24..<record + 40, with: [UInt8](repeating: 0xff, count: 16))
    #expect(failure { try openInMemory(bytes) }?.kind == .damaged)
  }

  @Test func neverFindsNamesThatLeadOut() throws {
    let whole = try archive("stored")
    let old = Array("a/b/c/0/1".utf8)
    for name in ["../../etc", "/abs/path", "a//b/c/01", "a/./b/c/0"] {
      var bytes = whole
      for start in bytes.indices.dropLast(9) where bytes[start..<start + 9].elementsEqual(old) {
        bytes.replaceSubrange(start..<start + 9, with: name.utf8)
      }
      let store = try openInMemory(bytes)
      #expect(try store.list("a/b/c/0") == ["0"])
      #expect(failure { try store.read(name) }?.kind == .invalidKey)
    }
  }

  @Test func manyThreadsReadAtOnce() throws {
    let store = try ZipStore(path: "\(fixtures)/deflated.zip")
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      for (key, bytes) in storeContractObjects {
        #expect((try? store.read(key)) == bytes)
      }
    }
  }

  private func directoryEntry(of key: String, in bytes: [UInt8]) -> Int? {
    let name = Array(key.utf8)
    return bytes.indices.dropLast(46 + name.count).first { start in
      bytes[start..<start + 4].elementsEqual([0x50, 0x4b, 1, 2])
        && bytes[(start + 46)..<(start + 46 + name.count)].elementsEqual(name)
    }
  }
}

/// Steele, Lea and Flood's generator, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
