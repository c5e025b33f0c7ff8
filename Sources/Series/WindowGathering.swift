/// Sorts bands (time, row, column) into windows (window, time, row, column).
struct WindowGathering {
  let band: SeriesBand
  /// How many bytes a window takes.
  let windowBytes: Int

  /// How far apart windows lie in the target: odd in cache lines, since windows of 64 KiB one after
  /// the other would fall on the same lines of the cache.
  var windowStride: Int { (windowBytes + 63) / 64 * 64 + 192 }

  /// Bytes that the windows of a row take.
  var targetBytes: Int { windowStride * band.windows.columns }

  /// Copies one row of windows.
  ///
  /// - Parameters:
  ///   - pieces: those of the band at `times`, one after the other.
  ///   - times: how many.
  ///   - windowRow: which row of windows within the band.
  ///   - target: room for ``targetBytes``.
  func gather(
    _ pieces: UnsafeRawPointer, times: Int, windowRow: Int, into target: UnsafeMutableRawPointer
  ) {
    switch band.window * band.elementSize {
    case 1: words(pieces, times, windowRow, target, UInt8.self)
    case 2: words(pieces, times, windowRow, target, UInt16.self)
    case 4: words(pieces, times, windowRow, target, UInt32.self)
    case 8: words(pieces, times, windowRow, target, UInt64.self)
    case 16: words(pieces, times, windowRow, target, SIMD2<UInt64>.self)
    case 32: words(pieces, times, windowRow, target, SIMD4<UInt64>.self)
    default: runs(pieces, times, windowRow, target)
    }
  }

  @inline(__always)
  private func words<Word: BitwiseCopyable>(
    _ pieces: UnsafeRawPointer, _ times: Int, _ windowRow: Int, _ target: UnsafeMutableRawPointer,
    _ type: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    let (window, count) = (band.window, band.windows.columns)
    let (rowBytes, pieceBytes, stride) = (band.rowBytes, band.pieceBytes, windowStride)
    var to = target
    for time in 0..<times {
      var from = pieces + time * pieceBytes + windowRow * window * rowBytes
      for _ in 0..<window {
        for column in 0..<count {
          let word = from.loadUnaligned(fromByteOffset: column * size, as: Word.self)
          to.storeBytes(of: word, toByteOffset: column * stride, as: Word.self)
        }
        from += rowBytes
        to += size
      }
    }
  }

  private func runs(
    _ pieces: UnsafeRawPointer, _ times: Int, _ windowRow: Int, _ target: UnsafeMutableRawPointer
  ) {
    let (window, count, run) = (band.window, band.windows.columns, band.window * band.elementSize)
    let (rowBytes, pieceBytes, stride) = (band.rowBytes, band.pieceBytes, windowStride)
    var to = target
    for time in 0..<times {
      var from = pieces + time * pieceBytes + windowRow * window * rowBytes
      for _ in 0..<window {
        for column in 0..<count {
          (to + column * stride).copyMemory(from: from + column * run, byteCount: run)
        }
        from += rowBytes
        to += run
      }
    }
  }
}
