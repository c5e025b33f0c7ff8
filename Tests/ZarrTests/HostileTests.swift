import Codecs
import JSON
import Stores
import Testing
import Zarr

/// Metadata and chunks that were made to do harm, or are just broken.
@Suite("hostile input")
struct HostileTests {
  private func array2(_ changes: JSONObject, chunk: [UInt8]? = nil) throws -> ZarrArray {
    var members: JSONObject = [
      "zarr_format": 2, "shape": [4, 4], "chunks": [2, 2], "dtype": "<i4", "compressor": nil,
      "fill_value": 0, "order": "C", "filters": nil,
    ]
    for (key, value) in changes { members[key] = value }
    return try open(".zarray", members, chunk, key: "a/0.0")
  }

  private func array3(_ changes: JSONObject, chunk: [UInt8]? = nil) throws -> ZarrArray {
    var members: JSONObject = [
      "zarr_format": 3, "node_type": "array", "shape": [4, 4], "data_type": "int32",
      "chunk_grid": ["name": "regular", "configuration": ["chunk_shape": [2, 2]]],
      "chunk_key_encoding": ["name": "default"], "fill_value": 0,
      "codecs": [["name": "bytes", "configuration": ["endian": "little"]]],
    ]
    for (key, value) in changes { members[key] = value }
    return try open("zarr.json", members, chunk, key: "a/c/0/0")
  }

  private func open(_ name: String, _ members: JSONObject, _ chunk: [UInt8]?, key: String) throws
    -> ZarrArray
  {
    var objects = ["a/\(name)": Array(JSONValue.object(members).serialized().utf8)]
    objects[key] = chunk
    return try ZarrArray.open(MemoryStore(objects), path: "a")
  }

  @Test(
    "metadata of version 2",
    arguments: [
      ["shape": [-1, 4]], ["shape": [4]], ["shape": [1.5, 2]], ["shape": "4"], ["shape": nil],
      ["shape": [1e300, 4]], ["chunks": [0, 2]], ["chunks": [-2, 2]],
      ["chunks": [9_223_372_036_854_775_807, 2]], ["chunks": [65536, 65536]],
      ["chunks": [4_294_967_296, 4_294_967_296]], ["chunks": []], ["dtype": "<i5"],
      ["dtype": "|V8"],
      ["dtype": [["x", "<f4"]]], ["dtype": "|O"], ["dtype": "<U99999999"], ["dtype": "<U"],
      ["dtype": nil], ["fill_value": "x"], ["fill_value": [1, 2]], ["fill_value": 3_000_000_000],
      ["order": "Z"], ["order": 1], ["compressor": ["id": "rot13"]], ["compressor": "zlib"],
      ["compressor": [:]], ["filters": "x"], ["filters": [["id": "shuffle", "elementsize": 0]]],
      ["filters": [["id": "delta", "dtype": "x", "astype": "<V3"]]],
      ["filters": [["id": "fixedscaleoffset", "dtype": "<f4"]]], ["dimension_separator": "#"],
      ["zarr_format": 1], ["zarr_format": "2"],
    ] as [JSONObject])
  func metadata2(changes: JSONObject) throws {
    #expect(throws: ZarrError.self) { try array2(changes) }
    #expect(try array2([:]).shape == [4, 4])
  }

