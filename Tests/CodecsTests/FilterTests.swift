import Codecs
import Testing

@Suite("filters")
struct FilterTests {
  private func bytes<Number>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { Array($0) }
  }

  @Test("shuffle sorts bytes by their place", arguments: [1, 2, 3, 4, 8, 16])
  func shuffle(size: Int) throws {
    let filter = ShuffleFilter(elementSize: size)
    let sample = (0..<size * 37).map { UInt8(truncatingIfNeeded: $0) }
    let sorted = (0..<size).flatMap { place in (0..<37).map { sample[$0 * size + place] } }
    #expect(try filter.encode(sample) == sorted)
    #expect(try filter.decode(sorted, expectedSize: sample.count, limit: sample.count) == sample)
    #expect(try filter.decode([], limit: 10) == [])
    if size > 1 {
      #expect(throws: CodecError.self) { try filter.decode([1], limit: 10) }
    }
  }

  @Test("delta keeps differences; numbers that do not fit wrap around")
  func delta() throws {
    let type = StoredType(.int16)
    let filter = DeltaFilter(type)
    #expect(try filter.encode(bytes([1, 3, 2, 2] as [Int16])) == bytes([1, 2, -1, 0] as [Int16]))
    #expect(
      try filter.decode(bytes([32767, 1, 0] as [Int16]), limit: 6)
        == bytes([32767, -32768, -32768] as [Int16]))
    let narrow = DeltaFilter(StoredType(.int64), encodedType: StoredType(.int8))
    let sample = bytes([10, 12, 9, -100] as [Int64])
    #expect(try narrow.encode(sample) == bytes([10, 2, -3, -109] as [Int8]))
    #expect(try narrow.decode(try narrow.encode(sample), limit: 32) == sample)
    #expect(throws: CodecError.self) { try narrow.decode([1, 2], limit: 15) }
    let big = DeltaFilter(StoredType(.int32, .big))
    #expect(
      try big.decode([0, 0, 0, 1, 0, 0, 0, 2], limit: 8) == [0, 0, 0, 1, 0, 0, 0, 3])
    #expect(throws: CodecError.self) {
      try DeltaFilter(StoredType(.complex64)).decode([1, 2, 3, 4, 5, 6, 7, 8], limit: 8)
    }
  }

  @Test("fixed scale and offset")
  func fixedScaleOffset() throws {
    let filter = FixedScaleOffsetFilter(
      offset: 1000, scale: 10, type: StoredType(.float64), encodedType: StoredType(.uint8))
    let numbers = (0..<10).map { 1000 + Double($0) }
    let encoded = try filter.encode(bytes(numbers))
    // The example in the documentation of numcodecs.
    #expect(encoded == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
    #expect(try filter.decode(encoded, expectedSize: 80, limit: 80) == bytes(numbers))
  }

  @Test("bit rounding keeps the bits asked for, halves to even")
  func bitRound() throws {
    let filter = BitRoundFilter(keptBits: 3, type: StoredType(.float32))
    let numbers: [Float] = [1, 1.0625, 1.1875, 1.2, -7.3, 0, .infinity]
    let rounded: [Float] = [1, 1, 1.25, 1.25, -7.5, 0, .infinity]
    #expect(try filter.encode(bytes(numbers)) == bytes(rounded))
    #expect(try filter.decode(bytes(rounded), limit: 100) == bytes(rounded))
  }
}

@Suite("arrays")
struct NumericArrayTests {
  @Test("every half-precision number has its value, and goes back to its bits")
  func halves() {
    #expect(float(halfBits: 0x3C00) == 1)
    #expect(float(halfBits: 0xC000) == -2)
    #expect(float(halfBits: 0x7BFF) == 65504)
    #expect(float(halfBits: 0x0001) == 0x1p-24)
    #expect(float(halfBits: 0x0400) == 0x1p-14)
    #expect(float(halfBits: 0x7C00) == .infinity)
    #expect(float(halfBits: 0x7E00).isNaN)
    for bits in UInt16.min...UInt16.max {
      let value = float(halfBits: bits)
      if value.isNaN { continue }
      #expect(halfBits(Double(value)) == bits)
    }
    #expect(halfBits(65519.99) == 0x7BFF)
    #expect(halfBits(65520) == 0x7C00)
    #expect(halfBits(1 + 0x1p-11) == 0x3C00)
    #expect(halfBits(1 + 0x3p-11) == 0x3C02)
  }

