/// Coordinates of the pixels of one tile in a grid's system, as far as they are known.
///
/// Kept from tile to tile: allocating a megabyte for each would cost as much as the work itself.
final class MeshScratch {
  /// Places along one side: a tile's pixels and one more.
  static let side = 257
  var xs = [Double](repeating: 0, count: side * side)
  var ys = [Double](repeating: 0, count: side * side)
  var isKnown = [Bool](repeating: false, count: side * side)
  /// Places to project next, and their coordinates.
  var places: [Int] = []
  var newX: [Double] = []
  var newY: [Double] = []
  /// Those of them that fall near the grid, and the way back from there.
  var near: [Int] = []
  var backX: [Double] = []
  var backY: [Double] = []

  func forget() {
    for place in isKnown.indices { isKnown[place] = false }
  }
}

/// The index map of one tile while a control mesh over it is refined.
struct MeshCanvas {
  private let locator: MeshLocator
  private let address: TileAddress
  private let scratch: MeshScratch
  private let size: Int
  /// Fractional columns and rows by pixel.
  private(set) var columns: [Float]
  private(set) var rows: [Float]
  private(set) var touchesGrid = false
  private let across: FastAxis
  private let down: FastAxis

  /// The mesh's first cells, in pixels.
  private static let coarsest = 64
  /// The size at which cells without any reachable place are given up, in pixels.
  private static let unreachable = 8
  /// The error allowed, in pixels; the target is 0.05.
  private static let allowed = 0.02

  private struct Cell {
    let column: Int
    let row: Int
  }

  init(locator: MeshLocator, address: TileAddress, scratch: MeshScratch) {
    self.locator = locator
    self.address = address
    self.scratch = scratch
    scratch.forget()
    size = MeshScratch.side - 1
    columns = Array(repeating: .nan, count: size * size)
    rows = columns
    across = FastAxis(locator.x, isAngular: locator.isAngular)
    down = FastAxis(locator.y, isAngular: false)
  }

  mutating func fill(_ projector: Projector) {
    var width = Self.coarsest
    var cells: [Cell] = []
    for row in stride(from: 0, to: size, by: width) {
      for column in stride(from: 0, to: size, by: width) {
        cells.append(Cell(column: column, row: row))
      }
    }
    while width > 2, !cells.isEmpty {
      project(cells, step: width / 4, projector)
      let half = width / 2
      var unfinished: [Cell] = []
      for cell in cells where !settle(cell, width: width, projector) {
        for quarter in 0..<4 {
          unfinished.append(
            Cell(column: cell.column + quarter % 2 * half, row: cell.row + quarter / 2 * half))
        }
      }
      cells = unfinished
      width = half
    }
    exact(cells, projector)
  }

  /// Projects the places of cells that are not known yet; a cell is four steps wide.
  private func project(_ cells: [Cell], step: Int, _ projector: Projector) {
    let side = MeshScratch.side
    scratch.places.removeAll(keepingCapacity: true)
    for cell in cells {
      let first = cell.row * side + cell.column
      for order in 0..<MeshPatch.count {
        let offset = MeshPatch.offset(of: order)
        note(first + (offset.down * side + offset.right) * step)
      }
    }
    projectNoted(projector)
  }

  private func note(_ place: Int) {
    guard !scratch.isKnown[place] else { return }
    scratch.isKnown[place] = true
    scratch.places.append(place)
  }

  private func projectNoted(_ projector: Projector) {
    scratch.newX.removeAll(keepingCapacity: true)
    scratch.newY.removeAll(keepingCapacity: true)
    for place in scratch.places {
      let (row, column) = place.quotientAndRemainder(dividingBy: MeshScratch.side)
      let centre = locator.place(address, column: Double(column), row: Double(row))
      scratch.newX.append(centre.x)
      scratch.newY.append(centre.y)
    }
    projector.transform(&scratch.newX, &scratch.newY)
    locator.dropStrays(
      scratch, projector, cell: locator.tiles.cellSize(z: address.z)
    ) { order in
      let (row, column) = scratch.places[order].quotientAndRemainder(dividingBy: MeshScratch.side)
      return locator.place(address, column: Double(column), row: Double(row))
    }
    for (order, place) in scratch.places.enumerated() {
      scratch.xs[place] = scratch.newX[order]
      scratch.ys[place] = scratch.newY[order]
    }
  }

