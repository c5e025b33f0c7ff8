import Testing

@testable import Series

/// How series are cut, against the bounds that a click must keep.
@Suite struct SeriesLayoutTests {
  private static let cases: [(times: Int, rows: Int, columns: Int, size: Int)] = [
    (1, 720, 1440, 4), (3, 720, 1440, 2), (240, 37, 49, 4), (1000, 720, 1440, 4),
    (1000, 720, 1440, 2), (5000, 100, 3000, 8), (20_000, 6, 7, 4), (16_384, 90, 90, 4),
    (100_000, 33, 65, 4), (65, 1, 1, 1), (0, 10, 10, 4),
  ]

  @Test(arguments: cases)
  func chunksStaySmall(times: Int, rows: Int, columns: Int, size: Int) {
    let layout = SeriesLayout(times: times, rows: rows, columns: columns, elementSize: size)
    #expect(layout.windowBytes <= 64 << 10)
    #expect(layout.window.nonzeroBitCount == 1)
    #expect(layout.windowsPerShard.rows <= 32 && layout.windowsPerShard.columns <= 32)
    #expect(layout.blocks * layout.blockTimes >= times)
    #expect(layout.chunksPerShard * 16 <= 16_384 * max(1, layout.blocks))
    guard times > 0 else { return }
    let band = layout.band(0, shard: (0, 0))
    let row = layout.blockTimes * layout.window * band.rowBytes
    #expect(band.pieceBytes * layout.blockTimes <= max(8 << 20, row))
  }

  /// Bands of shards cover every cell once, and lie one after the other in the scratch file.
  @Test(arguments: cases)
  func bandsCoverTheGrid(times: Int, rows: Int, columns: Int, size: Int) {
    let layout = SeriesLayout(times: times, rows: rows, columns: columns, elementSize: size)
    var seen = [Int](repeating: 0, count: rows * columns)
    var end = 0
    for row in 0..<layout.shards.rows {
      for column in 0..<layout.shards.columns {
        for number in 0..<layout.bands {
          let band = layout.band(number, shard: (row, column))
          for y in band.rows { for x in band.columns { seen[y * columns + x] += 1 } }
          if band.pieceBytes > 0 { #expect(band.cellsBefore * size == end) }
          end += band.pieceBytes
        }
      }
    }
    #expect(end * times == layout.stackBytes)
    #expect(seen.allSatisfy { $0 == (times > 0 ? 1 : 0) })
  }

  @Test(arguments: [(1, 0), (63, 0), (64, 64), (130, 128), (1023, 960), (2047, 1984), (4097, 4096)])
  func recentTimesFollowFromTheirNumber(times: Int, history: Int) {
    let segments = SeriesSegment.segments(times: times, isGrowing: true)
    #expect(segments[0].times == 0..<history)
    #expect(segments.count == (history < times ? 2 : 1))
    #expect(SeriesSegment.segments(times: times, isGrowing: false).map(\.times) == [0..<times])
  }
}

/// Sorting bands into windows, against the definition.
@Suite struct WindowGatheringTests {
  @Test(arguments: [
    (5, 1, 1), (5, 2, 2), (7, 3, 4), (64, 2, 4), (200, 9, 8), (9000, 1, 4), (3, 9, 1),
  ])
  func windowsHoldTheirCells(times: Int, across: Int, size: Int) {
    // As many columns as make that many windows, whatever their size comes to.
    let probe = SeriesLayout(times: times, rows: 64, columns: 64, elementSize: size)
    let layout = SeriesLayout(
      times: times, rows: 64, columns: min(64, probe.window * across), elementSize: size)
    let band = layout.band(0, shard: (0, 0))
    let gathering = WindowGathering(band: band, windowBytes: layout.windowBytes)
    let count = band.pieceBytes * times
    let pieces = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    var target = [UInt8](repeating: 0, count: gathering.targetBytes)
    for windowRow in 0..<band.windows.rows {
      pieces.withUnsafeBytes { pieces in
        target.withUnsafeMutableBytes { target in
          guard let from = pieces.baseAddress, let to = target.baseAddress else { return }
          gathering.gather(from, times: times, windowRow: windowRow, into: to)
        }
      }
      var isRight = true
      let run = layout.window * size
      for window in 0..<band.windows.columns {
        for time in 0..<times {
          for row in 0..<layout.window {
            let from =
              time * band.pieceBytes + (windowRow * layout.window + row) * band.rowBytes
              + window * run
            let to = window * gathering.windowStride + (time * layout.window + row) * run
            isRight = isRight && pieces[from..<from + run] == target[to..<to + run]
          }
        }
      }
      #expect(isRight)
    }
  }
}
