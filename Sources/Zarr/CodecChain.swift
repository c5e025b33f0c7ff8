import Codecs
import JSON

/// How a block of elements becomes bytes: the codecs in the order of encoding.
struct CodecChain: Sendable {
  /// Array to array.
  var filters: [ArrayFilter]
  /// Array to bytes.
  var packing: Packing
  /// Bytes to bytes.
  var compressors: [any BytesCodec]
  /// The elements that are packed, which filters may have changed.
  var packedType: DataType

  /// The names of all codecs, for people.
  var names: [String] {
    let packingNames: [String] =
      switch packing {
      case .bytes: []
      case .texts(let format): [format.rawValue]
      case .sharding(let sharding): ["sharding_indexed"] + sharding.chain.names
      }
    return filters.map(\.name) + packingNames + compressors.map(\.name)
  }
}

/// A codec that makes an array of an array.
enum ArrayFilter: Sendable {
  /// Dimension `i` of the result is dimension `order[i]` of the array.
  case transpose([Int])
  /// Changes every number, in C order.
  case numbers(any BytesCodec)

  var name: String {
    switch self {
    case .transpose: "transpose"
    case .numbers(let codec): codec.name
    }
  }
}

/// A codec that makes bytes of an array.
enum Packing: Sendable {
  case bytes(ByteOrder)
  case texts(TextFormat)
  indirect case sharding(Sharding)
}

/// How texts of any length are packed.
enum TextFormat: String, Sendable {
  /// A count, then each text behind its length, all in four little-endian bytes.
  case lengths = "vlen-utf8"
  /// A JSON list of the texts, the NumPy type and the shape.
  case json = "json2"
}

/// The codec `sharding_indexed` (Zarr v3, ZEP 2).
struct Sharding: Sendable {
  /// The shape of the chunks within the shard, in the order of the shard's dimensions.
  var chunkShape: [Int]
  /// How each chunk is encoded.
  var chain: CodecChain
  /// Whether the index stands in front of the chunks.
  var indexIsFirst: Bool
  /// The byte order of the index.
  var indexOrder: ByteOrder
  /// Whether a checksum stands behind the index.
  var indexHasChecksum: Bool
}

/// The codecs from bytes to bytes and from numbers to numbers, by name.
enum CodecCatalogue {
  /// Makes a codec that works on bytes; `nil` when the name is not one of them.
  static func bytesCodec(_ name: String, _ configuration: JSONValue?, _ attempt: Attempt)
    throws(ZarrError) -> (any BytesCodec)?
  {
    switch name {
    case "blosc": return BloscCodec()
    case "zstd": return ZstdCodec()
    case "gzip": return GzipCodec()
    case "zlib": return ZlibCodec()
    case "lz4": return LZ4Codec()
    case "bz2": return BZ2Codec()
    case "crc32c":
      if let place = configuration?["location"]?.stringValue, place != "end" {
        throw attempt.unsupported("its codec crc32c puts the checksum at the \(place)")
      }
      return CRC32CCodec()
    case "shuffle":
      let size = configuration?["elementsize"]?.intValue ?? 4
      guard (1...256).contains(size) else {
        throw attempt.invalid("its codec shuffle has the element size \(size)")
      }
      return ShuffleFilter(elementSize: size)
    default: return nil
    }
  }

  /// Makes a codec that works on numbers, with the type that it stores; `nil` when the name is not
  /// one of them.
  static func numberCodec(
    _ name: String, _ configuration: JSONValue?, current: StoredType?, _ attempt: Attempt
  ) throws(ZarrError) -> (codec: any BytesCodec, type: StoredType, stored: StoredType)? {
    guard ["delta", "fixedscaleoffset", "bitround"].contains(name) else { return nil }
    let named = configuration?["dtype"]?.stringValue.flatMap { StoredType(numpy: $0) }
    guard let type = named ?? current else {
      throw attempt.invalid("its codec \(name) does not say what numbers it changes")
    }
    var stored = type
    if let text = configuration?["astype"]?.stringValue {
      guard let other = StoredType(numpy: text) else {
        throw attempt.unsupported("its codec \(name) stores the type \(text)")
      }
      stored = other
    }
    guard !type.element.isComplex, !stored.element.isComplex else {
      throw attempt.unsupported("its codec \(name) works on complex numbers")
    }
    switch name {
    case "delta": return (DeltaFilter(type, encodedType: stored), type, stored)
    case "bitround":
      let bits = configuration?["keepbits"]?.intValue ?? 0
      return (BitRoundFilter(keptBits: bits, type: type), type, type)
    default:
      guard let scale = configuration?["scale"]?.doubleValue,
        let offset = configuration?["offset"]?.doubleValue
      else { throw attempt.invalid("its codec \(name) lacks scale or offset") }
      let codec = FixedScaleOffsetFilter(
        offset: offset, scale: scale, type: type, encodedType: stored)
      return (codec, type, stored)
    }
  }
}