  /// Projects and fills each pixel of cells two pixels wide.
  private mutating func exact(_ cells: [Cell], _ projector: Projector) {
    let pixels = cells.flatMap { cell in
      (0..<4).map { (cell.row + $0 / 2) * MeshScratch.side + cell.column + $0 % 2 }
    }
    scratch.places.removeAll(keepingCapacity: true)
    for place in pixels { note(place) }
    projectNoted(projector)
    for place in pixels {
      let (row, column) = place.quotientAndRemainder(dividingBy: MeshScratch.side)
      put(
        row * size + column, locator.x.index(of: scratch.xs[place]),
        locator.y.index(of: scratch.ys[place]))
    }
  }

  /// Fills the pixels of a cell if interpolation is good enough there.
  private mutating func settle(_ cell: Cell, width: Int, _ projector: Projector) -> Bool {
    let first = cell.row * MeshScratch.side + cell.column
    let patch = MeshPatch(isAngular: locator.isAngular) { [scratch] right, down in
      let place = first + (down * MeshScratch.side + right) * (width / 4)
      return (scratch.xs[place], scratch.ys[place])
    }
    switch patch.state {
    case .unreachable: return width <= Self.unreachable
    case .broken: return false
    case .whole: break
    }
    if isFarFromGrid(patch) { return true }
    guard patch.error(width: Double(width)) <= Self.allowed else { return false }
    let touchedBefore = touchesGrid
    touchesGrid = false
    if across.isRegular, down.isRegular {
      draw(patch, cell, width: width)
    } else {
      drawIrregular(patch, cell, width: width)
    }
    if touchesGrid, isStray(cell, width: width, projector) {
      for row in cell.row..<cell.row + width {
        for pixel in row * size + cell.column..<row * size + cell.column + width {
          columns[pixel] = .nan
          rows[pixel] = .nan
        }
      }
      touchesGrid = false
    }
    touchesGrid = touchesGrid || touchedBefore
    return true
  }

  /// Whether a cell only seems to reach into the grid: its known places may all be too far from it to
  /// have been looked at, with pixels between them that fall into it.
  private func isStray(_ cell: Cell, width: Int, _ projector: Projector) -> Bool {
    guard !locator.isAngular else { return false }
    let pixels = (cell.row..<cell.row + width).lazy.flatMap { row in
      row * size + cell.column..<row * size + cell.column + width
    }
    guard let found = pixels.first(where: { !columns[$0].isNaN }) else { return false }
    var x = [locator.x.coordinate(at: Double(columns[found]))]
    var y = [locator.y.coordinate(at: Double(rows[found]))]
    projector.invert(&x, &y)
    let (row, column) = found.quotientAndRemainder(dividingBy: size)
    return !locator.comesBack(
      (x[0], y[0]), to: locator.place(address, column: Double(column), row: Double(row)),
      cell: locator.tiles.cellSize(z: address.z))
  }

  /// Whether a cell is outside the grid, with so much room that its own error does not matter.
  private func isFarFromGrid(_ patch: MeshPatch) -> Bool {
    let (lowY, highY) = MeshPatch.span(patch.ys)
    let roomY = (highY - lowY) + abs(locator.y.step)
    if lowY - roomY > locator.y.upperEdge || highY + roomY < locator.y.lowerEdge { return true }
    let (lowX, highX) = MeshPatch.span(patch.xs)
    let roomX = (highX - lowX) + abs(locator.x.step)
    guard locator.isAngular else {
      return lowX - roomX > locator.x.upperEdge || highX + roomX < locator.x.lowerEdge
    }
    guard locator.x.period == nil else { return false }
    let start = lowX - roomX
    var ahead = (start - locator.x.lowerEdge).truncatingRemainder(dividingBy: 360)
    if ahead < 0 { ahead += 360 }
    return ahead > locator.x.upperEdge - locator.x.lowerEdge
      && ahead + (highX + roomX - start) < 360
  }

