import Codecs
import JSON

extension ArrayMetadata {
  /// Reads the document `zarr.json` of an array (Zarr core specification version 3).
  init(v3 document: JSONValue, _ attempt: Attempt) throws(ZarrError) {
    guard let members = document.objectValue, members["zarr_format"]?.intValue == 3 else {
      throw attempt.invalid("its zarr_format is \(described(document["zarr_format"])), not 3")
    }
    try Self.checkMembers(members, attempt)
    format = 3
    shape = try Shape.lengths(members["shape"], "shape", attempt)
    gridShape = try Self.gridShape(members["chunk_grid"], shape, attempt)
    dataType = try DataType.v3(members["data_type"], attempt)
    guard let fillValue = members["fill_value"] else {
      throw attempt.invalid("it has no fill_value")
    }
    fill = try FillValue(fillValue, dataType, attempt)
    keys = try Self.keys(members["chunk_key_encoding"], attempt)
    chain = try CodecChain(
      v3: members["codecs"], dataType, shape: gridShape, depth: 0, attempt)
    attributes = members["attributes"]?.objectValue ?? JSONObject()
    dimensionNames = try Self.dimensionNames(members["dimension_names"], shape.count, attempt)
    source = Self.withoutShape(members)
  }

  private static let knownMembers: Set<String> = [
    "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding",
    "fill_value", "codecs", "attributes", "dimension_names", "storage_transformers",
    "consolidated_metadata",
  ]

  /// Refuses what must be understood and is not.
  private static func checkMembers(_ members: JSONObject, _ attempt: Attempt) throws(ZarrError) {
    guard members["node_type"] == "array" else {
      throw attempt.invalid("its node_type is \(described(members["node_type"])), not array")
    }
    for (name, value) in members where !knownMembers.contains(name) {
      guard value["must_understand"] == false else {
        throw attempt.unsupported("its metadata member \(name) is not known here")
      }
    }
    if let transformers = members["storage_transformers"]?.arrayValue, !transformers.isEmpty {
      throw attempt.unsupported("it uses storage transformers (\(described(transformers.first)))")
    }
  }

  private static func gridShape(_ grid: JSONValue?, _ shape: [Int], _ attempt: Attempt)
    throws(ZarrError) -> [Int]
  {
    guard let name = grid?["name"]?.stringValue else {
      throw attempt.invalid("its chunk_grid is \(described(grid))")
    }
    guard name == "regular" else {
      throw attempt.unsupported("its chunk grid \(name) is not supported")
    }
    let lengths = grid?["configuration"]?["chunk_shape"]
    return try Shape.chunks(lengths, "chunk_shape", for: shape, attempt)
  }

  private static func keys(_ encoding: JSONValue?, _ attempt: Attempt) throws(ZarrError)
    -> ChunkKeys
  {
    let name = encoding?.stringValue ?? encoding?["name"]?.stringValue
    let separator = encoding?["configuration"]?["separator"]
    guard separator == nil || separator == "/" || separator == "." else {
      throw attempt.invalid("its chunk key separator is \(described(separator)), not . or /")
    }
    switch name {
    case "default": return ChunkKeys(hasPrefix: true, separator: separator?.stringValue ?? "/")
    case "v2": return ChunkKeys(hasPrefix: false, separator: separator?.stringValue ?? ".")
    case let name?: throw attempt.unsupported("its chunk key encoding \(name) is not supported")
    case nil: throw attempt.invalid("its chunk_key_encoding is \(described(encoding))")
    }
  }

  private static func dimensionNames(_ value: JSONValue?, _ count: Int, _ attempt: Attempt)
    throws(ZarrError) -> [String?]
  {
    guard let value, !value.isNull else { return [String?](repeating: nil, count: count) }
    guard let names = value.arrayValue, names.count == count else {
      throw attempt.invalid("its dimension_names are not a list of \(count) names")
    }
    return names.map(\.stringValue)
  }
}

extension CodecChain {
  /// Reads a list of codecs for blocks of one shape.
  init(v3 list: JSONValue?, _ type: DataType, shape: [Int], depth: Int, _ attempt: Attempt)
    throws(ZarrError)
  {
    guard let list = list?.arrayValue, (1...Limits.dimensions).contains(list.count) else {
      throw attempt.invalid("its codecs are \(described(list)), not a list of codecs")
    }
    var filters: [ArrayFilter] = []
    var packing: Packing?
    var compressors: [any BytesCodec] = []
    var current = type
    var shape = shape
    for codec in list {
      guard let fullName = codec.stringValue ?? codec["name"]?.stringValue else {
        throw attempt.invalid("a codec has no name: \(described(codec))")
      }
      let configuration = codec["configuration"]
      let name = Self.plainName(fullName)
      if packing == nil {
        if name == "transpose" {
          let order = try Self.order(configuration, shape.count, attempt)
          filters.append(.transpose(order))
          shape = order.map { shape[$0] }
          continue
        }
        if let filter = try Self.numberFilter(name, configuration, &current, attempt) {
          filters.append(filter)
          continue
        }
        packing = try Self.packing(name, configuration, current, shape, depth, attempt)
        if packing != nil { continue }
      } else if let compressor = try CodecCatalogue.bytesCodec(name, configuration, attempt) {
        compressors.append(compressor)
        continue
      }
      guard codec["must_understand"] == false else {
        throw attempt.unsupported("its codec \(fullName) is not supported at this place")
      }
    }
    guard let packing else {
      throw attempt.invalid("none of its codecs makes bytes of numbers")
    }
    self.init(filters: filters, packing: packing, compressors: compressors, packedType: current)
    if case .sharding = packing { return }
    try Shape.checkChunk(shape, type, attempt)
    try Shape.checkChunk(shape, current, attempt)
  }