  @Test(
    "metadata of version 3",
    arguments: [
      ["shape": [-1, 4]], ["shape": [4]], ["data_type": "int5"], ["data_type": "r16"],
      ["data_type": ["name": "structured", "configuration": [:]]], ["fill_value": nil as JSONValue],
      ["data_type": "string"], ["chunk_grid": ["name": "rectangular"]], ["chunk_grid": "regular"],
      ["chunk_key_encoding": ["name": "mine"]], ["codecs": []], ["codecs": [[:]]], ["codecs": 1],
      ["codecs": [["name": "bytes"]]],
      ["codecs": [["name": "bytes", "configuration": ["endian": "middle"]]]],
      ["codecs": [["name": "gzip"], ["name": "bytes", "configuration": ["endian": "little"]]]],
      ["codecs": [["name": "transpose", "configuration": ["order": [0, 0]]]]],
      ["codecs": [["name": "transpose", "configuration": ["order": [0, 2]]]]],
      ["dimension_names": ["x"]], ["storage_transformers": [["name": "x"]]], ["surprise": [:]],
      ["node_type": "thing"],
    ] as [JSONObject])
  func metadata3(changes: JSONObject) throws {
    if changes["fill_value"] != nil {
      // Python writes null for "none given"; reading it as zero harms nobody.
      #expect(try array3(changes).fillValue == .null)
      return
    }
    #expect(throws: ZarrError.self) { try array3(changes) }
  }

