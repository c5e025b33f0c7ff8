import Codecs
import JSON

/// Where a window lies in memory: rows and columns with any distance, counted in elements.
struct WindowLayout {
  /// The element of the first row and column.
  let start: Int
  let rows: Int
  let columns: Int
  let rowStride: Int
  let columnStride: Int
}

extension Packing {
  /// Decodes a window of stored numbers into memory of the caller; missing ones become NaN.
  ///
  /// - Throws: `CodecError` for complex numbers.
  func decode<Decoded: DecodedNumber>(
    _ array: NumericArray, _ layout: WindowLayout, into target: UnsafeMutablePointer<Decoded>,
    rowStride: Int
  ) throws(CodecError) {
    switch type {
    case .int8: run(Int8.self, array.bytes, layout, target, rowStride)
    case .int16: run(Int16.self, array.bytes, layout, target, rowStride)
    case .int32: run(Int32.self, array.bytes, layout, target, rowStride)
    case .int64: run(Int64.self, array.bytes, layout, target, rowStride)
    case .uint8, .bool: run(UInt8.self, array.bytes, layout, target, rowStride)
    case .uint16: run(UInt16.self, array.bytes, layout, target, rowStride)
    case .uint32: run(UInt32.self, array.bytes, layout, target, rowStride)
    case .uint64: run(UInt64.self, array.bytes, layout, target, rowStride)
    case .float32: run(Float.self, array.bytes, layout, target, rowStride)
    case .float64: run(Double.self, array.bytes, layout, target, rowStride)
    case .float16:
      // Rare enough to be widened first.
      let widened = array.bytes.withUnsafeBytes { stored in
        [Float](unsafeUninitializedCapacity: array.count) { buffer, count in
          for index in 0..<array.count {
            let bits = stored.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            buffer.initializeElement(at: index, to: Codecs.float(halfBits: bits))
          }
          count = array.count
        }
      }
      widened.withUnsafeBytes { run(Float.self, $0, layout, target, rowStride) }
    case .complex64, .complex128:
      throw CodecError(codec: "decode", reason: "complex numbers are not supported")
    }
  }

  private func run<Stored: StoredNumber, Decoded: DecodedNumber>(
    _ type: Stored.Type, _ bytes: [UInt8], _ layout: WindowLayout,
    _ target: UnsafeMutablePointer<Decoded>, _ rowStride: Int
  ) {
    bytes.withUnsafeBytes { run(type, $0, layout, target, rowStride) }
  }

  private func run<Stored: StoredNumber, Decoded: DecodedNumber>(
    _ type: Stored.Type, _ bytes: UnsafeRawBufferPointer, _ layout: WindowLayout,
    _ target: UnsafeMutablePointer<Decoded>, _ rowStride: Int
  ) {
    guard layout.rows > 0, layout.columns > 0 else { return }
    let last =
      layout.start + (layout.rows - 1) * layout.rowStride + (layout.columns - 1)
      * layout.columnStride
    let stored = bytes.bindMemory(to: Stored.self)
    precondition(
      layout.start >= 0 && last < stored.count,
      "a window must lie within the numbers that were read")
    guard let base = stored.baseAddress else { return }
    let sieve = Sieve<Stored>(self)
    for row in 0..<layout.rows {
      let line = Line(
        from: base + layout.start + row * layout.rowStride, to: target + row * rowStride,
        count: layout.columns, step: layout.columnStride)
      line.decode(sieve, scale: scale, offset: offset, isScaled: isScaled)
    }
  }
}

/// The stored numbers that are missing, in the type in which they are stored.
private struct Sieve<Stored: StoredNumber> {
  let first: Stored
  let second: Stored
  let low: Stored
  let high: Stored
  /// Whether anything is sifted out.
  let isOpen: Bool
  /// Missing numbers beyond the first two.
  let others: [Stored]

  init(_ packing: Packing) {
    var numbers = packing.fills.compactMap { fill -> Stored? in
      if case .integer(let whole) = fill { return Stored.from(whole: whole) }
      return fill.number.map { Stored.from(clamping: $0) }
    }
    low = packing.low.map { Stored.from(clamping: $0) } ?? .least
    high = packing.high.map { Stored.from(clamping: $0) } ?? .greatest
    isOpen = numbers.isEmpty && packing.low == nil && packing.high == nil
    if numbers.isEmpty, let outside = Stored.outside(low, high) { numbers = [outside] }
    first = numbers.first ?? .least
    second = numbers.count > 1 ? numbers[1] : first
    others = Array(numbers.dropFirst(2))
  }
}

/// One row to decode.
///
/// Each loop does one thing without branches, so that the compiler vectorises it.
private struct Line<Stored: StoredNumber, Decoded: DecodedNumber> {
  let from: UnsafePointer<Stored>
  let to: UnsafeMutablePointer<Decoded>
  let count: Int
  let step: Int

  @inline(__always)
  func decode(_ sieve: Sieve<Stored>, scale: Double, offset: Double, isScaled: Bool) {
    switch (step == 1, isScaled, sieve.isOpen) {
    case (true, false, true): plain()
    case (true, true, true): scaled(scale, offset)
    case (true, false, false): sifted(sieve)
    case (true, true, false): siftedScaled(sieve, scale, offset)
    default: strided(sieve, scale, offset, isScaled)
    }
    for other in sieve.others {
      for index in 0..<count where from[index * step] == other { to[index] = .missing }
    }
  }

  @inline(__always)
  private func plain() {
    for index in 0..<count { to[index] = .unscaled(from[index]) }
  }

  @inline(__always)
  private func scaled(_ scale: Double, _ offset: Double) {
    for index in 0..<count { to[index] = .rounding(from[index].double * scale + offset) }
  }

  @inline(__always)
  private func sifted(_ sieve: Sieve<Stored>) {
    let (first, second, low, high) = (sieve.first, sieve.second, sieve.low, sieve.high)
    for index in 0..<count {
      let stored = from[index]
      let out = stored == first || stored == second || stored < low || stored > high
      to[index] = out ? .missing : .unscaled(stored)
    }
  }

  @inline(__always)
  private func siftedScaled(_ sieve: Sieve<Stored>, _ scale: Double, _ offset: Double) {
    let (first, second, low, high) = (sieve.first, sieve.second, sieve.low, sieve.high)
    for index in 0..<count {
      let stored = from[index]
      let out = stored == first || stored == second || stored < low || stored > high
      to[index] = out ? .missing : .rounding(stored.double * scale + offset)
    }
  }

  private func strided(
    _ sieve: Sieve<Stored>, _ scale: Double, _ offset: Double, _ isScaled: Bool
  ) {
    let (first, second, low, high) = (sieve.first, sieve.second, sieve.low, sieve.high)
    for index in 0..<count {
      let stored = from[index * step]
      let out =
        !sieve.isOpen
        && (stored == first || stored == second || stored < low || stored > high)
      let value: Decoded =
        isScaled ? .rounding(stored.double * scale + offset) : .unscaled(stored)
      to[index] = out ? .missing : value
    }
  }
}