  /// The name without the spaces that libraries put codecs into before these are agreed upon.
  private static func plainName(_ name: String) -> String {
    for prefix in ["numcodecs.", "https://codec.zarrs.dev/bytes_to_bytes/"]
    where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }

  private static func order(_ configuration: JSONValue?, _ count: Int, _ attempt: Attempt)
    throws(ZarrError) -> [Int]
  {
    // Drafts of the specification had "C" and "F" beside lists.
    switch configuration?["order"] {
    case "C": return Array(0..<count)
    case "F": return (0..<count).reversed()
    case let value:
      let order = value?.arrayValue?.map { $0.intValue ?? -1 } ?? []
      guard order.sorted() == Array(0..<count) else {
        throw attempt.invalid("its codec transpose has the order \(described(value))")
      }
      return order
    }
  }

  private static func numberFilter(
    _ name: String, _ configuration: JSONValue?, _ current: inout DataType, _ attempt: Attempt
  ) throws(ZarrError) -> ArrayFilter? {
    let filter = try CodecCatalogue.numberCodec(
      name, configuration, current: current.element.map { StoredType($0) }, attempt)
    guard let filter else { return nil }
    guard current == .number(filter.type.element), filter.type.order == .native,
      filter.stored.order == .native
    else { throw attempt.unsupported("its codec \(name) does not fit the type of the array") }
    current = .number(filter.stored.element)
    return .numbers(filter.codec)
  }

  private static func packing(
    _ name: String, _ configuration: JSONValue?, _ type: DataType, _ shape: [Int], _ depth: Int,
    _ attempt: Attempt
  ) throws(ZarrError) -> Packing? {
    switch name {
    case "bytes", "endian":
      guard type != .text else {
        throw attempt.invalid("its codec \(name) cannot pack texts of any length")
      }
      return .bytes(try byteOrder(configuration, type, attempt))
    case "vlen-utf8", "vlen-bytes":
      guard type == .text else { throw attempt.invalid("its codec \(name) packs texts only") }
      return .texts(.lengths)
    case "sharding_indexed":
      return .sharding(try Sharding(configuration, type, shape: shape, depth: depth, attempt))
    default: return nil
    }
  }

  private static func byteOrder(_ configuration: JSONValue?, _ type: DataType, _ attempt: Attempt)
    throws(ZarrError) -> ByteOrder
  {
    switch configuration?["endian"] {
    case "little": return .little
    case "big": return .big
    case nil, .some(.null):
      guard type.wordSize == 1 else { throw attempt.invalid("its codec bytes says no byte order") }
      return .native
    case let other: throw attempt.invalid("its codec bytes has the order \(described(other))")
    }
  }
}

extension Sharding {
  init(
    _ configuration: JSONValue?, _ type: DataType, shape: [Int], depth: Int, _ attempt: Attempt
  ) throws(ZarrError) {
    guard depth < Limits.shardDepth else {
      throw attempt.unsupported("more than \(Limits.shardDepth) shards lie within each other")
    }
    chunkShape = try Shape.chunks(
      configuration?["chunk_shape"], "chunk_shape within a shard", for: shape, attempt)
    for (chunk, extent) in zip(chunkShape, shape) where !extent.isMultiple(of: chunk) {
      throw attempt.invalid(
        "its shards of shape \(shape) do not hold whole chunks of \(chunkShape)")
    }
    guard let count = product(zip(shape, chunkShape).map { $0 / $1 }),
      count <= Limits.chunksPerShard
    else {
      throw attempt.failure(
        .tooLarge, "its shards hold more than \(Limits.chunksPerShard) chunks each")
    }
    chain = try CodecChain(
      v3: configuration?["codecs"], type, shape: chunkShape, depth: depth + 1, attempt)
    switch configuration?["index_location"] {
    case "start": indexIsFirst = true
    case "end", nil: indexIsFirst = false
    case let other: throw attempt.invalid("its shard index stands at \(described(other))")
    }
    let indexChain = try CodecChain(
      v3: configuration?["index_codecs"], .number(.uint64), shape: [count, 2],
      depth: Limits.shardDepth, attempt)
    // The size of the index must follow from the metadata, so it cannot be compressed.
    guard case .bytes(let order) = indexChain.packing, indexChain.filters.isEmpty,
      indexChain.compressors.allSatisfy({ $0 is CRC32CCodec }), indexChain.compressors.count <= 1
    else {
      throw attempt.unsupported("its shard index uses \(indexChain.names.joined(separator: ", "))")
    }
    indexOrder = order
    indexHasChecksum = !indexChain.compressors.isEmpty
  }
}
