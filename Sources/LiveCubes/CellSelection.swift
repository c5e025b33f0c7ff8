import Cubes
import Grids
import Vectors

/// The cells of a grid under a shape: those that hold its points, and those whose centres lie in its
/// areas.
struct CellSelection: Sendable {
  /// Neighbouring cells of one row.
  struct Run: Sendable, Hashable {
    let row: Int
    let columns: Range<Int>
  }

  /// By row, then by column; no cell is in two of them.
  let runs: [Run]
  /// How many cells there are.
  let count: Int
  /// The smallest block that holds all of them; empty of none.
  let box: GridBlock

  /// Finds cells.
  ///
  /// - Parameters:
  ///   - shape: under what.
  ///   - grid: of which grid.
  ///   - limit: how many cells may have to be looked at.
  ///   - check: called now and then; what it throws ends the search.
  /// - Throws: `LiveError` where there are too many, what `check` throws.
  init(_ shape: Shape, in grid: Grid, limit: Int, check: () throws -> Void) throws {
    var columns: [Int: [Range<Int>]] = [:]
    for point in shape.points {
      guard let cell = grid.cell(longitude: point.longitude, latitude: point.latitude) else {
        continue
      }
      columns[cell.row, default: []].append(cell.column..<cell.column + 1)
    }
    for rings in shape.areas {
      let area = AreaOutline(rings)
      let candidates = CandidateCells(area, in: grid)
      guard candidates.count <= limit else {
        throw LiveError(
          .tooLarge, "Under this geometry lie up to \(candidates.count) cells, more than \(limit)",
          remedy: "send a smaller area")
      }
      try candidates.forEachRow(check: check) { row, longitudes, latitudes in
        let found = area.runs(longitudes: longitudes, latitudes: latitudes)
        if !found.isEmpty {
          let first = candidates.columns.lowerBound
          columns[row, default: []] += found.map { $0.lowerBound + first..<$0.upperBound + first }
        }
      }
    }
    runs = columns.keys.sorted().flatMap { row in
      Self.united(columns[row] ?? []).map { Run(row: row, columns: $0) }
    }
    count = runs.reduce(0) { $0 + $1.columns.count }
    let rows = (runs.first?.row ?? 0)..<((runs.last?.row ?? -1) + 1)
    let left = runs.map(\.columns.lowerBound).min() ?? 0
    let right = runs.map(\.columns.upperBound).max() ?? 0
    box = GridBlock(rows: rows, columns: left..<right)
  }

  /// The runs within some rows.
  func runs(in rows: Range<Int>) -> ArraySlice<Run> {
    let first = runs.partitioningIndex { $0.row >= rows.lowerBound }
    let last = runs.partitioningIndex { $0.row >= rows.upperBound }
    return runs[first..<last]
  }

  /// Ranges that overlap or touch become one.
  private static func united(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var united: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = united.last, range.lowerBound <= last.upperBound {
        united[united.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        united.append(range)
      }
    }
    return united
  }
}

extension Array {
  /// The first index from which on all elements fulfil a condition that only the later ones do.
  fileprivate func partitioningIndex(_ isLater: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isLater(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A block of cells in which those of an area lie.
private struct CandidateCells {
  let grid: Grid
  private(set) var rows: Range<Int>
  private(set) var columns: Range<Int>

  var count: Int { rows.count * columns.count }

  init(_ area: AreaOutline, in grid: Grid) {
    self.grid = grid
    rows = 0..<grid.rows
    // Columns that repeat the first ones would be counted twice.
    columns = 0..<(grid.turn ?? grid.columns)
    guard case .rectilinear(let x, let y) = grid.geometry else { return }
    if grid.crs.isPlainLongitudeLatitude {
      rows = Self.span(y.values, rows) { area.south <= $0 && $0 <= area.north }
      columns = Self.span(x.values, columns) { area.mayReach(longitude: $0) }
    } else if let bounds = Self.bounds(of: area, in: grid.crs) {
      // An outline that is straight in degrees bends between the places that were projected.
      let (across, down) = (2 * abs(x.step), 2 * abs(y.step))
      columns = Self.span(x.values, columns) {
        bounds.x.lowerBound - across <= $0 && $0 <= bounds.x.upperBound + across
      }
      rows = Self.span(y.values, rows) {
        bounds.y.lowerBound - down <= $0 && $0 <= bounds.y.upperBound + down
      }
    }
  }

  /// Hands out the places of the centres, row by row.
  func forEachRow(
    check: () throws -> Void, _ body: (Int, [Double], [Double]) throws -> Void
  ) throws {
    guard !columns.isEmpty else { return }
    // Some rows at once: a projection is prepared for each call.
    let height = max(1, 65_536 / columns.count)
    var start = rows.lowerBound
    while start < rows.upperBound {
      try check()
      let band = start..<min(start + height, rows.upperBound)
      let centres = grid.cellCentres(rows: band, columns: columns)
      for row in band {
        let cells = (row - start) * columns.count..<(row - start + 1) * columns.count
        try body(row, Array(centres.longitudes[cells]), Array(centres.latitudes[cells]))
      }
      start = band.upperBound
    }
  }

  private static func span(
    _ values: [Double], _ indices: Range<Int>, _ isWanted: (Double) -> Bool
  ) -> Range<Int> {
    guard let first = indices.first(where: { isWanted(values[$0]) }),
      let last = indices.last(where: { isWanted(values[$0]) })
    else { return indices.lowerBound..<indices.lowerBound }
    return first..<last + 1
  }

  /// The extent of an outline in a reference system; `nil` where a part of it has no place there.
  private static func bounds(
    of area: AreaOutline, in crs: CRS
  ) -> (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
    guard let projector = try? Projector(from: .geographic, to: crs) else { return nil }
    var (xs, ys) = area.densified(step: 0.5)
    projector.transform(&xs, &ys)
    guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max(),
      (xs + ys).allSatisfy(\.isFinite)
    else { return nil }
    return (left...right, low...high)
  }
}
