import Codecs
import Foundation
import Testing

/// Numbers that look like measurements, texts, noise, and the sizes at which block codecs stumble.
enum Samples {
  static let all: [[UInt8]] = {
    var random = SplitMix(state: 7)
    var samples: [[UInt8]] = []
    for size in [0, 8, 16, 24, 128, 1000, 4096, 65536, 65544, 300_000] {
      samples.append([UInt8](repeating: 42, count: size))
      samples.append((0..<size).map { UInt8(truncatingIfNeeded: $0 / 8) })
      samples.append((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    return samples
  }()

  /// Waves with noise and gaps, as all widths of numbers; not a whole number of any of them.
  static let numbers: [[UInt8]] = {
    var random = SplitMix(state: 11)
    var waves = [Float](repeating: .nan, count: 20_000)
    for place in waves.indices where place / 900 % 3 != 0 {
      let wave = sin(Double(place) / 50) * 20
      waves[place] = Float(wave) + Float.random(in: 0...0.1, using: &random)
    }
    let singles = waves.withUnsafeBytes { Array($0) } + [1, 2, 3]
    let doubles = waves.map(Double.init).withUnsafeBytes { Array($0) } + [1]
    let packed = waves.map { $0.isNaN ? Int16.min : Int16($0 * 100) }.withUnsafeBytes { Array($0) }
    return [singles, doubles, packed, packed.map { $0 & 3 }]
  }()
}

@Suite("codecs")
struct CodecTests {
  static let compressors: [any BytesCodec] =
    [
      ZstdCodec(), ZstdCodec(level: 9, hasChecksum: true), GzipCodec(), GzipCodec(level: 1),
      ZlibCodec(), RawDeflate(), RawDeflate(level: 12), LZ4Codec(), BZ2Codec(), CRC32CCodec(),
    ]
    + BloscCodec.available.flatMap { compressor in
      BloscCodec.Shuffle.allCases.map {
        BloscCodec(compressor: compressor, level: 5, shuffle: $0, typeSize: 4)
      }
    }

  @Test("what is encoded is decoded again", arguments: compressors.indices)
  func roundTrip(index: Int) throws {
    let codec = Self.compressors[index]
    for sample in Samples.all {
      // An empty block is no input for bzip2's one-call interface on some versions; all others are.
      let encoded = try codec.encode(sample)
      #expect(try codec.decode(encoded, limit: 1 << 20) == sample)
      #expect(
        try codec.decode(encoded, expectedSize: sample.count, limit: sample.count) == sample)
    }
  }

  @Test("numbers are encoded as gzip that libdeflate reads", arguments: [1, 2, 4, 8])
  func numbers(width: Int) throws {
    let encoder = GzipEncoder(numbersOf: width)
    for sample in Samples.all + Samples.numbers {
      let encoded = try sample.withUnsafeBytes { try encoder.encode($0) }
      #expect(try GzipCodec().decode(encoded, expectedSize: sample.count, limit: 1 << 20) == sample)
      // What an encoder did before does not show.
      let again = GzipEncoder(numbersOf: width)
      #expect(try sample.withUnsafeBytes { try again.encode($0) } == encoded)
      #expect(encoded.count <= sample.count + sample.count / 8000 + 64)
    }
  }

  @Test("of repeated values few bytes are left")
  func repeatedNumbers() throws {
    let field = (0..<65_536).map { (place: Int) -> Float in
      Float(place / 256 % 7 * 100 + place % 16)
    }
    let encoded = try field.withUnsafeBytes { try GzipEncoder(numbersOf: 4).encode($0) }
    #expect(encoded.count < 65_536 * 4 / 50)
  }

  @Test("more than the limit never comes out", arguments: compressors.indices)
  func limits(index: Int) throws {
    let codec = Self.compressors[index]
    for sample in Samples.all where !sample.isEmpty {
      let encoded = try codec.encode(sample)
      for size in [0, 1, sample.count - 1] where size < sample.count {
        #expect(throws: CodecError.self) { try codec.decode(encoded, limit: size) }
        #expect(throws: CodecError.self) {
          try codec.decode(encoded, expectedSize: size, limit: 1 << 20)
        }
      }
      #expect(throws: CodecError.self) {
        try codec.decode(encoded, expectedSize: sample.count + 1, limit: 1 << 20)
      }
      #expect(throws: CodecError.self) {
        try codec.decode(encoded, expectedSize: sample.count, limit: sample.count - 1)
      }
    }
  }

  @Test("input cut short is an error, whatever its length", arguments: compressors.indices)
  func truncation(index: Int) throws {
    let codec = Self.compressors[index]
    let sample = Samples.all[10]
    let encoded = try codec.encode(sample)
    for length in encoded.indices {
      #expect(throws: CodecError.self, "\(codec.name) \(length)") {
        try codec.decode(
          Array(encoded.prefix(length)), expectedSize: sample.count, limit: sample.count)
      }
      _ = try? codec.decode(Array(encoded.prefix(length)), limit: 1 << 20)
    }
  }

  @Test(
    "flipped bits never crash, and never make more than is allowed", arguments: compressors.indices)
  func bitFlips(index: Int) throws {
    let codec = Self.compressors[index]
    let sample = Samples.all[13]
    let encoded = try codec.encode(sample)
    for place in encoded.indices.prefix(64) {
      for bit in 0..<8 {
        var damaged = encoded
        damaged[place] ^= 1 << UInt8(bit)
        let decoded = try? codec.decode(damaged, limit: 100_000)
        #expect(decoded?.count ?? 0 <= 100_000)
        let exact = try? codec.decode(damaged, expectedSize: sample.count, limit: 100_000)
        #expect(exact?.count ?? sample.count == sample.count)
      }
    }
  }

  @Test("every header byte may be anything", arguments: compressors.indices)
  func headers(index: Int) throws {
    let codec = Self.compressors[index]
    let encoded = try codec.encode(Samples.all[10])
    for place in encoded.indices.prefix(20) {
      for byte in UInt8.min...UInt8.max {
        var damaged = encoded
        damaged[place] = byte
        _ = try? codec.decode(damaged, limit: 1 << 16)
      }
    }
  }

  @Test("several members in a row decode to all of them")
  func concatenated() throws {
    let (first, second) = (Samples.all[14], Samples.all[17])
    for codec in [GzipCodec(), ZstdCodec(), BZ2Codec()] as [any BytesCodec] {
      let encoded = try codec.encode(first) + codec.encode(second)
      #expect(try codec.decode(encoded, limit: 1 << 20) == first + second)
    }
    let padded = try GzipCodec().encode(first) + [0, 0, 0]
    #expect(try GzipCodec().decode(padded, limit: 1 << 20) == first)
  }

  @Test("headers that promise far too much are refused before memory is taken")
  func lies() throws {
    let bomb = try ZstdCodec(level: 19).encode([UInt8](repeating: 0, count: 50_000_000))
    #expect(throws: CodecError.self) { try ZstdCodec().decode(bomb, limit: 1_000_000) }
    #expect(throws: CodecError.self) {
      try LZ4Codec().decode([0xFF, 0xFF, 0xFF, 0x7E, 0, 0], limit: 1 << 31)
    }
    var blosc = try BloscCodec().encode([UInt8](repeating: 0, count: 1000))
    blosc.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0x7F])
    #expect(throws: CodecError.self) { try BloscCodec().decode(blosc, limit: 1 << 31) }
  }

  @Test("CRC-32C of the examples in RFC 3720 B.4")
  func checksum() {
    func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32CCodec.checksum($0) } }
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc(Array(0..<32)) == 0x46DD_794E)
    #expect(crc((0..<32).reversed()) == 0x113F_DB5C)
    #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
    #expect(crc([]) == 0)
  }
}

/// A small generator of pseudo-random numbers (splitmix64), the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
