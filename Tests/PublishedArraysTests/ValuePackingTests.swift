import Codecs
import Testing

@testable import PublishedArrays

/// Packing and unpacking, against the arithmetic of CF.
@Suite struct ValuePackingTests {
  private func packed<Stored: BitwiseCopyable>(
    _ packing: ValuePacking, _ cells: [Float], _ type: Stored.Type, zero: Stored
  ) -> (stored: [Stored], error: Double) {
    var stored = [Stored](repeating: zero, count: cells.count)
    let error = stored.withUnsafeMutableBytes { target in
      cells.withUnsafeBufferPointer { cells -> Double in
        guard let from = cells.baseAddress, let to = target.baseAddress else { return .nan }
        return packing.pack(from, count: cells.count, into: to)
      }
    }
    return (stored, error)
  }

  /// Every stored number decodes to single precision and comes back as it was.
  @Test(arguments: [(0.01, 273.15), (-1.725, 66825.5), (1, 0), (0.00131799502, 389.63)])
  func everyStoredNumberComesBack(scale: Double, offset: Double) {
    let packing = ValuePacking(.int16, scale: scale, offset: offset, missing: -32_768)
    let numbers = (Int16.min + 1...Int16.max).map { $0 }
    let cells = numbers.map { Float(Double($0) * scale + offset) }
    #expect(packed(packing, cells, Int16.self, zero: 0).stored == numbers)
  }

  @Test func missingBecomesTheFillValue() {
    let cells: [Float] = [.nan, 1, -.nan, .signalingNaN]
    let bytes = ValuePacking(.uint8, missing: 255)
    #expect(packed(bytes, cells, UInt8.self, zero: 0).stored == [255, 1, 255, 255])
    // All that is missing has the same bits, so that wholly missing chunks are found.
    let floats = packed(ValuePacking(.float32), cells, UInt32.self, zero: 0).stored
    #expect(floats == [0x7FC0_0000, Float(1).bitPattern, 0x7FC0_0000, 0x7FC0_0000])
  }

  @Test func theErrorIsThatOfTheWorstCell() {
    let packing = ValuePacking(.int16, scale: 0.5, offset: 0, missing: -32_768)
    let (stored, error) = packed(packing, [0.1, 1.2, 7.25, .nan], Int16.self, zero: 0)
    #expect(stored == [0, 2, 14, -32_768])
    #expect(error == 0.25)
  }

  /// A value that does not fit is told by its error: nothing is clipped in silence.
  @Test func whatDoesNotFitHasALargeError() {
    let packing = ValuePacking(.uint8, scale: 1, offset: 0, missing: 255)
    #expect(packed(packing, [300], UInt8.self, zero: 0).error > 0.5)
    #expect(packed(packing, [-1], UInt8.self, zero: 0).error > 0.5)
  }

  @Test func rangesHoldTheirEnds() throws {
    for type in [ElementType.int16, .uint8] {
      let packing = try #require(ValuePacking(.range(type, -3...9.5)))
      #expect(abs(packing.range.lowerBound + 3) < 1e-9)
      #expect(abs(packing.range.upperBound - 9.5) < 1e-9)
    }
    let packing = try #require(ValuePacking(.maximumError(.int16, 0.005, offset: 280)))
    #expect(packing.scale == 0.01)
    #expect(packing.offset == 280)
  }
}
