/// Where the places of a lattice over a tile fall in a grid, in fractional cells from the first centre.
///
/// Both lists have ``LatticeLocator/width`` × ``LatticeLocator/width`` elements, row by row from the
/// north-west; a NaN in either is outside the grid. On a closed axis columns count as in ``TileIndexMap``.
public struct LatticeMap: Sendable {
  /// The columns of the places.
  public fileprivate(set) var columns: [Float]
  /// The rows of the places.
  public fileprivate(set) var rows: [Float]
}

/// Says where lattices over the tiles of ``TileMatrixSet/worldCRS84Quad`` fall in a grid.
///
/// The lattice of a tile has 257 × 257 places: the corners of its pixels, so that neighbours share
/// those of an edge. Around it lies one more row or column on each side, for slopes at the edge.
/// All places within one step of an edge are found exactly and from themselves alone, so that tiles
/// that share them agree to the last bit, also across the antimeridian; those further inside are
/// found as ``TileLocator`` finds pixels.
public struct LatticeLocator: Sendable {
  /// Steps of the lattice along a tile's side.
  public static let side = 256
  /// Places in a row of the lattice with those around it.
  public static let width = side + 3

  private enum Way: Sendable {
    case separable(SeparableLocator)
    case mesh(MeshLocator)
    case curvilinear(CurvilinearLocator)
  }

  private let way: Way
  private let tiles = TileMatrixSet.worldCRS84Quad

  /// Prepares to locate lattices in a grid.
  ///
  /// - Throws: `GridError` when PROJ knows no way between the grid and longitude and latitude.
  public init(grid: Grid) throws(GridError) {
    switch grid.geometry {
    case .curvilinear(let cells):
      way = .curvilinear(try CurvilinearLocator(cells: cells, tiles: tiles, anchor: .corner))
    case .rectilinear(let x, let y):
      if let locator = try SeparableLocator(x: x, y: y, crs: grid.crs, tiles: tiles) {
        way = .separable(locator)
      } else {
        way = .mesh(
          try MeshLocator(x: x, y: y, crs: grid.crs, tiles: tiles, anchor: .corner))
      }
    }
  }

  /// The longitude of a column of the lattice of the whole world, in -180 ..< 180 degrees.
  ///
  /// Column 0 is at 180° W; columns may go on round the globe.
  public static func longitude(column: Int, z: Int) -> Double {
    let count = 2 * side << z
    return -180 + Double((column % count + count) % count) * step(z: z)
  }

  /// The latitude of a row of the lattice of the whole world in degrees; beyond a pole, the pole.
  ///
  /// Row 0 is at 90° N.
  public static func latitude(row: Int, z: Int) -> Double {
    90 - Double(min(max(row, 0), side << z)) * step(z: z)
  }

  /// The step of the lattice of a zoom in degrees; exact.
  public static func step(z: Int) -> Double {
    Double(sign: .plus, exponent: -z, significand: 180 / Double(side))
  }

  /// Where the places over a tile fall; `nil` where none of them is in the grid.
  ///
  /// - Throws: `GridError` when PROJ cannot go on.
  public func map(_ address: TileAddress) throws(GridError) -> LatticeMap? {
    switch way {
    case .separable(let locator): separable(locator, address)
    case .mesh(let locator):
      try blended(address, inner: try locator.indexMap(address)) { xs, ys throws(GridError) in
        try locator.exactIndices(xs, ys, cell: Self.step(z: address.z))
      }
    case .curvilinear(let locator):
      try blended(address, inner: try locator.indexMap(address)) { xs, ys throws(GridError) in
        let places = zip(xs, ys).map { locator.cells.index(longitude: $0, latitude: $1) }
        return (places.map { $0?.column ?? .nan }, places.map { $0?.row ?? .nan })
      }
    }
  }

  /// Where some places on Earth fall in the grid.
  ///
  /// - Parameters:
  ///   - longitudes: degrees, in -180 ..< 180.
  ///   - latitudes: degrees, as many.
  /// - Returns: fractional columns and rows; NaN outside.
  /// - Throws: `GridError` when PROJ cannot go on.
  public func indices(
    longitudes: [Double], latitudes: [Double]
  ) throws(GridError) -> (columns: [Float], rows: [Float]) {
    let found: (columns: [Double], rows: [Double])
    switch way {
    case .separable(let locator):
      found = (longitudes.map(locator.column(at:)), latitudes.map(locator.row(at:)))
    case .mesh(let locator):
      found = try locator.exactIndices(longitudes, latitudes, cell: Self.step(z: 0))
    case .curvilinear(let locator):
      let places = zip(longitudes, latitudes).map {
        locator.cells.index(longitude: $0, latitude: $1)
      }
      found = (places.map { $0?.column ?? .nan }, places.map { $0?.row ?? .nan })
    }
    return (found.columns.map { Float($0) }, found.rows.map { Float($0) })
  }

  private func separable(_ locator: SeparableLocator, _ address: TileAddress) -> LatticeMap? {
    let (left, top) = (address.x * Self.side, address.y * Self.side)
    let columns = (-1...Self.side + 1).map {
      Float(locator.column(at: Self.longitude(column: left + $0, z: address.z)))
    }
    let rows = (-1...Self.side + 1).map {
      Float(locator.row(at: Self.latitude(row: top + $0, z: address.z)))
    }
    guard columns.contains(where: { !$0.isNaN }), rows.contains(where: { !$0.isNaN }) else {
      return nil
    }
    var map = LatticeMap(columns: [], rows: [])
    map.columns.reserveCapacity(Self.width * Self.width)
    map.rows.reserveCapacity(Self.width * Self.width)
    for row in rows {
      map.columns += columns
      map.rows += repeatElement(row, count: Self.width)
    }
    return map
  }

  /// Exact places near the edges around those that a locator of pixels finds.
  private func blended(
    _ address: TileAddress, inner: TileIndexMap,
    exact: ([Double], [Double]) throws(GridError) -> (columns: [Double], rows: [Double])
  ) throws(GridError) -> LatticeMap? {
    let (left, top) = (address.x * Self.side, address.y * Self.side)
    var (places, xs, ys): ([Int], [Double], [Double]) = ([], [], [])
    for row in -1...Self.side + 1 {
      let isNearEdge = row < 2 || row > Self.side - 2
      for column in -1...Self.side + 1
      where isNearEdge || column < 2 || column > Self.side - 2 {
        places.append((row + 1) * Self.width + column + 1)
        xs.append(Self.longitude(column: left + column, z: address.z))
        ys.append(Self.latitude(row: top + row, z: address.z))
      }
    }
    let near = try exact(xs, ys)
    var map = LatticeMap(
      columns: [Float](repeating: .nan, count: Self.width * Self.width), rows: [])
    map.rows = map.columns
    if case .full(let columns, let rows) = inner {
      for row in 2...Self.side - 2 {
        let (source, target) = (row * Self.side, (row + 1) * Self.width + 1)
        for column in 2...Self.side - 2 {
          map.columns[target + column] = columns[source + column]
          map.rows[target + column] = rows[source + column]
        }
      }
    } else if !near.columns.contains(where: { !$0.isNaN }) {
      return nil
    }
    for (order, place) in places.enumerated() {
      map.columns[place] = Float(near.columns[order])
      map.rows[place] = Float(near.rows[order])
    }
    return map
  }
}
