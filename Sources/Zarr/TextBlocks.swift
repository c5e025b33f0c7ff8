import Codecs
import JSON

/// Decodes chunks of texts of any length and lays them into one list.
struct TextAssembler {
  let fill: FillValue
  let attempt: Attempt
  /// The result, filled with the fill value to begin with.
  var texts: [String]

  /// Writes what is wanted of one chunk.
  mutating func place(_ bytes: [UInt8]?, _ chain: CodecChain, _ place: BlockPlace, key: String)
    throws(ZarrError)
  {
    guard let bytes, case .texts(let format) = chain.packing else { return }
    var place = place
    for case .transpose(let order) in chain.filters { place = place.transposed(order) }
    let count = product(place.shape) ?? 0
    let decoded = try chain.decompress(bytes, packedSize: nil, key: key, attempt)
    let unpacked: [String]?
    switch format {
    case .lengths: unpacked = Self.lengthPrefixed(decoded, count: count)
    case .json: unpacked = Self.json(decoded)
    }
    guard let unpacked, unpacked.count == count else {
      throw attempt.damaged(key, "it does not hold \(count) texts packed as \(format.rawValue)")
    }
    let strides = byteStrides(of: place.shape, elementSize: 1)
    copy(unpacked, place, strides, dimension: 0, from: 0, to: place.offset)
  }

  private mutating func copy(
    _ unpacked: [String], _ place: BlockPlace, _ strides: [Int], dimension: Int, from: Int, to: Int
  ) {
    guard dimension < strides.count else {
      texts[to] = unpacked[from]
      return
    }
    for (step, index) in place.region[dimension].enumerated() {
      copy(
        unpacked, place, strides, dimension: dimension + 1,
        from: from + index * strides[dimension], to: to + step * place.strides[dimension])
    }
  }

  /// Reads what numcodecs calls `vlen-utf8`.
  static func lengthPrefixed(_ bytes: [UInt8], count: Int) -> [String]? {
    var position = 0
    func length() -> Int? {
      guard position + 4 <= bytes.count else { return nil }
      defer { position += 4 }
      return (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << ($1 * 8) }
    }
    guard length() == count, count <= bytes.count / 4 else { return nil }
    var texts: [String] = []
    texts.reserveCapacity(count)
    for _ in 0..<count {
      guard let length = length(), length <= bytes.count - position else { return nil }
      texts.append(String(decoding: bytes[position..<position + length], as: UTF8.self))
      position += length
    }
    return texts
  }

  /// Reads what numcodecs calls `json2`: the elements, then the type, then the shape.
  static func json(_ bytes: [UInt8]) -> [String]? {
    guard let list = (try? JSONValue(parsing: bytes))?.arrayValue, list.count >= 2 else {
      return nil
    }
    return list.dropLast(2).map { element in
      element.isNull ? "" : element.stringValue ?? element.serialized()
    }
  }
}