  @Test("numbers of each type become doubles")
  func doubles() throws {
    func doubles<Number>(_ type: ElementType, _ numbers: [Number]) throws -> [Double] {
      let bytes = numbers.withUnsafeBytes { Array($0) }
      return try NumericArray(type: type, shape: [numbers.count], bytes: bytes).doubles()
    }
    #expect(try doubles(.int8, [-1, 2] as [Int8]) == [-1, 2])
    #expect(try doubles(.uint16, [65535] as [UInt16]) == [65535])
    #expect(try doubles(.int64, [Int64.min]) == [-0x1p63])
    #expect(try doubles(.uint64, [UInt64.max]) == [0x1p64])
    #expect(try doubles(.float32, [0.5, -.infinity] as [Float]) == [0.5, -.infinity])
    #expect(try doubles(.bool, [0, 1] as [UInt8]) == [0, 1])
    #expect(throws: CodecError.self) { try doubles(.complex64, [1.0, 2.0]) }
  }

  @Test("bytes must fit the shape")
  func shapes() throws {
    for shape in [[3], [2, 2], [-1, -4], [Int.max, 4], [0]] {
      #expect(throws: CodecError.self) {
        try NumericArray(type: .int8, shape: shape, bytes: [1, 2])
      }
    }
    #expect(try NumericArray(type: .int16, shape: [], bytes: [1, 2]).count == 1)
    #expect(try NumericArray(type: .int16, shape: [0, 5], bytes: []).count == 0)
  }

  @Test("dimensions change places", arguments: [ElementType.uint8, .int16, .float32, .complex128])
  func transposed(type: ElementType) throws {
    let shape = [3, 4, 5]
    let numbers = (0..<60).flatMap { number in
      [UInt8](repeating: UInt8(number), count: type.size)
    }
    let array = try NumericArray(type: type, shape: shape, bytes: numbers)
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      let turned = transpose(array, order: order)
      #expect(turned.shape == order.map { shape[$0] })
      for place in 0..<60 {
        let lengths = turned.shape
        let index = [
          place / (lengths[1] * lengths[2]), place / lengths[2] % lengths[1], place % lengths[2],
        ]
        var source = [0, 0, 0]
        for (dimension, original) in order.enumerated() { source[original] = index[dimension] }
        let expected = (source[0] * 4 + source[1]) * 5 + source[2]
        #expect(turned.bytes[place * type.size] == UInt8(expected))
      }
    }
    #expect(transpose(array, order: [0, 0, 1]) == array)
  }

  @Test("bytes of words change places")
  func swapped() {
    var bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    swapBytes(&bytes, wordSize: 4)
    #expect(bytes == [4, 3, 2, 1, 8, 7, 6, 5, 9])
    swapBytes(&bytes, wordSize: 2)
    #expect(bytes == [3, 4, 1, 2, 7, 8, 5, 6, 9])
    swapBytes(&bytes, wordSize: 1)
    #expect(bytes == [3, 4, 1, 2, 7, 8, 5, 6, 9])
  }

  @Test("names of NumPy types")
  func names() {
    #expect(StoredType(numpy: "<f4") == StoredType(.float32, .little))
    #expect(StoredType(numpy: ">i8") == StoredType(.int64, .big))
    #expect(StoredType(numpy: "|b1") == StoredType(.bool))
    #expect(StoredType(numpy: "uint16") == StoredType(.uint16))
    for name in ["", "<", "<f3", "<U4", "|V8", "|O", "x", "🙂"] {
      #expect(StoredType(numpy: name) == nil)
    }
  }
}
