import Codecs

/// The codecs whose decoders are tried; the first byte of the input chooses one.
private let codecs: [any BytesCodec] = [
  BloscCodec(), ZstdCodec(), GzipCodec(), ZlibCodec(), RawDeflate(), LZ4Codec(), BZ2Codec(),
  CRC32CCodec(), ShuffleFilter(elementSize: 4),
  DeltaFilter(StoredType(.int32), encodedType: StoredType(.int8)),
  FixedScaleOffsetFilter(
    offset: 1, scale: 3, type: StoredType(.float16), encodedType: StoredType(.int16, .big)),
  BitRoundFilter(keptBits: 3, type: StoredType(.float32)),
]

/// Any bytes as encoded data: never more comes out than is allowed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let codec = codecs[Int(start[0]) % codecs.count]
  let input = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
  let limit = 1 << 18
  let free = try? codec.decode(input, expectedSize: nil, limit: limit)
  precondition(free?.count ?? 0 <= limit)
  let exact = try? codec.decode(input, expectedSize: 64, limit: limit)
  precondition(exact?.count ?? 64 == 64)
  // What came out must survive being encoded, where the codec keeps all of it.
  if let free, !(codec is FixedScaleOffsetFilter), !(codec is BitRoundFilter),
    !(codec is DeltaFilter), let encoded = try? codec.encode(free)
  {
    precondition((try? codec.decode(encoded, limit: limit)) == free)
  }
  let numbers = GzipEncoder(numbersOf: 1 << Int(start[0] & 3))
  if let encoded = try? numbers.encode(input) {
    precondition((try? GzipCodec().decode(encoded, limit: input.count)) == Array(input))
  }
  damage(codec, input, limit)
  return 0
}

/// Well-formed data with one byte changed gets further into a decoder than noise does.
private func damage(_ codec: any BytesCodec, _ input: UnsafeRawBufferPointer, _ limit: Int) {
  guard input.count > 4 else { return }
  let content = UnsafeRawBufferPointer(rebasing: input[4...])
  guard var encoded = try? codec.encode(content), !encoded.isEmpty else { return }
  let place = (Int(input[0]) | Int(input[1]) << 8) % encoded.count
  encoded[place] ^= input[2] | 1
  encoded.removeLast(min(Int(input[3] & 3), encoded.count))
  let decoded = try? codec.decode(encoded, expectedSize: content.count, limit: limit)
  precondition(decoded?.count ?? content.count == content.count)
  _ = try? codec.decode(encoded, limit: limit)
}
