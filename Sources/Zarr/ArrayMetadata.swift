import Codecs
import JSON

/// What the metadata of an array say, whichever version of the format they are written in.
struct ArrayMetadata: Sendable {
  let format: Int
  let shape: [Int]
  /// The shape of what one key holds: a chunk or a shard.
  let gridShape: [Int]
  let dataType: DataType
  let fill: FillValue
  let keys: ChunkKeys
  let chain: CodecChain
  let dimensionNames: [String?]
  let attributes: JSONObject
  /// The documents that this was read from, to tell when they change; without the shape, because
  /// what an array holds stays the same when more is appended to it.
  let source: String

  static func withoutShape(_ members: JSONObject) -> String {
    var members = members
    members["shape"] = nil
    return JSONValue.object(members).serialized()
  }

  /// The shape of the smallest block that can be read by itself.
  var chunkShape: [Int] {
    var shape = gridShape
    var chain = chain
    // Where each dimension of a block within shards stands among the array's own.
    var order = Array(shape.indices)
    while case .sharding(let sharding) = chain.packing {
      for case .transpose(let transposition) in chain.filters {
        order = transposition.map { order[$0] }
      }
      for (place, dimension) in order.enumerated() {
        shape[dimension] = sharding.chunkShape[place]
      }
      chain = sharding.chain
    }
    return shape
  }

  var isSharded: Bool {
    if case .sharding = chain.packing { true } else { false }
  }
}

/// How the place of a chunk in the grid becomes a key.
struct ChunkKeys: Sendable, Equatable {
  let hasPrefix: Bool
  let separator: String

  func key(_ indexes: [Int], path: String) -> String {
    let numbers = indexes.map(String.init).joined(separator: separator)
    let name: String
    if hasPrefix {
      name = indexes.isEmpty ? "c" : "c" + separator + numbers
    } else {
      name = indexes.isEmpty ? "0" : numbers
    }
    return path.isEmpty ? name : path + "/" + name
  }
}

/// Reads shapes, which are outside data like all else.
enum Shape {
  static func lengths(_ value: JSONValue?, _ name: String, _ attempt: Attempt)
    throws(ZarrError) -> [Int]
  {
    guard let elements = value?.arrayValue, elements.count <= Limits.dimensions else {
      throw attempt.invalid(
        "its \(name) is \(described(value)), not a list of up to \(Limits.dimensions) lengths")
    }
    var lengths: [Int] = []
    for element in elements {
      guard let length = element.intValue, length >= 0 else {
        throw attempt.invalid("its \(name) has the length \(described(element))")
      }
      lengths.append(length)
    }
    return lengths
  }

  /// The lengths of chunks: one for each dimension, none of them zero.
  static func chunks(
    _ value: JSONValue?, _ name: String, for shape: [Int], _ attempt: Attempt
  ) throws(ZarrError) -> [Int] {
    let lengths = try lengths(value, name, attempt)
    guard lengths.count == shape.count else {
      throw attempt.invalid("its \(name) has \(lengths.count) lengths and its shape \(shape.count)")
    }
    return try zip(lengths, shape).map { (length, extent) throws(ZarrError) in
      // Some writers give an empty dimension empty chunks.
      if length == 0, extent == 0 { return 1 }
      guard length > 0 else { throw attempt.invalid("its \(name) has a length of zero") }
      return length
    }
  }

  /// Refuses chunks that would not fit the memory.
  static func checkChunk(_ shape: [Int], _ type: DataType, _ attempt: Attempt) throws(ZarrError) {
    // Texts of any length need at least their own length.
    let bytes = product(shape + [max(type.size, type == .text ? 4 : 1)])
    guard let bytes, bytes <= Limits.chunkBytes else {
      throw attempt.failure(
        .tooLarge, "its chunks of shape \(shape) decode to more than 2 GiB each",
        remedy: "Write the array again with smaller chunks.")
    }
  }
}
