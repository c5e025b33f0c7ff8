/// Sorts bands (time, row, column) into windows (window, time, row, column).
struct WindowGathering {
  let layout: SeriesLayout

  /// How far apart windows lie in the target: odd in cache lines, since windows of 64 KiB one after
  /// the other would fall on the same lines of the cache.
  var windowStride: Int { (layout.windowBytes + 63) / 64 * 64 + 192 }

  /// Bytes that the windows of a row take.
  var targetBytes: Int { windowStride * layout.windowsPerShard.columns }

  /// Copies one row of windows.
  ///
  /// - Parameters:
  ///   - band: `times` pieces of a band, one after the other.
  ///   - times: how many.
  ///   - windowRow: which row of windows within the band.
  ///   - target: room for ``targetBytes``.
  func gather(
    _ band: UnsafeRawPointer, times: Int, windowRow: Int, into target: UnsafeMutableRawPointer
  ) {
    switch layout.window * layout.elementSize {
    case 1: words(band, times, windowRow, target, UInt8.self)
    case 2: words(band, times, windowRow, target, UInt16.self)
    case 4: words(band, times, windowRow, target, UInt32.self)
    case 8: words(band, times, windowRow, target, UInt64.self)
    case 16: words(band, times, windowRow, target, SIMD2<UInt64>.self)
    case 32: words(band, times, windowRow, target, SIMD4<UInt64>.self)
    default: runs(band, times, windowRow, target)
    }
  }

  @inline(__always)
  private func words<Word: BitwiseCopyable>(
    _ band: UnsafeRawPointer, _ times: Int, _ windowRow: Int, _ target: UnsafeMutableRawPointer,
    _ type: Word.Type
  ) {
    let size = MemoryLayout<Word>.size
    let (window, count) = (layout.window, layout.windowsPerShard.columns)
    let (rowBytes, pieceBytes, stride) = (layout.rowBytes, layout.pieceBytes, windowStride)
    var to = target
    for time in 0..<times {
      var from = band + time * pieceBytes + windowRow * window * rowBytes
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
    _ band: UnsafeRawPointer, _ times: Int, _ windowRow: Int, _ target: UnsafeMutableRawPointer
  ) {
    let run = layout.window * layout.elementSize
    let (rowBytes, pieceBytes, stride) = (layout.rowBytes, layout.pieceBytes, windowStride)
    var to = target
    for time in 0..<times {
      var from = band + time * pieceBytes + windowRow * layout.window * rowBytes
      for _ in 0..<layout.window {
        for column in 0..<layout.windowsPerShard.columns {
          (to + column * stride).copyMemory(from: from + column * run, byteCount: run)
        }
        from += rowBytes
        to += run
      }
    }
  }
}
