/// The index map of one tile while a control mesh over it is refined.
struct MeshCanvas {
  private let locator: MeshLocator
  private let address: TileAddress
  /// Pixels along one side, and lattice places along one side: one more.
  private let size: Int
  private let side: Int
  /// Coordinates in the grid's system by lattice place; place (i, j) is the centre of pixel (i, j).
  private var xs: [Double]
  private var ys: [Double]
  private var isKnown: [Bool]
  /// Fractional columns and rows by pixel.
  private(set) var columns: [Float]
  private(set) var rows: [Float]
  private(set) var touchesGrid = false
  private let across: FastAxis
  private let down: FastAxis

  /// The mesh's first cells, the size at which unreachable cells are given up, both in pixels.
  private static let coarsest = 32
  private static let unreachable = 8
  /// The error allowed, in pixels; the target is 0.05.
  private static let allowed = 0.04

  private struct Cell {
    let column: Int
    let row: Int
  }

  init(locator: MeshLocator, address: TileAddress) {
    self.locator = locator
    self.address = address
    size = locator.tiles.tileSize
    side = size + 1
    xs = Array(repeating: 0, count: side * side)
    ys = xs
    isKnown = Array(repeating: false, count: side * side)
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
    while width > 1, !cells.isEmpty {
      project(cells, width: width, projector)
      let half = width / 2
      var unfinished: [Cell] = []
      for cell in cells where !settle(cell, width: width) {
        for (right, lower) in [(0, 0), (half, 0), (0, half), (half, half)] {
          unfinished.append(Cell(column: cell.column + right, row: cell.row + lower))
        }
      }
      cells = unfinished
      width = half
    }
    for cell in cells {
      let place = cell.row * side + cell.column
      put(
        cell.row * size + cell.column, locator.x.index(of: xs[place]),
        locator.y.index(of: ys[place]))
    }
  }

  /// Projects the corners and middles of cells that are not known yet.
  private mutating func project(_ cells: [Cell], width: Int, _ projector: Projector) {
    let half = width / 2
    var places: [Int] = []
    for cell in cells {
      for down in 0...2 {
        for right in 0...2 {
          let place = (cell.row + down * half) * side + cell.column + right * half
          if !isKnown[place] {
            isKnown[place] = true
            places.append(place)
          }
        }
      }
    }
    var (newX, newY): ([Double], [Double]) = ([], [])
    newX.reserveCapacity(places.count)
    newY.reserveCapacity(places.count)
    for place in places {
      let (row, column) = place.quotientAndRemainder(dividingBy: side)
      let centre = locator.tiles.pixelCentre(address, column: Double(column), row: Double(row))
      newX.append(centre.x)
      newY.append(centre.y)
    }
    projector.transform(&newX, &newY)
    for (order, place) in places.enumerated() {
      xs[place] = newX[order]
      ys[place] = newY[order]
    }
  }

  /// Fills the pixels of a cell if interpolation is good enough there.
  private mutating func settle(_ cell: Cell, width: Int) -> Bool {
    let half = width / 2
    let first = cell.row * side + cell.column
    let patch = MeshPatch(isAngular: locator.isAngular) { right, down in
      let place = first + down * half * side + right * half
      return (xs[place], ys[place])
    }
    switch patch.state {
    case .unreachable: return width <= Self.unreachable
    case .broken: return false
    case .whole: break
    }
    guard patch.error(width: Double(width)) <= Self.allowed else { return false }
    draw(patch, cell, width: width)
    return true
  }

  private mutating func draw(_ patch: MeshPatch, _ cell: Cell, width: Int) {
    guard across.isRegular, down.isRegular else {
      drawIrregular(patch, cell, width: width)
      return
    }
    // The patch in cells of the grid, brought into the turn in which the axis starts.
    let corners = patch.corners.map { (across.position($0.x), down.position($0.y)) }
    let shift = across.shift(corners[0].0)
    let scale = 1 / Double(width)
    let (lowX, highX) = (across.low, across.high)
    let (lowY, highY) = (down.low, down.high)
    let (turn, end) = (across.turn, across.turnEnd)
    var touches = false
    columns.withUnsafeMutableBufferPointer { columns in
      rows.withUnsafeMutableBufferPointer { rows in
        for line in 0..<width {
          let share = Double(line) * scale
          let startX = corners[0].0 + (corners[2].0 - corners[0].0) * share + shift
          let endX = corners[1].0 + (corners[3].0 - corners[1].0) * share + shift
          let startY = corners[0].1 + (corners[2].1 - corners[0].1) * share
          let endY = corners[1].1 + (corners[3].1 - corners[1].1) * share
          let (stepX, stepY) = ((endX - startX) * scale, (endY - startY) * scale)
          let start = (cell.row + line) * size + cell.column
          for pixel in 0..<width {
            var place = startX + Double(pixel) * stepX
            let row = startY + Double(pixel) * stepY
            place = place < lowX ? place + turn : place
            place = place >= end ? place - turn : place
            if place >= lowX, place <= highX, row >= lowY, row <= highY {
              columns[start + pixel] = Float(place)
              rows[start + pixel] = Float(row)
              touches = true
            }
          }
        }
      }
    }
    if touches { touchesGrid = true }
  }

  private mutating func drawIrregular(_ patch: MeshPatch, _ cell: Cell, width: Int) {
    for line in 0..<width {
      for pixel in 0..<width {
        let place = patch.interpolated(
          Double(pixel) / Double(width), Double(line) / Double(width))
        put(
          (cell.row + line) * size + cell.column + pixel,
          locator.x.index(of: place.x), locator.y.index(of: place.y))
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
    // Float rounds the last positions of a turn up to the turn itself, which is cell 0 again.
    high = closed ? .infinity : Double(axis.count) - 0.5 + GridAxis.tolerance
  }

  func position(_ coordinate: Double) -> Double { (coordinate - first) * inverse }

  /// What brings a position into the first turn.
  func shift(_ position: Double) -> Double {
    turn > 0 ? -((position - low) / turn).rounded(.down) * turn : 0
  }
}
