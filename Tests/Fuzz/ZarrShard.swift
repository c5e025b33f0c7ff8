import Codecs
import Stores
import Zarr

private let little = #"{"name":"bytes","configuration":{"endian":"little"}}"#

private func sharding(_ shape: String, _ codec: String, index: String, at place: String) -> String {
  """
  {"name":"sharding_indexed","configuration":{"chunk_shape":\(shape),"codecs":[\(codec)],
   "index_codecs":[\(index)],"index_location":"\(place)"}}
  """
}

private func metadata(_ type: String, _ codecs: String) -> [UInt8] {
  Array(
    """
    {"zarr_format":3,"node_type":"array","shape":[4,4],"data_type":"\(type)","fill_value":0,
     "chunk_grid":{"name":"regular","configuration":{"chunk_shape":[4,4]}},
     "chunk_key_encoding":{"name":"default"},"codecs":[\(codecs)]}
    """.utf8)
}

/// Shards within shards, shards behind a compressor, and plain ones with the index at either end.
///
/// Checksums are left out: they would keep the fuzzer from everything behind them.
private let documents: [[UInt8]] = [
  metadata("uint8", sharding("[2,2]", little, index: little, at: "end")),
  metadata("uint8", sharding("[2,2]", little + #",{"name":"zstd"}"#, index: little, at: "start")),
  metadata(
    "int16",
    #"{"name":"transpose","configuration":{"order":[1,0]}},"#
      + sharding(
        "[2,4]", sharding("[1,2]", little, index: little, at: "start"), index: little, at: "end")),
  metadata(
    "uint8", sharding("[4,2]", little, index: little, at: "end") + #",{"name":"gzip"}"#),
  metadata("string", sharding("[2,2]", #"{"name":"vlen-utf8"}"#, index: little, at: "end")),
]

/// Any bytes as a shard; the first one chooses the metadata.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let shard = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  let document = documents[Int(start[0]) % documents.count]
  let store = MemoryStore(["zarr.json": document, "c/0/0": shard])
  guard let array = try? ZarrArray.open(store, path: "") else { fatalError("bad metadata") }
  if array.isString {
    _ = try? array.readStrings()
  } else {
    _ = try? array.read([0..<4, 0..<4])
    _ = try? array.read([1..<2, 0..<3])
  }
  return 0
}
