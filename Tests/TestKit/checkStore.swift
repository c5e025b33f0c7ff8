public import Stores
public import Testing
import Transport

/// The objects that a store must hold to be looked at with ``checkStore(_:canList:sourceLocation:)``.
///
/// Their keys have what real stores have: depth, spaces, `=`, `:`, `+`, `%`, and other scripts.
public let storeContractObjects: [String: [UInt8]] = [
  "zarr.json": Array("{\"zarr_format\": 3}".utf8),
  "a/b/c/0/0": (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) },
  "a/b/c/0/1": [42],
  "a/empty": [],
  "a/with space/x=1+2:3&4;5%41.bin": [1, 2, 3],
  "größe/温度/c#0?": [9, 8, 7, 6],
  "times/2017-01-16T10:09:21Z/0.png": Array(repeating: 0, count: 5000),
]

/// Checks the laws of ``Store`` on a store that holds exactly ``storeContractObjects``.
///
/// - Parameters:
///   - store: the store.
///   - canList: whether this kind of store can list; otherwise `list` must be `nil`.
///   - sourceLocation: where failures are reported.
/// - Throws: whatever the store throws where it should not.
public func checkStore(
  _ store: any Store, canList: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  for (key, bytes) in storeContractObjects {
    let comment = Comment(rawValue: key)
    #expect(try store.read(key) == bytes, comment, sourceLocation: sourceLocation)
    #expect(try store.size(of: key) == bytes.count, comment, sourceLocation: sourceLocation)
    let fingerprint = try store.fingerprint(of: key)
    #expect(fingerprint?.isEmpty == false, comment, sourceLocation: sourceLocation)
    #expect(try store.fingerprint(of: key) == fingerprint, sourceLocation: sourceLocation)
    try checkRanges(of: key, bytes, in: store, sourceLocation)
  }
  for absent in ["nothing", "a", "a/b/c", "a/b/c/0/0/0", "zarr.jsonx", "größe/温度"] {
    let comment = Comment(rawValue: absent)
    #expect(try store.read(absent) == nil, comment, sourceLocation: sourceLocation)
    #expect(try store.size(of: absent) == nil, comment, sourceLocation: sourceLocation)
    #expect(try store.fingerprint(of: absent) == nil, comment, sourceLocation: sourceLocation)
    let part = try store.read(absent, range: .from(offset: 0, length: 1))
    #expect(part == nil, comment, sourceLocation: sourceLocation)
  }
  let refused = [
    "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", "a/..", "a/./b", "a\0b",
  ]
  for key in refused {
    let comment = Comment(rawValue: key)
    #expect(isRefused { _ = try store.read(key) }, comment, sourceLocation: sourceLocation)
    #expect(isRefused { _ = try store.size(of: key) }, comment, sourceLocation: sourceLocation)
    #expect(
      isRefused { _ = try store.fingerprint(of: key) }, comment, sourceLocation: sourceLocation)
    let ranged = isRefused { _ = try store.read(key, range: .suffix(length: 1)) }
    #expect(ranged, comment, sourceLocation: sourceLocation)
    if !key.isEmpty {
      #expect(isRefused { _ = try store.list(key) }, comment, sourceLocation: sourceLocation)
    }
  }
  try checkListing(store, canList: canList, sourceLocation)
}

private func checkRanges(
  of key: String, _ bytes: [UInt8], in store: any Store, _ sourceLocation: SourceLocation
) throws {
  let count = bytes.count
  let comment = Comment(rawValue: key)
  for offset in Set([0, 1, count / 2, count]) where offset <= count {
    for length in [0, 1, count, count + 10] {
      let expected = Array(bytes[offset..<min(count, offset + length)])
      let part = try store.read(key, range: .from(offset: offset, length: length))
      #expect(part == expected, comment, sourceLocation: sourceLocation)
    }
  }
  for length in [0, 1, count, count + 10] {
    let part = try store.read(key, range: .suffix(length: length))
    #expect(part == bytes.suffix(length), comment, sourceLocation: sourceLocation)
  }
  for range: ByteRange in [.from(offset: count + 1, length: 1), .from(offset: -1, length: 1)] {
    do throws(StoreError) {
      let part = try store.read(key, range: range)
      Issue.record("\(range) gave \(String(describing: part))", sourceLocation: sourceLocation)
    } catch {
      #expect(error.kind == .invalidRange, comment, sourceLocation: sourceLocation)
    }
  }
}

private func checkListing(
  _ store: any Store, canList: Bool, _ sourceLocation: SourceLocation
) throws {
  let expected: [String: [String]] = [
    "": ["a", "größe", "times", "zarr.json"], "a": ["b", "empty", "with space"],
    "a/b/c/0": ["0", "1"], "größe": ["温度"], "nothing": [],
  ]
  for (prefix, names) in expected {
    let listing = try store.list(prefix)
    #expect(
      listing == (canList ? names : nil), Comment(rawValue: prefix), sourceLocation: sourceLocation)
  }
}

private func isRefused(_ body: () throws -> Void) -> Bool {
  do {
    try body()
    return false
  } catch {
    return (error as? StoreError)?.kind == .invalidKey
  }
}
