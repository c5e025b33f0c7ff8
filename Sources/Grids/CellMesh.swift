/// The centres of a curvilinear grid's cells as directions, and the quads that four neighbours make.
///
/// Quad `(row, column)` has the corners `(row, column)` ... `(row + 1, column + 1)`; on a grid that
/// closes, the last quad of a row goes back to column 0.
struct CellMesh: Sendable {
  let rows: Int
  /// Stored columns.
  let columns: Int
  /// Columns that are different places: fewer than `columns` where the last repeat the first.
  let period: Int
  /// Whether column `period` is column 0 again.
  let closes: Bool
  /// Quads in each row.
  let quadColumns: Int
  /// x, y, z of each centre.
  let centres: [Double]
  /// What each quad is, see `QuadTraits`.
  private(set) var traits: [QuadTraits]
  /// How many quads are usable.
  private(set) var quadCount = 0
  /// The median of the smaller sides of a sample of cells, in radians.
  let medianSide: Double

  var quadRows: Int { rows - 1 }

  init(longitudes: [Double], latitudes: [Double], rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    var centres = [Double]()
    centres.reserveCapacity(rows * columns * 3)
    for (longitude, latitude) in zip(longitudes, latitudes) {
      let isPlaced = longitude.isFinite && latitude.isFinite && abs(longitude) <= 1080
      let centre =
        isPlaced
        ? UnitVector(longitude: longitude, latitude: latitude)
        : UnitVector(x: .nan, y: .nan, z: .nan)
      centres.append(centre.x)
      centres.append(centre.y)
      centres.append(centre.z)
    }
    self.centres = centres
    let lattice = CentreLattice(centres: centres, rows: rows, columns: columns)
    let sides = lattice.sides()
    medianSide = sides.smaller
    period = lattice.period() ?? columns
    closes = lattice.period() != nil
    quadColumns = closes ? period : columns - 1
    traits = []
    traits = classify(longestSide: 10 * max(sides.larger, 1e-9))
  }

  /// The direction of a cell's centre; the column may be `period`, meaning 0.
  @inline(__always)
  func centre(_ row: Int, _ column: Int) -> UnitVector {
    let place = (row * columns + (closes && column >= period ? column - period : column)) * 3
    return centres.withUnsafeBufferPointer {
      UnitVector(x: $0[place], y: $0[place + 1], z: $0[place + 2])
    }
  }

  @inline(__always)
  func corners(_ row: Int, _ column: Int) -> Quad {
    Quad(
      a: centre(row, column), b: centre(row, column + 1), c: centre(row + 1, column),
      d: centre(row + 1, column + 1))
  }

  /// Finds the quads that can be used and the sides on which they are the last.
  private mutating func classify(longestSide: Double) -> [QuadTraits] {
    var usable = [Bool](repeating: false, count: quadRows * quadColumns)
    for row in 0..<quadRows {
      for column in 0..<quadColumns where corners(row, column).isUsable(upTo: longestSide) {
        usable[row * quadColumns + column] = true
        quadCount += 1
      }
    }
    let isUsable = { [closes, quadRows, quadColumns] (row: Int, column: Int) -> Bool in
      guard row >= 0, row < quadRows else { return false }
      let around = closes ? (column + quadColumns) % quadColumns : column
      return around >= 0 && around < quadColumns && usable[row * quadColumns + around]
    }
    var traits = [QuadTraits](repeating: [], count: usable.count)
    for row in 0..<quadRows {
      for column in 0..<quadColumns where usable[row * quadColumns + column] {
        var own: QuadTraits = .usable
        if !isUsable(row, column - 1) { own.insert(.firstColumn) }
        if !isUsable(row, column + 1) { own.insert(.lastColumn) }
        if !isUsable(row - 1, column) { own.insert(.firstRow) }
        if !isUsable(row + 1, column) { own.insert(.lastRow) }
        traits[row * quadColumns + column] = own
      }
    }
    return traits
  }

  /// The box around all cells.
  func bounds() -> GeographicBounds {
    var extent = GeographicExtent()
    for row in 0..<quadRows {
      for column in 0..<quadColumns {
        let own = traits[row * quadColumns + column]
        guard own.contains(.usable) else { continue }
        let quad = corners(row, column)
        for (u, v) in own.outline {
          let place = quad.direction(u, v).place
          extent.add(longitude: place.longitude, latitude: place.latitude)
        }
        for pole in [-90.0, 90.0] where abs(quad.a.z) > 0.9 && quad.a.z * pole > 0 {
          let top = UnitVector(x: 0, y: 0, z: pole / 90)
          if own.accepts(quad.solve(top, LocalPlane(at: top))) { extent.add(pole: pole) }
        }
      }
    }
    return extent.bounds(closingGapsBelow: max(2 * medianSide / radiansPerDegree, 0.3))
  }
}

/// What a quad of a curvilinear grid is.
struct QuadTraits: OptionSet, Sendable {
  let rawValue: UInt8
  static let usable = QuadTraits(rawValue: 1)
  /// There is no usable quad before it, so half a cell beyond its side belongs to it.
  static let firstColumn = QuadTraits(rawValue: 2)
  static let lastColumn = QuadTraits(rawValue: 4)
  static let firstRow = QuadTraits(rawValue: 8)
  static let lastRow = QuadTraits(rawValue: 16)

  private static let slack = 1e-9

  var lowU: Double { contains(.firstColumn) ? -0.5 : 0 }
  var highU: Double { contains(.lastColumn) ? 1.5 : 1 }
  var lowV: Double { contains(.firstRow) ? -0.5 : 0 }
  var highV: Double { contains(.lastRow) ? 1.5 : 1 }

  /// The corners of the area that belongs to the quad.
  var outline: [(Double, Double)] {
    [(lowU, lowV), (highU, lowV), (lowU, highV), (highU, highV)]
  }

  /// Whether a place inside the quad's coordinates belongs to it or its outer half cells.
  @inline(__always)
  func accepts(_ place: (u: Double, v: Double)) -> Bool {
    place.u >= lowU - Self.slack && place.u <= highU + Self.slack
      && place.v >= lowV - Self.slack && place.v <= highV + Self.slack
  }

  /// Whether a place lies between the four centres.
  @inline(__always)
  static func isWithin(_ place: (u: Double, v: Double)) -> Bool {
    place.u >= -slack && place.u <= 1 + slack && place.v >= -slack && place.v <= 1 + slack
  }
}
