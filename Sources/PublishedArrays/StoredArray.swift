import Codecs
public import JSON
public import Zarr

/// A small array with all its numbers: a coordinate, a grid mapping, the nodes of a mesh.
public struct StoredArray: Sendable {
  /// What is written about it.
  public let description: ArrayDescription
  /// Its numbers in C order; empty for texts.
  private let bytes: [UInt8]
  private let texts: [String]

  /// An array of numbers in double precision, in one chunk or, where it is large, in several.
  public init(_ numbers: [Double], shape: [Int], dimensions: [String], attributes: JSONObject) {
    self.init(
      bytes: numbers.withUnsafeBytes { Array($0) }, .float64, fill: .number(.nan), shape: shape,
      dimensions, attributes)
  }

  /// A row of whole numbers.
  public init(_ numbers: [Int64], shape: [Int], dimensions: [String], attributes: JSONObject) {
    // No number of a coordinate is missing, so the fill value must be none of them.
    self.init(
      bytes: numbers.withUnsafeBytes { Array($0) }, .int64, fill: .integer(.min), shape: shape,
      dimensions, attributes)
  }

  /// A row of texts.
  public init(_ texts: [String], dimensions: [String], attributes: JSONObject) {
    description = ArrayDescription(
      shape: [texts.count], chunkShape: [max(1, texts.count)], elements: .texts, fill: "",
      dimensionNames: dimensions, attributes: attributes)
    bytes = []
    self.texts = texts
  }

  private init(
    bytes: [UInt8], _ type: ElementType, fill: JSONValue, shape: [Int], _ dimensions: [String],
    _ attributes: JSONObject
  ) {
    // Two-dimensional coordinates of large grids are read in pieces.
    let limit = shape.count == 2 && type == .float64 ? 1024 : Int.max
    description = ArrayDescription(
      shape: shape, chunkShape: shape.map { max(1, min($0, limit)) }, elements: .numbers(type),
      fill: fill, compressionLevel: 6, dimensionNames: dimensions, attributes: attributes)
    self.bytes = bytes
    texts = []
  }

  /// The bytes of its chunks by key below the array.
  ///
  /// - Throws: `ZarrError` when the compressor refuses.
  public func objects(_ format: ZarrFormat) throws(ZarrError) -> [String: [UInt8]] {
    guard case .numbers(let type) = description.elements else {
      return texts.isEmpty ? [:] : [description.key(of: [0], format: format): encodeTexts(texts)]
    }
    let encoder = try ChunkEncoder(description)
    guard description.shape != description.chunkShape, description.shape.count == 2 else {
      let chunk = try Self.encode(bytes, encoder)
      let key = description.key(of: description.shape.map { _ in 0 }, format: format)
      return chunk.map { [key: $0] } ?? [:]
    }
    var objects: [String: [UInt8]] = [:]
    let (rows, columns) = (description.shape[0], description.shape[1])
    let (height, width) = (description.chunkShape[0], description.chunkShape[1])
    for row in 0..<description.objectGrid[0] {
      for column in 0..<description.objectGrid[1] {
        // Beyond the end stands NaN, the fill value of all arrays with several chunks.
        var chunk = Self.missing(count: height * width)
        let lines = row * height..<min(rows, (row + 1) * height)
        let cells = column * width..<min(columns, (column + 1) * width)
        for (line, source) in lines.enumerated() {
          let start = (source * columns + cells.lowerBound) * type.size
          let target = line * width * type.size
          chunk.replaceSubrange(
            target..<target + cells.count * type.size,
            with: bytes[start..<start + cells.count * type.size])
        }
        let encoded = try Self.encode(chunk, encoder)
        objects[description.key(of: [row, column], format: format)] = encoded
      }
    }
    return objects
  }

  private static func encode(
    _ bytes: [UInt8], _ encoder: ChunkEncoder
  ) throws(ZarrError) -> [UInt8]? {
    try bytes.withUnsafeBufferPointer { buffer throws(ZarrError) in
      try encoder.encode(UnsafeRawBufferPointer(buffer))
    }
  }

  private static func missing(count: Int) -> [UInt8] {
    [Double](repeating: .nan, count: count).withUnsafeBytes { Array($0) }
  }
}