  private mutating func draw(_ patch: MeshPatch, _ cell: Cell, width: Int) {
    // The patch in cells of the grid, brought into the turn in which the axis starts.
    var (xs, ys) = (patch.xs, patch.ys)
    let shift = across.shift(across.position(xs[0]))
    for order in 0..<9 {
      xs[order] = across.position(xs[order]) + shift
      ys[order] = down.position(ys[order])
    }
    let scale = 1 / Double(width)
    let (lowX, highX, lowY, highY) = (across.low, across.high, down.low, down.high)
    let (turn, end) = (across.turn, across.turnEnd)
    var touches = false
    columns.withUnsafeMutableBufferPointer { columns in
      rows.withUnsafeMutableBufferPointer { rows in
        for line in 0..<width {
          let alongX = MeshPatch.line(xs, at: Double(line) * scale)
          let alongY = MeshPatch.line(ys, at: Double(line) * scale)
          let start = (cell.row + line) * size + cell.column
          for pixel in 0..<width {
            let share = Double(pixel) * scale
            var place = alongX.value(at: share)
            let row = alongY.value(at: share)
            place = place < lowX ? place + turn : place
            place = place >= end ? place - turn : place
            let isInside = place >= lowX && place <= highX && row >= lowY && row <= highY
            columns[start + pixel] = isInside ? Float(place) : .nan
            rows[start + pixel] = isInside ? Float(row) : .nan
            touches = touches || isInside
          }
        }
      }
    }
    if touches { touchesGrid = true }
  }

  private mutating func drawIrregular(_ patch: MeshPatch, _ cell: Cell, width: Int) {
    for line in 0..<width {
      let alongX = MeshPatch.line(patch.xs, at: Double(line) / Double(width))
      let alongY = MeshPatch.line(patch.ys, at: Double(line) / Double(width))
      for pixel in 0..<width {
        let share = Double(pixel) / Double(width)
        put(
          (cell.row + line) * size + cell.column + pixel,
          locator.x.index(of: alongX.value(at: share)),
          locator.y.index(of: alongY.value(at: share)))
      }
    }
  }

  private mutating func put(_ pixel: Int, _ column: Double, _ row: Double) {
    guard !column.isNaN, !row.isNaN else { return }
    columns[pixel] = Float(column)
    rows[pixel] = Float(row)
    touchesGrid = true
  }
}

/// What the inner loop needs of a regular axis.
private struct FastAxis {
  let isRegular: Bool
  let first: Double
  let inverse: Double
  /// Positions below `low` or above `high` are outside.
  let low: Double
  let high: Double
  /// Cells in one turn, and where the turn that starts at `low` ends; infinite without turns.
  let turn: Double
  let turnEnd: Double

  init(_ axis: GridAxis, isAngular: Bool) {
    first = axis.values[0]
    inverse = 1 / axis.step
    let closed = axis.period != nil
    let cells = 360 / abs(axis.step)
    // A closed axis whose turn is not a whole number of steps takes the exact way.
    isRegular = axis.isRegular && (!closed || abs(cells - Double(axis.periodCount)) < 1e-4)
    low = closed ? 0 : -0.5 - GridAxis.tolerance
    turn = isAngular ? (closed ? Double(axis.periodCount) : cells) : 0
    turnEnd = isAngular ? low + turn : .infinity
    high = closed ? .infinity : Double(axis.count) - 0.5 + GridAxis.tolerance
  }

  func position(_ coordinate: Double) -> Double { (coordinate - first) * inverse }

  /// What brings a position into the first turn.
  func shift(_ position: Double) -> Double {
    turn > 0 ? -((position - low) / turn).rounded(.down) * turn : 0
  }
}
