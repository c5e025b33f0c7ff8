import Codecs
import JSON

extension ArrayMetadata {
  /// Reads the documents `.zarray` and `.zattrs` (Zarr storage specification version 2).
  init(v2 document: JSONValue, attributes: JSONObject, _ attempt: Attempt) throws(ZarrError) {
    guard let members = document.objectValue else {
      throw attempt.invalid("its .zarray is no JSON object")
    }
    guard members["zarr_format"]?.intValue == 2 else {
      throw attempt.invalid("its zarr_format is \(described(members["zarr_format"])), not 2")
    }
    format = 2
    shape = try Shape.lengths(members["shape"], "shape", attempt)
    gridShape = try Shape.chunks(members["chunks"], "chunks", for: shape, attempt)
    let (type, order) = try DataType.v2(members["dtype"], attempt)
    dataType = type
    try Shape.checkChunk(gridShape, type, attempt)
    fill = try FillValue(members["fill_value"], type, attempt)
    keys = try Self.keys(members["dimension_separator"], attempt)
    chain = try Self.chain(members, type, order, dimensions: shape.count, attempt)
    self.attributes = attributes
    dimensionNames = Self.dimensionNames(members, attributes, count: shape.count)
    source = Self.withoutShape(members) + JSONValue.object(attributes).serialized()
  }

  private static func keys(_ value: JSONValue?, _ attempt: Attempt) throws(ZarrError) -> ChunkKeys {
    switch value {
    case nil, .some(.null), ".": return ChunkKeys(hasPrefix: false, separator: ".")
    case "/": return ChunkKeys(hasPrefix: false, separator: "/")
    default: throw attempt.invalid("its dimension_separator is \(described(value)), not . or /")
    }
  }

  private static func chain(
    _ members: JSONObject, _ type: DataType, _ order: ByteOrder, dimensions: Int, _ attempt: Attempt
  ) throws(ZarrError) -> CodecChain {
    var chain = CodecChain(
      filters: [], packing: .bytes(order), compressors: [], packedType: type)
    switch members["order"] {
    case "C", nil: break
    case "F":
      if dimensions > 1 { chain.filters = [.transpose((0..<dimensions).reversed())] }
    default: throw attempt.invalid("its order is \(described(members["order"])), not C or F")
    }
    var configurations: [JSONValue] = []
    if let filters = members["filters"], !filters.isNull {
      guard let list = filters.arrayValue else {
        throw attempt.invalid("its filters are \(described(filters)), not a list")
      }
      configurations = list
    }
    if type == .text {
      chain.packing = .texts(try textFormat(configurations.first, attempt))
      configurations.removeFirst()
    }
    if let compressor = members["compressor"], !compressor.isNull {
      configurations.append(compressor)
    }
    guard configurations.count <= Limits.dimensions else {
      throw attempt.invalid("it has \(configurations.count) codecs")
    }
    for configuration in configurations {
      chain.compressors.append(try codec(configuration, type, order, attempt))
    }
    return chain
  }

  private static func codec(
    _ configuration: JSONValue, _ type: DataType, _ order: ByteOrder, _ attempt: Attempt
  ) throws(ZarrError) -> any BytesCodec {
    guard let name = configuration["id"]?.stringValue else {
      throw attempt.invalid("a codec has no id: \(described(configuration))")
    }
    if let codec = try CodecCatalogue.bytesCodec(name, configuration, attempt) { return codec }
    let current = type.element.map { StoredType($0, order) }
    let filter = try CodecCatalogue.numberCodec(name, configuration, current: current, attempt)
    guard let filter else {
      throw attempt.unsupported("its codec \(name) is not supported")
    }
    return filter.codec
  }

  private static func textFormat(_ filter: JSONValue?, _ attempt: Attempt)
    throws(ZarrError) -> TextFormat
  {
    switch filter?["id"] {
    case "vlen-utf8", "vlen-bytes": return .lengths
    case "json2": return .json
    case .some(let name):
      throw attempt.unsupported(
        "its data type is |O (objects) with the codec \(name.stringValue ?? described(name))")
    case nil: throw attempt.invalid("its data type is |O (objects) but no filter packs them")
    }
  }

  /// The names that xarray (`_ARRAY_DIMENSIONS`) or NCZarr (`dimrefs`) leave.
  private static func dimensionNames(
    _ members: JSONObject, _ attributes: JSONObject, count: Int
  ) -> [String?] {
    let none = [String?](repeating: nil, count: count)
    if let names = attributes["_ARRAY_DIMENSIONS"]?.arrayValue {
      return names.count == count ? names.map(\.stringValue) : none
    }
    let references =
      members["_NCZARR_ARRAY"]?["dimrefs"] ?? attributes["_nczarr_array"]?["dimrefs"]
      ?? attributes["_nczarr_array"]?["dimension_references"]
    guard let names = references?.arrayValue, names.count == count else { return none }
    return names.map { $0.stringValue?.split(separator: "/").last.map(String.init) }
  }
}
