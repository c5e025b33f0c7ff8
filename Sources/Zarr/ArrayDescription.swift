public import Codecs
public import JSON

/// An array to be written: its shape, how it is cut into chunks, and what it says about itself.
///
/// Numbers are written little-endian and gzip-compressed; texts as `vlen-utf8`, uncompressed, in one
/// chunk. In version 2 of the format there are no shards.
public struct ArrayDescription: Sendable, Equatable {
  /// What the elements are.
  public enum Elements: Sendable, Equatable {
    /// Numbers of one type.
    case numbers(ElementType)
    /// Texts of any length.
    case texts
  }

  /// The length of every dimension, slowest first.
  public var shape: [Int]
  /// The shape of the smallest block that can be read by itself.
  public var chunkShape: [Int]
  /// The shape of the shards, whole multiples of the chunks; `nil` where each chunk is an object.
  public var shardShape: [Int]?
  /// What the elements are.
  public var elements: Elements
  /// What elements are that no chunk holds: a number (also NaN or infinite) or a text.
  public var fill: JSONValue
  /// The level stated for gzip, which a reader does not need; 1 means the encoder for numbers.
  public var compressionLevel: Int
  /// The name of every dimension.
  public var dimensionNames: [String]
  /// The attributes.
  public var attributes: JSONObject

  /// Describes an array.
  public init(
    shape: [Int], chunkShape: [Int], shardShape: [Int]? = nil, elements: Elements,
    fill: JSONValue, compressionLevel: Int = 1, dimensionNames: [String],
    attributes: JSONObject = [:]
  ) {
    self.shape = shape
    self.chunkShape = chunkShape
    self.shardShape = shardShape
    self.elements = elements
    self.fill = fill
    self.compressionLevel = compressionLevel
    self.dimensionNames = dimensionNames
    self.attributes = attributes
  }

  /// How many chunks lie along every dimension of a shard; ones where there are no shards.
  public var chunksPerShard: [Int] {
    guard let shardShape else { return shape.map { _ in 1 } }
    return zip(shardShape, chunkShape).map { $0 / $1 }
  }

  /// How many objects (shards, or chunks without shards) lie along every dimension.
  public var objectGrid: [Int] {
    zip(shape, shardShape ?? chunkShape).map { ($0 + $1 - 1) / $1 }
  }

  /// The key, below the array, of the object at a place of the ``objectGrid``.
  public func key(of object: [Int], format: ZarrFormat) -> String {
    ChunkKeys(hasPrefix: format == .v3, separator: "/").key(object, path: "")
  }
}

/// The version of the Zarr format.
public enum ZarrFormat: Int, Sendable, Hashable, CaseIterable {
  /// Zarr 2: `.zarray`, `.zattrs`, `.zgroup`, `.zmetadata`.
  case v2 = 2
  /// Zarr 3: `zarr.json`.
  case v3 = 3
}

extension ArrayDescription {
  /// The document `zarr.json` (Zarr core specification 3.0).
  var v3: JSONValue {
    var document: JSONObject = [
      "zarr_format": 3, "node_type": "array", "shape": .integers(shape),
      "data_type": .string(elements.v3Name),
      "chunk_grid": [
        "name": "regular", "configuration": ["chunk_shape": .integers(shardShape ?? chunkShape)],
      ],
      "chunk_key_encoding": ["name": "default", "configuration": ["separator": "/"]],
      "fill_value": fill.spelled, "codecs": shardShape == nil ? chunkCodecs : [sharding],
    ]
    document["attributes"] = .object(attributesWithDimensions)
    document["dimension_names"] = .array(dimensionNames.map(JSONValue.string))
    document["storage_transformers"] = []
    return .object(document)
  }

  private var chunkCodecs: JSONValue {
    guard case .numbers(let type) = elements else { return [["name": "vlen-utf8"]] }
    let bytes: JSONValue =
      type.size == 1
      ? ["name": "bytes"] : ["name": "bytes", "configuration": ["endian": "little"]]
    return [bytes, ["name": "gzip", "configuration": ["level": .integer(statedLevel)]]]
  }

  /// The index stands in front, so that a reader gets it with the size known from the metadata.
  private var sharding: JSONValue {
    [
      "name": "sharding_indexed",
      "configuration": [
        "chunk_shape": .integers(chunkShape), "codecs": chunkCodecs,
        "index_codecs": [
          ["name": "bytes", "configuration": ["endian": "little"]], ["name": "crc32c"],
        ],
        "index_location": "start",
      ],
    ]
  }

  /// zlib knows levels up to 9 only, and readers refuse others.
  private var statedLevel: Int64 { Int64(min(9, compressionLevel)) }

  /// The document `.zarray` (Zarr storage specification version 2).
  var v2: JSONValue {
    var document: JSONObject = [
      "zarr_format": 2, "shape": .integers(shape), "chunks": .integers(chunkShape), "order": "C",
      "dimension_separator": "/", "fill_value": fill.spelled,
    ]
    switch elements {
    case .numbers(let type):
      document["dtype"] = .string(type.numpyName)
      document["compressor"] = ["id": "gzip", "level": .integer(statedLevel)]
      document["filters"] = .null
    case .texts:
      document["dtype"] = "|O"
      document["compressor"] = .null
      document["filters"] = [["id": "vlen-utf8"]]
    }
    return .object(document)
  }

  /// The attributes with the names of the dimensions, which xarray looks for in version 2 and other
  /// clients in both.
  var attributesWithDimensions: JSONObject {
    var attributes = attributes
    attributes["_ARRAY_DIMENSIONS"] = .array(dimensionNames.map(JSONValue.string))
    return attributes
  }
}

extension ArrayDescription.Elements {
  fileprivate var v3Name: String {
    switch self {
    case .numbers(let type): type.rawValue
    case .texts: "string"
    }
  }
}

extension ElementType {
  /// The NumPy type string of the little-endian form.
  fileprivate var numpyName: String {
    switch self {
    case .bool: "|b1"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .int16, .int32, .int64: "<i\(size)"
    case .uint16, .uint32, .uint64: "<u\(size)"
    case .float16, .float32, .float64: "<f\(size)"
    case .complex64, .complex128: "<c\(size)"
    }
  }
}

extension JSONValue {
  static func integers(_ numbers: [Int]) -> JSONValue {
    .array(numbers.map { .integer(Int64($0)) })
  }

  /// A fill value as Zarr spells it: JSON has no numbers that are not finite.
  fileprivate var spelled: JSONValue {
    guard case .number(let number) = self, !number.isFinite else { return self }
    return number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
  }
}
