import Testing
import Transport

@Suite struct ByteRangeTests {
  @Test func offsets() {
    #expect(ByteRange.from(offset: 3, length: 4).offsets(inObjectOfSize: 10) == 3..<7)
    #expect(ByteRange.from(offset: 8, length: 4).offsets(inObjectOfSize: 10) == 8..<10)
    #expect(ByteRange.from(offset: 10, length: 4).offsets(inObjectOfSize: 10) == 10..<10)
    #expect(ByteRange.from(offset: 11, length: 0).offsets(inObjectOfSize: 10) == nil)
    #expect(ByteRange.from(offset: .max, length: .max).offsets(inObjectOfSize: 10) == nil)
    #expect(ByteRange.from(offset: 1, length: .max).offsets(inObjectOfSize: .max) == 1..<(.max))
    #expect(ByteRange.suffix(length: 4).offsets(inObjectOfSize: 10) == 6..<10)
    #expect(ByteRange.suffix(length: .max).offsets(inObjectOfSize: 10) == 0..<10)
    #expect(ByteRange.suffix(length: -1).offsets(inObjectOfSize: 10) == nil)
  }
}
