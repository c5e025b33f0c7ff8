extension TileMatrixSet {
  /// The coarsest level whose pixels are no larger than the grid's cells (within one per cent).
  ///
  /// Compared in the tiles' own units where it matters: a geographic grid's row nearest to the
  /// equator, or, for polar tiles, nearest to 60 degrees; the lower quartile over a sample of cells
  /// of any other grid, because maps stretch them differently.
  ///
  /// - Returns: 0 ... 24.
  public func finestZoom(for grid: Grid) -> Int {
    let side = cellSide(of: grid)
    return matrices.first { $0.cellSize <= side * 1.01 }?.z ?? matrices.count - 1
  }

  /// The smaller side of a typical cell of a grid, in units of the tiles' CRS.
  public func cellSide(of grid: Grid) -> Double {
    projectedCellSide(of: grid) ?? grid.resolutionMetres / crs.metresPerUnit
  }

  private func projectedCellSide(of grid: Grid) -> Double? {
    guard case .rectilinear(let x, let y) = grid.geometry else { return curvilinearSide(of: grid) }
    guard let projector = try? Projector(from: grid.crs, to: crs) else { return nil }
    guard grid.crs.isPlainLongitudeLatitude else {
      let shares = (0..<9).map { (Double($0) + 0.5) / 9 }
      let sides = shares.flatMap { down in
        shares.compactMap { across in
          side(
            atX: x.firstEdge + (x.lastEdge - x.firstEdge) * across,
            y: y.firstEdge + (y.lastEdge - y.firstEdge) * down, x, y, projector)
        }
      }.sorted()
      return sides.isEmpty ? nil : sides[sides.count / 4]
    }
    let wanted = self == .upsArctic ? 60.0 : self == .upsAntarctic ? -60 : 0
    let row = y.values.min { abs($0 - wanted) < abs($1 - wanted) } ?? 0
    // Not over a pole, where meridians meet.
    let clear = min(max(row, -85), 85)
    return side(atX: x.coordinate(at: Double(x.count - 1) / 2), y: clear, x, y, projector)
  }

  /// The smaller side of a cell around a place of the grid, in units of the tiles' CRS.
  private func side(
    atX column: Double, y row: Double, _ x: GridAxis, _ y: GridAxis, _ projector: Projector
  ) -> Double? {
    let (width, height) = (abs(x.step) / 2, abs(y.step) / 2)
    var xs = [column - width, column + width, column, column]
    var ys = [row, row, row - height, row + height]
    projector.transform(&xs, &ys)
    guard xs.allSatisfy(\.isFinite) else { return nil }
    let across = crs.isAngular ? unwrapped(xs[1] - xs[0], near: 0) : xs[1] - xs[0]
    let down = crs.isAngular ? unwrapped(xs[3] - xs[2], near: 0) : xs[3] - xs[2]
    let sides = [
      (across * across + (ys[1] - ys[0]) * (ys[1] - ys[0])).squareRoot(),
      (down * down + (ys[3] - ys[2]) * (ys[3] - ys[2])).squareRoot(),
    ]
    return sides.min().flatMap { $0 > 0 ? $0 : nil }
  }

  /// The median side of a curvilinear grid, at the latitude nearest to the equator on Mercator.
  private func curvilinearSide(of grid: Grid) -> Double {
    var side = grid.resolutionMetres / crs.metresPerUnit
    if self == .webMercatorQuad {
      let bounds = grid.geographicBounds
      let nearest = bounds.south > 0 ? bounds.south : min(bounds.north, 0)
      side /= max(cos(degrees: nearest), 0.05)
    }
    return side
  }

  /// The rectangle of tiles of a level around all those that touch a grid.
  ///
  /// A grid that crosses the antimeridian takes all columns; ``tiles(z:covering:)`` names the tiles
  /// one by one. Where rows and columns stay apart (geographic grids on geographic or Mercator
  /// tiles, grids in the tiles' own projection) each row and column has a pixel centre inside the
  /// grid; elsewhere tiles at the border may turn out to have none.
  ///
  /// - Returns: `nil` when no tile touches the grid or the level does not exist.
  /// - Throws: `GridError` when PROJ knows no way between the two reference systems.
  public func limits(z: Int, covering grid: Grid) throws(GridError) -> TileLimits? {
    if let locator = try separableLocator(for: grid) {
      guard let rows = locator.rows(z: z), let first = locator.columns(z: z).first,
        let last = locator.columns(z: z).last
      else { return nil }
      return TileLimits(
        minX: first.lowerBound, maxX: last.upperBound, minY: rows.lowerBound,
        maxY: rows.upperBound)
    }
    let found = try tiles(z: z, covering: grid)
    guard let first = found.first else { return nil }
    return found.reduce(TileLimits(minX: first.x, maxX: first.x, minY: first.y, maxY: first.y)) {
      TileLimits(
        minX: min($0.minX, $1.x), maxX: max($0.maxX, $1.x), minY: min($0.minY, $1.y),
        maxY: max($0.maxY, $1.y))
    }
  }

  /// The tiles of a level that touch a grid, row by row.
  ///
  /// The same precision as ``limits(z:covering:)``: never one too few.
  ///
  /// - Throws: `GridError` when PROJ knows no way between the two reference systems.
  public func tiles(z: Int, covering grid: Grid) throws(GridError) -> [TileAddress] {
    guard matrices.indices.contains(z) else { return [] }
    if let locator = try separableLocator(for: grid) {
      guard let rows = locator.rows(z: z) else { return [] }
      let columns = locator.columns(z: z).joined()
      return rows.flatMap { row in columns.map { TileAddress(z: z, x: $0, y: row) } }
    }
    let found: Set<TileAddress>
    switch grid.geometry {
    case .curvilinear(let cells):
      found = try CellFootprints(cells: cells, tiles: self).tiles(z: z)
    case .rectilinear(let x, let y):
      let locator = try MeshLocator(x: x, y: y, crs: grid.crs, tiles: self)
      found = try descend(to: z, locator: locator, crs: grid.crs)
    }
    return found.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
  }

  private func separableLocator(for grid: Grid) throws(GridError) -> SeparableLocator? {
    guard case .rectilinear(let x, let y) = grid.geometry else { return nil }
    return try SeparableLocator(x: x, y: y, crs: grid.crs, tiles: self)
  }

  /// Goes down level by level, keeping tiles that may touch the grid.
  private func descend(
    to z: Int, locator: MeshLocator, crs gridCRS: CRS
  ) throws(GridError) -> Set<TileAddress> {
    // Places all over the grid: each makes its tile count, so that a grid that slips between the
    // places looked at on a coarse tile is not lost.
    var (xs, ys): ([Double], [Double]) = ([], [])
    let samples = 33
    for place in 0..<samples * samples {
      let (row, column) = place.quotientAndRemainder(dividingBy: samples)
      let share = { (place: Int) in Double(place) / Double(samples - 1) }
      xs.append(locator.x.firstEdge + (locator.x.lastEdge - locator.x.firstEdge) * share(column))
      ys.append(locator.y.firstEdge + (locator.y.lastEdge - locator.y.firstEdge) * share(row))
    }
    try Projector(from: gridCRS, to: crs).transform(&xs, &ys)
    return try locator.pool.withProjector { projector, _ in
      var found: Set<TileAddress> = []
      for x in 0..<matrices[0].width {
        for y in 0..<matrices[0].height { found.insert(TileAddress(z: 0, x: x, y: y)) }
      }
      for level in 0...z {
        if level > 0 {
          let parents = found
          found = []
          for parent in parents {
            for child in 0..<4 {
              found.insert(
                TileAddress(
                  z: level, x: 2 * parent.x + child % 2, y: 2 * parent.y + child / 2))
            }
          }
        }
        let sampled: Set<TileAddress> = Set(
          zip(xs, ys).compactMap { tile(z: level, x: $0.0, y: $0.1) })
        found = found.filter { sampled.contains($0) || locator.mayTouch($0, projector) }
      }
      return found
    }
  }

  /// The tile around a place in the tiles' CRS.
  func tile(z: Int, x: Double, y: Double) -> TileAddress? {
    guard x.isFinite, y.isFinite, matrices.indices.contains(z) else { return nil }
    let side = cellSize(z: z) * Double(tileSize)
    let (column, row) = (
      ((x - origin.x) / side).rounded(.down), ((origin.y - y) / side).rounded(.down)
    )
    guard abs(column) < 1e9, abs(row) < 1e9 else { return nil }
    let address = TileAddress(z: z, x: Int(column), y: Int(row))
    return contains(address) ? address : nil
  }
}
