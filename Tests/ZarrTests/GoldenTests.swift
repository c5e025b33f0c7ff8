import Foundation
import JSON
import Stores
import Testing
import Zarr

/// Every array of the fixtures against what zarr-python reads in it.
@Suite("values as zarr-python reads them")
struct GoldenTests {
  @Test(
    "fixtures",
    arguments: [
      ("zarrita-js/v2/data.zarr", 32), ("zarrita-js/v3/data.zarr", 45), ("zarrs", 22),
      ("made-v2.zip", 77), ("made-v3.zip", 67),
    ])
  func fixtures(name: String, count: Int) throws {
    let expectations = try Fixtures.golden("zarr_fixtures.json").expectations(name)
    #expect(expectations.count == count)
    let store = try Fixtures.store(name)
    for expectation in expectations where expectation.isReadable {
      try expectation.check(try ZarrArray.open(store, path: expectation.path))
    }
  }

  @Test(
    "zipped stores hold the same as their folder",
    arguments: [
      ("v2", "data.zipped_from_within.zarr.zip", ""),
      ("v2", "data.zipped_from_parent.zarr.zip", "data.zarr/"),
      ("v3", "data.zipped_from_within.zarr.zip", ""),
      ("v3", "data.zipped_from_parent.zarr.zip", "data.zarr/"),
      ("v3", "data.uncompressed.zarr.zip", ""),
    ])
  func zipped(version: String, file: String, prefix: String) throws {
    let folder = "zarrita-js/\(version)/data.zarr"
    let expectations = try Fixtures.golden("zarr_fixtures.json").expectations(folder)
    let store = try Fixtures.store("zarrita-js/\(version)/\(file)")
    var count = 0
    for expectation in expectations where expectation.isReadable {
      // The zipped stores are older than some of the arrays in the folder.
      guard try holdsArray(store, prefix + expectation.path) else { continue }
      try expectation.check(try ZarrArray.open(store, path: prefix + expectation.path))
      count += 1
    }
    #expect(count >= 20)
  }

  private func holdsArray(_ store: any Store, _ path: String) throws -> Bool {
    try store.size(of: path + "/zarr.json") != nil || store.size(of: path + "/.zarray") != nil
  }

  @Test("shared data", .enabled(if: Fixtures.shared != nil))
  func shared() throws {
    let root = try #require(Fixtures.shared)
    for (name, _) in try Fixtures.golden("zarr_shared.json") {
      let store = try FolderStore(path: "\(root)/\(name)")
      for expectation in try Fixtures.golden("zarr_shared.json").expectations(name) {
        try expectation.check(try ZarrArray.open(store, path: expectation.path))
      }
    }
  }

  @Test("json2, which zarr-python no longer reads")
  func json2() throws {
    let store = try Fixtures.store("zarrita-js/v2/data.zarr")
    let array = try ZarrArray.open(store, path: "1d.contiguous.json2.O")
    #expect(try array.readStrings() == ["foo", "bar", "baz", "qux"])
  }

  @Test(
    "codecs that are not supported are named",
    arguments: [
      ("v2/array_zfpy_C.zarr", "zfpy"), ("v2/array_pcodec_C.zarr", "pcodec"),
      ("v3/array_zfpy.zarr", "zfpy"), ("v3/array_pcodec.zarr", "pcodec"),
    ])
  func unsupported(path: String, codec: String) throws {
    let store = try Fixtures.store("zarrs")
    let error = #expect(throws: ZarrError.self) { try ZarrArray.open(store, path: path) }
    #expect(error?.kind == .unsupported)
    #expect(error?.description.contains(codec) == true)
    #expect(error?.description.contains(path) == true)
  }
}
