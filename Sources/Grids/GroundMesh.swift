/// Where the corners of a grid's cells lie on the ground, on a lattice of some of them: for drawing a
/// grid that follows neither meridians nor parallels without its coordinate reference system.
///
/// Between the nodes of the lattice, positions run bilinearly as directions from the centre of the
/// Earth, normalised. The lattice is the widest that keeps this within a tenth of a cell, as measured
/// at each quarter of the way between its nodes.
public struct GroundMesh: Sendable, Hashable {
  /// The edges between rows on which nodes lie, from 0 to the number of rows, rising.
  public let rows: [Int]
  /// The edges between columns on which nodes lie, from 0 to the number of columns, rising.
  public let columns: [Int]
  /// The longitudes of the nodes in degrees, row by row; NaN for one that has no place on Earth.
  public let longitudes: [Double]
  /// The latitudes of the nodes in degrees, row by row; NaN for one that has no place on Earth.
  public let latitudes: [Double]
  /// The largest distance found between a corner and where it is by the lattice, in cells.
  public let error: Double

  /// How far apart nodes may be, in cells.
  private static let widestStep = 64
  /// What is allowed as ``error``.
  private static let tolerance = 0.1

  /// Makes the lattice of a grid.
  ///
  /// - Parameters:
  ///   - grid: The grid.
  ///   - columnCount: How many of its columns count, from the first; those that repeat the first ones
  ///     may be left out.
  /// - Throws: `GridError` where PROJ cannot place the grid.
  public init(_ grid: Grid, columnCount: Int) throws(GridError) {
    let corners = try CellCorners(grid)
    var step = Self.widestStep
    while true {
      let rows = Self.nodes(count: grid.rows, step: step)
      let columns = Self.nodes(count: columnCount, step: step)
      let nodes = corners.places(rows: rows, columns: columns)
      let error = step == 1 ? 0 : Self.error(of: nodes, rows, columns, corners)
      if error <= Self.tolerance {
        let places = nodes.map(\.place)
        self.rows = rows
        self.columns = columns
        longitudes = places.map(\.longitude)
        latitudes = places.map(\.latitude)
        self.error = error
        return
      }
      step /= 2
    }
  }

  private static func nodes(count: Int, step: Int) -> [Int] {
    Array(stride(from: 0, to: count, by: step)) + [count]
  }

  /// The largest error at the samples between nodes, over the cells of the lattice.
  private static func error(
    of nodes: [UnitVector], _ rows: [Int], _ columns: [Int], _ corners: CellCorners
  ) -> Double {
    let sampledRows = samples(rows)
    let sampledColumns = samples(columns)
    let (edges, others) = (sampledRows.map(\.edge), sampledColumns.map(\.edge))
    // The corners there and their neighbours, which say how large a cell is.
    let truth = corners.places(rows: edges, columns: others)
    let below = corners.places(rows: edges.map { $0 + 1 }, columns: others)
    let beside = corners.places(rows: edges, columns: others.map { $0 + 1 })
    var worst = 0.0
    for (row, down) in sampledRows.enumerated() {
      for (column, across) in sampledColumns.enumerated() {
        let first = down.interval * columns.count + across.interval
        let quad = Quad(
          a: nodes[first], b: nodes[first + 1], c: nodes[first + columns.count],
          d: nodes[first + columns.count + 1])
        let place = row * sampledColumns.count + column
        let side = min(truth[place].chord(to: below[place]), truth[place].chord(to: beside[place]))
        let distance = quad.direction(across.part, down.part).chord(to: truth[place])
        // Where a node has no place nothing is drawn, which would hide the cells that have one.
        if distance.isNaN, !side.isNaN { return .infinity }
        if side > 0 { worst = max(worst, distance / side) }
      }
    }
    return worst
  }

  /// An edge at which the lattice is compared: in which interval of nodes, and how far through it.
  private struct Sample {
    let edge: Int
    let interval: Int
    let part: Double
  }

  /// Half-way alone would not do: around a pole the middle is right however wide the lattice.
  private static func samples(_ nodes: [Int]) -> [Sample] {
    zip(nodes, nodes.dropFirst()).enumerated().flatMap { interval, ends in
      let width = ends.1 - ends.0
      return Set((0..<4).map { ends.0 + width * $0 / 4 }).sorted().map {
        Sample(edge: $0, interval: interval, part: Double($0 - ends.0) / Double(width))
      }
    }
  }
}

/// The places of the corners between cells.
private struct CellCorners {
  private let grid: Grid
  private let projector: Projector?

  init(_ grid: Grid) throws(GridError) {
    self.grid = grid
    guard case .rectilinear = grid.geometry, !grid.crs.isPlainLongitudeLatitude else {
      projector = nil
      return
    }
    projector = try Projector(from: grid.crs, to: .geographic)
  }

  /// The directions of the corners at edges between rows and between columns, row by row.
  func places(rows: [Int], columns: [Int]) -> [UnitVector] {
    switch grid.geometry {
    case .rectilinear(let x, let y):
      var xs = rows.flatMap { _ in columns.map(x.edge) }
      var ys = rows.flatMap { row in columns.map { _ in y.edge(row) } }
      projector?.transform(&xs, &ys)
      return zip(xs, ys).map { UnitVector(longitude: $0, latitude: $1) }
    case .curvilinear(let cells):
      let mesh = cells.search.mesh
      return rows.flatMap { row in columns.map { mesh.corner(row, $0) } }
    }
  }
}

extension CellMesh {
  /// The corner before a row and a column: the middle of the four centres around it, at the border as
  /// far outside as the outer cells reach inwards.
  fileprivate func corner(_ row: Int, _ column: Int) -> UnitVector {
    let quadRow = min(max(row - 1, 0), quadRows - 1)
    let v = Double(row) - 0.5 - Double(quadRow)
    guard !closes else {
      return corners(quadRow, (column - 1 + quadColumns) % quadColumns).direction(0.5, v)
    }
    let quadColumn = min(max(column - 1, 0), quadColumns - 1)
    return corners(quadRow, quadColumn).direction(Double(column) - 0.5 - Double(quadColumn), v)
  }
}
