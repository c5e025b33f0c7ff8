import Grids
import JSON

/// Which tiles of a terrain exist, as `layer.json` says it: by zoom, rectangles that together hold
/// exactly those.
struct TileAvailability {
  /// A rectangle with rows counted from the south, as in the scheme of TMS.
  struct Rectangle: Hashable {
    let columns: ClosedRange<Int>
    let rows: ClosedRange<Int>
  }

  /// By zoom from 0.
  let rectangles: [[Rectangle]]

  /// Covers tiles, row 0 on top, given by zoom.
  init(_ tiles: [[TileAddress]]) {
    rectangles = tiles.enumerated().map { z, tiles in Self.cover(tiles, rows: 1 << z) }
  }

  private static func cover(_ tiles: [TileAddress], rows: Int) -> [Rectangle] {
    var columnsByRow: [Int: [Int]] = [:]
    for tile in tiles { columnsByRow[rows - 1 - tile.y, default: []].append(tile.x) }
    var done: [Rectangle] = []
    var open: [ClosedRange<Int>: Int] = [:]
    var before = -2
    func close(_ runs: some Sequence<ClosedRange<Int>>, at row: Int) {
      for run in runs {
        if let start = open.removeValue(forKey: run) {
          done.append(Rectangle(columns: run, rows: start...row))
        }
      }
    }
    for row in columnsByRow.keys.sorted() {
      let runs = runs(columnsByRow[row, default: []].sorted())
      let kept = row == before + 1 ? Set(runs) : []
      close(open.keys.filter { !kept.contains($0) }, at: before)
      for run in runs where open[run] == nil { open[run] = row }
      before = row
    }
    close(Array(open.keys), at: before)
    return done.sorted {
      ($0.rows.lowerBound, $0.columns.lowerBound) < ($1.rows.lowerBound, $1.columns.lowerBound)
    }
  }

  /// Numbers in order as ranges that do not touch.
  private static func runs(_ numbers: [Int]) -> [ClosedRange<Int>] {
    numbers.reduce(into: []) { runs, number in
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
  }

  var json: JSONValue {
    .array(
      rectangles.map { level in
        .array(
          level.map { rectangle in
            [
              "startX": .integer(Int64(rectangle.columns.lowerBound)),
              "startY": .integer(Int64(rectangle.rows.lowerBound)),
              "endX": .integer(Int64(rectangle.columns.upperBound)),
              "endY": .integer(Int64(rectangle.rows.upperBound)),
            ]
          })
      })
  }
}
