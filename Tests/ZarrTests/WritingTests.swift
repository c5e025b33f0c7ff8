import Codecs
import JSON
import Stores
import TestKit
import Testing
import Zarr

/// Arrays written here and read by our reader; `Tests/Clients/check_zarr.py` reads such with
/// zarr-python.
@Suite struct WritingTests {
  /// 5 × 7 numbers in chunks of 2 × 4, those of one shard in any order.
  private func store(sharded: Bool, format: ZarrFormat) throws -> (MemoryStore, [Int16]) {
    let array = ArrayDescription(
      shape: [5, 7], chunkShape: [2, 4], shardShape: sharded ? [4, 8] : nil,
      elements: .numbers(.int16), fill: -1, dimensionNames: ["y", "x"],
      attributes: ["units": "K"])
    var values = (0..<35).map { Int16($0 * 100) }
    for index in values.indices where index % 7 >= 4 && index < 14 { values[index] = -1 }
    var objects: [String: [UInt8]] = [:]
    let encoder = try ChunkEncoder(array)
    for row in 0..<array.objectGrid[0] {
      for column in 0..<array.objectGrid[1] {
        let chunks = array.chunksPerShard
        var shard = ShardAssembly(chunkCount: chunks[0] * chunks[1])
        var single: [UInt8]?
        for number in (0..<chunks[0] * chunks[1]).reversed() {
          let origin = (
            (row * chunks[0] + number / chunks[1]) * 2,
            (column * chunks[1] + number % chunks[1]) * 4
          )
          let cells = (0..<8).map { cell -> Int16 in
            let (y, x) = (origin.0 + cell / 4, origin.1 + cell % 4)
            return y < 5 && x < 7 ? values[y * 7 + x] : -1
          }
          let encoded = try cells.withUnsafeBytes { try encoder.encode($0) }
          shard.add(encoded, at: number)
          single = encoded
        }
        objects["v/" + array.key(of: [row, column], format: format)] =
          sharded ? shard.pieces().map { Array($0.joined()) } : single
      }
    }
    let group = GroupDescription(attributes: ["title": "t"], arrays: ["v": array])
    for (key, document) in group.documents(format) {
      objects[key] = Array(document.serialized().utf8)
    }
    return (MemoryStore(objects), values)
  }

  @Test(arguments: [(true, ZarrFormat.v3), (false, .v3), (false, .v2)])
  func comesBack(sharded: Bool, format: ZarrFormat) throws {
    let (store, values) = try store(sharded: sharded, format: format)
    let group = try ZarrGroup.open(store)
    #expect(group.format == format.rawValue)
    #expect(group.arrayNames == ["v"])
    let array = try group.array("v")
    #expect(array.shape == [5, 7])
    #expect(array.chunkShape == [2, 4])
    #expect(array.shardShape == (sharded ? [4, 8] : nil))
    #expect(array.dimensionNames == ["y", "x"])
    #expect(array.attributes["units"] == "K")
    let read = try array.read([0..<5, 0..<7])
    #expect(try read.doubles() == values.map(Double.init))
  }

  @Test func chunksOfFillAreNotWritten() throws {
    let (store, _) = try store(sharded: false, format: .v3)
    #expect(try store.read("v/c/0/1") == nil)
    #expect(try store.read("v/c/0/0") != nil)
  }

  @Test func textsComeBack() throws {
    let array = ArrayDescription(
      shape: [2], chunkShape: [2], elements: .texts, fill: "", dimensionNames: ["band"])
    for format in ZarrFormat.allCases {
      var objects = GroupDescription(arrays: ["band": array]).documents(format).mapValues {
        Array($0.serialized().utf8)
      }
      objects["band/" + array.key(of: [0], format: format)] = encodeTexts(["blau", "grün"])
      let read = try ZarrGroup.open(MemoryStore(objects)).array("band").readStrings()
      #expect(read == ["blau", "grün"])
    }
  }

  @Test func everyGroupNamesWhatIsBelow() throws {
    let array = ArrayDescription(
      shape: [], chunkShape: [], elements: .numbers(.float32), fill: .number(.nan),
      dimensionNames: [])
    let root = GroupDescription(groups: ["0": GroupDescription(arrays: ["v": array])])
    let documents = root.documents(.v3)
    #expect(documents.keys.sorted() == ["0/v/zarr.json", "0/zarr.json", "zarr.json"])
    let inline = documents["zarr.json"]?["consolidated_metadata"]?["metadata"]
    #expect(inline?.objectValue?.keys == ["0", "0/v"])
    #expect(inline?["0/v"]?["fill_value"] == "NaN")
    let level = documents["0/zarr.json"]?["consolidated_metadata"]?["metadata"]
    #expect(level?.objectValue?.keys == ["v"])
    #expect(root.documents(.v2).keys.contains("0/.zmetadata"))
  }
}