  @Test("what need not be understood is passed over")
  func mustUnderstand() throws {
    #expect(try array3(["surprise": ["must_understand": false]]).shape == [4, 4])
    let codecs: JSONValue = [
      ["name": "bytes", "configuration": ["endian": "little"]],
      ["name": "sparkle", "must_understand": false],
    ]
    #expect(try array3(["codecs": codecs]).codecNames.isEmpty)
    let error = #expect(throws: ZarrError.self) {
      try array3(["codecs": ["bytes", ["name": "sparkle"]], "data_type": "uint8"])
    }
    #expect(error?.description.contains("sparkle") == true)
  }

  @Test("huge arrays open, and only what fits is read")
  func huge() throws {
    let lengths: JSONValue = [4_611_686_018_427_387_904, 4_611_686_018_427_387_904]
    let array = try array2(["shape": lengths, "fill_value": 7])
    let end = 4_611_686_018_427_387_904
    #expect(try array.read([end - 3..<end, 5..<7]).doubles() == [7, 7, 7, 7, 7, 7])
    let error = #expect(throws: ZarrError.self) { try array.read(array.shape.map { 0..<$0 }) }
    #expect(error?.kind == .tooLarge)
  }

  @Test("chunks that are shorter or longer than they should be")
  func wrongSize() throws {
    for size in [0, 1, 15, 17, 1000] {
      let bytes = [UInt8](repeating: 0, count: size)
      for array in [try array2([:], chunk: bytes), try array3([:], chunk: bytes)] {
        let error = #expect(throws: ZarrError.self) { try array.read([0..<1, 0..<1]) }
        #expect(error?.kind == .damaged)
      }
    }
  }

  /// A shard of four chunks of one byte with the index behind them.
  private func shard(_ entries: [(UInt64, UInt64)], chunks: [UInt8]) throws -> ZarrArray {
    var bytes = chunks
    for (offset, length) in entries {
      withUnsafeBytes(of: offset.littleEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: length.littleEndian) { bytes.append(contentsOf: $0) }
    }
    let little: JSONValue = ["name": "bytes", "configuration": ["endian": "little"]]
    return try array3(
      [
        "data_type": "uint8", "fill_value": 9,
        "codecs": [
          [
            "name": "sharding_indexed",
            "configuration": [
              "chunk_shape": [1, 1], "codecs": [little], "index_codecs": [little],
            ],
          ]
        ],
      ], chunk: bytes)
  }

  @Test("shard indexes that lie")
  func lyingIndex() throws {
    let missing = (UInt64.max, UInt64.max)
    let good = try shard([(0, 1), (1, 1), missing, (3, 1)], chunks: [1, 2, 3, 4])
    #expect(try good.read([0..<2, 0..<2]).bytes == [1, 2, 9, 4])
    #expect(try good.read([0..<2, 0..<1]).bytes == [1, 9])
    let lies: [(UInt64, UInt64)] = [
      (1000, 1), (0, 1000), (UInt64.max, 1), (0, UInt64.max), (UInt64(Int64.max), 1),
      (UInt64(Int64.max), UInt64(Int64.max)), (0, 0), (68, 1), (69, 0), (0, 2),
    ]
    for lie in lies {
      let array = try shard([lie, missing, missing, missing], chunks: [1, 2, 3, 4])
      for region in [[0..<1, 0..<1], [0..<2, 0..<2]] {
        let error = #expect(throws: ZarrError.self, "\(lie)") { try array.read(region) }
        #expect(error?.kind == .damaged, "\(lie) \(String(describing: error))")
      }
    }
    let cut = try shard([], chunks: [1, 2, 3])
    #expect(throws: ZarrError.self) { try cut.read([0..<1, 0..<1]) }
  }

  @Test("shards within shards without end, and shards of too many chunks")
  func nesting() throws {
    var codecs: JSONValue = [["name": "bytes"]]
    for _ in 0..<20 {
      codecs = [
        [
          "name": "sharding_indexed",
          "configuration": [
            "chunk_shape": [2, 2], "codecs": codecs,
            "index_codecs": [["name": "bytes", "configuration": ["endian": "little"]]],
          ],
        ]
      ]
    }
    #expect(throws: ZarrError.self) { try array3(["codecs": codecs, "data_type": "uint8"]) }
    let little: JSONValue = ["name": "bytes", "configuration": ["endian": "little"]]
    let error = #expect(throws: ZarrError.self) {
      try array3([
        "chunk_grid": [
          "name": "regular", "configuration": ["chunk_shape": [1_000_000, 1_000_000]],
        ],
        "codecs": [
          [
            "name": "sharding_indexed",
            "configuration": [
              "chunk_shape": [1, 1], "codecs": [little], "index_codecs": [little],
            ],
          ]
        ],
      ])
    }
    #expect(error?.kind == .tooLarge)
  }

  @Test("metadata cut short or with flipped bits never crash the reader")
  func mutations() throws {
    let store = try Fixtures.store("made-v3.zip")
    let names = ["shards/transpose.both", "texts/sharded", "filters/fixedscaleoffset"]
    for name in names {
      let document = try #require(try store.read("\(name)/zarr.json"))
      for length in 0..<document.count {
        _ = try? ZarrArray.open(
          MemoryStore(["a/zarr.json": Array(document.prefix(length))]), path: "a")
      }
      var random = SplitMix(state: 1)
      for _ in 0..<3000 {
        var mutated = document
        let place = Int.random(in: 0..<document.count, using: &random)
        mutated[place] = UInt8.random(in: 32..<127, using: &random)
        let array = try? ZarrArray.open(MemoryStore(["a/zarr.json": mutated]), path: "a")
        _ = try? array?.read(array?.shape.map { 0..<min($0, 3) } ?? [])
      }
    }
  }

  @Test("chunks cut short or with flipped bits never crash the reader")
  func damagedChunks() throws {
    let store = try Fixtures.store("made-v3.zip")
    let chunks = [
      "shards/nested/c/0/0/0", "shards/end/c/0/0/0", "texts/sharded/c/0/0",
      "codecs/bitshuffle/c/0/0/0",
    ]
    for key in chunks {
      let path = key.components(upTo: "/c/0")
      let document = try #require(try store.read("\(path)/zarr.json"))
      let chunk = try #require(try store.read(key))
      let local = "a" + key.dropFirst(path.count)
      var random = SplitMix(state: 2)
      for round in 0..<min(chunk.count, 400) {
        var mutated = chunk
        let place = Int.random(in: 0..<chunk.count, using: &random)
        mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        for bytes in [Array(chunk.prefix(round)), mutated] {
          let objects = ["a/zarr.json": document, local: bytes]
          let array = try ZarrArray.open(MemoryStore(objects), path: "a")
          if array.isString {
            _ = try? array.readStrings()
          } else {
            _ = try? array.read(array.shape.map { 0..<$0 })
          }
        }
      }
    }
  }
}

extension String {
  fileprivate func components(upTo separator: String) -> String {
    var end = startIndex
    while end < endIndex, !self[end...].hasPrefix(separator) { end = index(after: end) }
    return String(self[..<end])
  }
}
