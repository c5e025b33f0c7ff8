import Codecs
import JSON
import Stores
import Testing
import Transport
import Zarr

/// A store that holds objects and cannot list them, as web servers do.
private struct UnlistableStore: Store {
  let inner: any Store
  var location: String { inner.location }
  func read(_ key: String) throws(StoreError) -> [UInt8]? { try inner.read(key) }
  func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try inner.read(key, range: range)
  }
  func size(of key: String) throws(StoreError) -> Int? { try inner.size(of: key) }
  func list(_ prefix: String) throws(StoreError) -> [String]? { nil }
  func fingerprint(of key: String) throws(StoreError) -> String? {
    try inner.fingerprint(of: key)
  }
}

@Suite("groups")
struct HierarchyTests {
  @Test("consolidated metadata of version 2 need no listing")
  func consolidated2() throws {
    let store = UnlistableStore(inner: try Fixtures.store("made-v2.zip"))
    let root = try ZarrGroup.open(store)
    #expect(root.format == 2)
    #expect(root.attributes["title"] == "own fixtures")
    #expect(root.arrayNames.isEmpty)
    #expect(
      root.groupNames == ["blosc", "compressors", "fill", "filters", "layout", "texts", "types"])
    let layout = try root.group("layout")
    #expect(layout.arrayNames == ["empty", "fortran", "oversized", "scalar", "slash"])
    #expect(try root.array("layout/scalar").read([]).doubles() == [42.5])
    #expect(try layout.array("scalar").read([]).doubles() == [42.5])
  }

  @Test("consolidated metadata of version 3 need no listing")
  func consolidated3() throws {
    let store = UnlistableStore(inner: try Fixtures.store("made-v3.zip"))
    let root = try ZarrGroup.open(store)
    #expect(root.format == 3)
    #expect(root.groupNames == ["codecs", "fill", "filters", "layout", "shards", "texts", "types"])
    let array = try root.group("shards").array("nested")
    #expect(array.shardShape == [8, 12, 6])
    #expect(array.chunkShape == [2, 3, 3])
    #expect(array.codecNames == ["sharding_indexed", "sharding_indexed", "gzip"])
    let turned = try root.array("shards/transpose.outside")
    #expect(turned.shardShape == [8, 6, 4])
    #expect(turned.chunkShape == [2, 1, 4])
  }

  @Test("without consolidated metadata the store is listed")
  func listed() throws {
    let root = try ZarrGroup.open(try Fixtures.store("zarrs/hierarchy.zarr"))
    #expect(root.groupNames == ["a", "b"])
    #expect(try root.group("a").arrayNames == ["baz", "foo"])
    let old = try ZarrGroup.open(try Fixtures.store("made-v2.zip"), path: "attributes")
    #expect(old.attributes["missing"]?.doubleValue?.isNaN == true)
    let spaces = try ZarrGroup.open(try Fixtures.store("zarrita-js/v3/data.zarr"))
    #expect(spaces.groupNames.contains("my group with spaces"))
  }

  @Test("a store that cannot be listed and names no children says so")
  func notListable() throws {
    let store = UnlistableStore(inner: try Fixtures.store("zarrs/hierarchy.zarr"))
    let error = #expect(throws: ZarrError.self) { try ZarrGroup.open(store) }
    #expect(error?.kind == .notListable)
    #expect(error?.description.contains("onsolidate") == true)
  }

  @Test("what is no group says what is missing")
  func notFound() throws {
    let store = MemoryStore(["x/.zarray": Array("{}".utf8), "y": [1]])
    for path in ["", "x", "y", "z/z"] {
      let error = #expect(throws: ZarrError.self) { try ZarrGroup.open(store, path: path) }
      #expect(error?.kind == .notFound)
    }
    let error = #expect(throws: ZarrError.self) { try ZarrArray.open(store, path: "nothing") }
    #expect(error?.kind == .notFound)
  }

  @Test("names of dimensions")
  func dimensionNames() throws {
    func names(_ attributes: String) throws -> [String?] {
      let store = MemoryStore([
        "a/.zarray": Array(
          #"""
          {"zarr_format":2,"shape":[2,2],"chunks":[2,2],"dtype":"<f4","compressor":null,
           "fill_value":null,"order":"C","filters":null}
          """#.utf8),
        "a/.zattrs": Array(attributes.utf8),
      ])
      return try ZarrArray.open(store, path: "a").dimensionNames
    }
    #expect(try names(#"{"_ARRAY_DIMENSIONS":["lat","lon"]}"#) == ["lat", "lon"])
    #expect(try names(#"{"_ARRAY_DIMENSIONS":["lat"]}"#) == [nil, nil])
    #expect(try names(#"{"_nczarr_array":{"dimrefs":["/lat","/g/lon"]}}"#) == ["lat", "lon"])
    #expect(try names("{}") == [nil, nil])
  }

  @Test("a change of a chunk changes the fingerprint of its region only")
  func fingerprints() throws {
    var objects: [String: [UInt8]] = [
      "a/.zarray": Array(
        #"""
        {"zarr_format":2,"shape":[4],"chunks":[2],"dtype":"|u1","compressor":null,
         "fill_value":9,"order":"C","filters":null}
        """#.utf8),
      "a/0": [1, 2],
    ]
    let before = try ZarrArray.open(MemoryStore(objects), path: "a")
    objects["a/1"] = [3, 4]
    let after = try ZarrArray.open(MemoryStore(objects), path: "a")
    #expect(try before.read([0..<4]).bytes == [1, 2, 9, 9])
    #expect(try after.read([1..<3]).bytes == [2, 3])
    #expect(try before.fingerprint(of: [0..<2]) == after.fingerprint(of: [0..<2]))
    #expect(try before.fingerprint(of: [0..<4]) != after.fingerprint(of: [0..<4]))
    let head = try #require(objects["a/.zarray"])
    let text = String(decoding: head, as: UTF8.self)
    objects["a/.zarray"] = Array(text.replacing("[4]", with: "[6]").utf8)
    let longer = try ZarrArray.open(MemoryStore(objects), path: "a")
    #expect(try after.fingerprint(of: [0..<4]) == longer.fingerprint(of: [0..<4]))
    objects["a/.zarray"] = Array(text.replacing("9", with: "8").utf8)
    let refilled = try ZarrArray.open(MemoryStore(objects), path: "a")
    #expect(try after.fingerprint(of: [0..<4]) != refilled.fingerprint(of: [0..<4]))
  }
}
