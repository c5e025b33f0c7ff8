/// The cells of a grid whose rows and columns follow no coordinate: each has its own place.
///
/// Ocean models on tripolar grids and satellite swaths come like this. Cells may be missing (NaN
/// coordinates). Columns that close the globe are recognised, also when the last ones repeat the
/// first (the halo of NEMO).
public struct Curvilinear: Sendable, Hashable {
  /// Longitudes of cell centres in degrees, row by row.
  public let longitudes: [Double]
  /// Latitudes of cell centres in degrees, row by row.
  public let latitudes: [Double]
  /// How many rows there are.
  public let rows: Int
  /// How many columns there are.
  public let columns: Int
  /// How many columns make one turn around the globe, or `nil` when they do not close.
  public var periodCount: Int? { search.mesh.closes ? search.mesh.period : nil }
  /// Finds the cell around a place.
  let search: CellSearch
  /// The box around all cells.
  let bounds: GeographicBounds
  /// The median of the smaller sides of cells, in metres.
  let resolutionMetres: Double

  /// Makes a grid from the places of its cell centres.
  ///
  /// - Parameters:
  ///   - longitudes: Degrees east in any turn, `rows * columns` of them; NaN for a missing cell.
  ///   - latitudes: Degrees north, as many; NaN for a missing cell.
  ///   - rows: At least 2.
  ///   - columns: At least 2.
  /// - Throws: `GridError` when the numbers do not fit, a latitude lies beyond a pole, or no four
  ///   neighbouring cells have a place.
  public init(
    longitudes: [Double], latitudes: [Double], rows: Int, columns: Int
  ) throws(GridError) {
    let attempt = "make a grid of \(rows) × \(columns) cells from 2-D longitude and latitude"
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows > 1, columns > 1, !overflow, count < Int(Int32.max) else {
      throw GridError(
        attempt: attempt,
        reason: "it takes two rows and two columns or more, and fewer than 2³¹ cells",
        remedy: "describe a single row or column by 1-D coordinates")
    }
    guard longitudes.count == count, latitudes.count == count else {
      throw GridError(
        attempt: attempt,
        reason: "there are \(longitudes.count) longitudes and \(latitudes.count) latitudes",
        remedy: "check that both have the shape of the variable")
    }
    if let place = latitudes.firstIndex(where: { abs($0) > 90.000_01 }) {
      throw GridError(
        attempt: attempt, reason: "latitude \(place) is \(latitudes[place])",
        remedy: "check which variable holds latitudes and what its fill value is")
    }
    self.longitudes = longitudes
    self.latitudes = latitudes
    self.rows = rows
    self.columns = columns
    let mesh = CellMesh(
      longitudes: longitudes, latitudes: latitudes, rows: rows, columns: columns)
    guard mesh.quadCount > 0 else {
      throw GridError(
        attempt: attempt, reason: "no four neighbouring cells have a place",
        remedy: "check the fill values of longitude and latitude")
    }
    search = CellSearch(mesh)
    bounds = mesh.bounds()
    resolutionMetres = mesh.medianSide / radiansPerDegree * CRS.metresPerDegree
  }

  /// Two grids are equal when their cells are in the same places.
  public static func == (left: Curvilinear, right: Curvilinear) -> Bool {
    left.rows == right.rows && left.columns == right.columns
      && (left.search === right.search
        || (left.longitudes.map(\.bitPattern) == right.longitudes.map(\.bitPattern)
          && left.latitudes.map(\.bitPattern) == right.latitudes.map(\.bitPattern)))
  }

  /// Hashes the shape and a few places.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(rows)
    hasher.combine(columns)
    for place in stride(from: 0, to: longitudes.count, by: max(1, longitudes.count / 16)) {
      hasher.combine(longitudes[place].bitPattern)
      hasher.combine(latitudes[place].bitPattern)
    }
  }

  /// The fractional row and column of a place, or `nil` further than half a cell outside.
  func index(longitude: Double, latitude: Double) -> (row: Double, column: Double)? {
    var seeker = search.seeker()
    return seeker.find(UnitVector(longitude: longitude, latitude: latitude))
  }
}

extension Curvilinear {
  /// The mean direction of a block of cells in degrees, of those that have a place; NaN of none.
  ///
  /// A single cell stays exactly where it is.
  public func place(
    rows: Range<Int>, columns: Range<Int>
  ) -> (longitude: Double, latitude: Double) {
    if rows.count == 1, columns.count == 1 {
      let cell = rows.lowerBound * self.columns + columns.lowerBound
      return (longitudes[cell], latitudes[cell])
    }
    var sum = UnitVector(x: 0, y: 0, z: 0)
    for row in rows {
      for column in columns {
        let cell = row * self.columns + column
        guard longitudes[cell].isFinite, latitudes[cell].isFinite else { continue }
        let centre = UnitVector(longitude: longitudes[cell], latitude: latitudes[cell])
        (sum.x, sum.y, sum.z) = (sum.x + centre.x, sum.y + centre.y, sum.z + centre.z)
      }
    }
    return sum.dot(sum) > 0 ? sum.place : (.nan, .nan)
  }
}
