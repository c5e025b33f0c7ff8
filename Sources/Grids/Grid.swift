/// The cells on which a variable lies: where each row and column is on Earth.
///
/// Rows and columns are in the order in which they are stored; a grid may go north or south.
public struct Grid: Sendable, Hashable {
  /// How the cells are laid out.
  public enum Geometry: Sendable, Hashable {
    /// Columns at x, rows at y, in the coordinates of the grid's CRS.
    case rectilinear(x: GridAxis, y: GridAxis)
    /// Each cell with its own longitude and latitude.
    case curvilinear(Curvilinear)
  }

  /// How the cells are laid out.
  public let geometry: Geometry
  /// The system of the grid's coordinates; longitude and latitude for a curvilinear grid.
  public let crs: CRS
  /// How many columns (along x) there are.
  public let columns: Int
  /// How many rows (along y) there are.
  public let rows: Int
  /// The box of longitudes and latitudes around the cells' edges, cut at the poles.
  public let geographicBounds: GeographicBounds
  /// The smaller side of a cell in metres on the ground.
  ///
  /// On a geographic grid that of the row nearest to the equator, else that of the middle cell; on
  /// a curvilinear grid the median over a sample of cells.
  public let resolutionMetres: Double

  /// Makes a rectilinear grid.
  ///
  /// - Parameters:
  ///   - x: Longitudes or eastings in the units of `crs`.
  ///   - y: Latitudes or northings in the units of `crs`.
  ///   - crs: The system of the coordinates.
  /// - Throws: `GridError` when latitudes lie beyond the poles by more than half a cell, or when
  ///   no part of the grid can be placed on Earth.
  public init(x: GridAxis, y: GridAxis, crs: CRS = .geographic) throws(GridError) {
    if crs.isAngular {
      let beyond = max(abs(y.values[0]), abs(y.values[y.count - 1]))
      guard beyond <= 90 + 0.5 * abs(y.step) else {
        throw GridError(
          attempt: "make a grid of \(x.count) × \(y.count) cells",
          reason: "a latitude is \(beyond) degrees",
          remedy: "check which axis holds latitudes and whether a grid mapping is missing")
      }
    }
    geometry = .rectilinear(x: x, y: y)
    self.crs = crs
    columns = x.count
    rows = y.count
    if crs.isPlainLongitudeLatitude {
      let closed = x.period != nil
      geographicBounds = GeographicBounds(
        west: closed ? -180 : x.lowerEdge, south: y.lowerEdge,
        east: closed ? 180 : x.upperEdge, north: y.upperEdge)
      let nearest = y.values.map(abs).reduce(90, min)
      let width = abs(x.step) * max(cos(degrees: nearest), 0.01)
      resolutionMetres = min(width, abs(y.step)) * CRS.metresPerDegree
    } else {
      let survey = try GroundSurvey(x: x, y: y, crs: crs)
      geographicBounds = survey.bounds
      resolutionMetres = survey.resolutionMetres
    }
  }

  /// Makes a curvilinear grid.
  public init(_ curvilinear: Curvilinear) {
    geometry = .curvilinear(curvilinear)
    crs = .geographic
    columns = curvilinear.columns
    rows = curvilinear.rows
    geographicBounds = curvilinear.bounds
    resolutionMetres = curvilinear.resolutionMetres
  }

  /// The edges of the grid in the units of its CRS.
  ///
  /// For a curvilinear grid, those of ``geographicBounds``.
  public var nativeBounds: (minX: Double, minY: Double, maxX: Double, maxY: Double) {
    switch geometry {
    case .rectilinear(let x, let y):
      (x.lowerEdge, y.lowerEdge, x.upperEdge, y.upperEdge)
    case .curvilinear:
      (
        geographicBounds.west, geographicBounds.south, geographicBounds.east,
        geographicBounds.north
      )
    }
  }

  /// The place of a cell's centre in degrees; NaN where it cannot be placed on Earth.
  ///
  /// On a grid that is neither geographic nor curvilinear this prepares a transformation on every
  /// call: use ``cellCentres(rows:columns:)`` for many cells.
  public func cellCentre(row: Int, column: Int) -> (longitude: Double, latitude: Double) {
    let places = cellCentres(rows: row..<row + 1, columns: column..<column + 1)
    return (places.longitudes.first ?? .nan, places.latitudes.first ?? .nan)
  }

  /// The places of the centres of a block of cells in degrees, row by row.
  ///
  /// Longitudes are in -180 ..< 180. A cell that does not exist or cannot be placed is NaN.
  public func cellCentres(
    rows: Range<Int>, columns: Range<Int>
  ) -> (longitudes: [Double], latitudes: [Double]) {
    var (xs, ys): ([Double], [Double]) = ([], [])
    xs.reserveCapacity(rows.count * columns.count)
    ys.reserveCapacity(rows.count * columns.count)
    let exists = { (row: Int, column: Int) in
      row >= 0 && row < self.rows && column >= 0 && column < self.columns
    }
    for row in rows {
      for column in columns {
        guard exists(row, column) else {
          xs.append(.nan)
          ys.append(.nan)
          continue
        }
        switch geometry {
        case .rectilinear(let x, let y):
          xs.append(x.values[column])
          ys.append(y.values[row])
        case .curvilinear(let cells):
          xs.append(cells.longitudes[row * self.columns + column])
          ys.append(cells.latitudes[row * self.columns + column])
        }
      }
    }
    if !crs.isPlainLongitudeLatitude {
      if let projector = try? Projector(from: crs, to: .geographic) {
        projector.transform(&xs, &ys)
      } else {
        xs = xs.map { _ in .nan }
        ys = ys.map { _ in .nan }
      }
    }
    return (xs.map(normalisedLongitude), ys)
  }

  /// The cell around a place, as fractional row and column, or `nil` outside the grid.
  ///
  /// Whole numbers are cell centres. On a closed axis the column may lie between the last column
  /// and the first, see ``GridAxis/index(of:)``. A projected grid prepares a transformation on
  /// every call.
  public func index(longitude: Double, latitude: Double) -> (row: Double, column: Double)? {
    guard longitude.isFinite, latitude.isFinite, abs(latitude) <= 90 else { return nil }
    switch geometry {
    case .curvilinear(let cells):
      return cells.index(longitude: longitude, latitude: latitude)
    case .rectilinear(let x, let y):
      var place = (x: longitude, y: latitude)
      if !crs.isPlainLongitudeLatitude {
        guard let projector = try? Projector(from: .geographic, to: crs),
          let moved = projector.transform(x: longitude, y: latitude)
        else { return nil }
        place = moved
      }
      let (row, column) = (y.index(of: place.y), x.index(of: place.x))
      return row.isNaN || column.isNaN ? nil : (row, column)
    }
  }

  /// The area of a cell by row, relative to one at the equator.
  ///
  /// The cosine of the latitude where coordinates are angles (rotated poles included), 1 for
  /// projected and curvilinear grids. Of a row whose cells reach beyond a pole, such as one with its
  /// centre there, only the part this side of it counts; it is never 0, since the row has values.
  public func rowAreaWeights() -> [Float] {
    guard case .rectilinear(_, let y) = geometry, crs.isAngular else {
      return Array(repeating: 1, count: rows)
    }
    return y.values.indices.map { row in
      Float(zoneWeight(at: y.values[row], between: y.edge(row), and: y.edge(row + 1)))
    }
  }
}
