/// Locates tiles through PROJ, exactly on a control mesh and by interpolation between.
///
/// The mesh starts with cells of 64 pixels, each a biquadratic surface through nine places. A cell
/// where four further places are off by more than 0.02 pixels is cut in four, down to single pixels.
/// Jumps (the antimeridian of a projection, a pole) fail that test at every size, so pixels around
/// them are exact. The local derivatives turn errors of coordinates into pixels.
struct MeshLocator: Sendable {
  let tiles: TileMatrixSet
  let x: GridAxis
  let y: GridAxis
  /// Whether the grid's x is an angle, so that 360 is nothing.
  let isAngular: Bool
  let pool: ProjectorPool
  private let anchor: PixelAnchor

  init(
    x: GridAxis, y: GridAxis, crs: CRS, tiles: TileMatrixSet, anchor: PixelAnchor = .centre
  ) throws(GridError) {
    self.tiles = tiles
    self.anchor = anchor
    self.x = x
    self.y = y
    isAngular = crs.isAngular
    pool = try ProjectorPool(from: tiles.crs, to: crs)
  }

  func indexMap(_ address: TileAddress) throws(GridError) -> TileIndexMap {
    try pool.withProjector { projector, scratch in
      var canvas = MeshCanvas(locator: self, address: address, scratch: scratch)
      canvas.fill(projector)
      return canvas.touchesGrid
        ? .full(columns: canvas.columns, rows: canvas.rows) : .outside
    }
  }

  /// The place that stands for a pixel, in units of the tiles' CRS.
  func place(_ address: TileAddress, column: Double, row: Double) -> (x: Double, y: Double) {
    let shift = anchor.offset - 0.5
    return tiles.pixelCentre(address, column: column + shift, row: row + shift)
  }

  /// Drops places of the tile that only seem to fall into the grid.
  ///
  /// Far from where a projection is meant to be used its formulas may give wrong coordinates without
  /// an error (transverse Mercator a quarter of the globe from its meridian): they do not lead back
  /// to where they came from. Only places in or near the grid need the check.
  ///
  /// - Parameters:
  ///   - scratch: holds the coordinates in the grid's system.
  ///   - projector: how they came there.
  ///   - cell: how far from its origin a place may come back.
  ///   - origin: where the place of some order came from.
  func dropStrays(
    _ scratch: MeshScratch, _ projector: Projector, cell: Double,
    origin: (_ order: Int) -> (x: Double, y: Double)
  ) {
    guard !isAngular else { return }
    let (roomX, roomY) = (
      (x.upperEdge - x.lowerEdge) / 2, (y.upperEdge - y.lowerEdge) / 2
    )
    scratch.near.removeAll(keepingCapacity: true)
    scratch.backX.removeAll(keepingCapacity: true)
    scratch.backY.removeAll(keepingCapacity: true)
    for order in scratch.newX.indices {
      let (placeX, placeY) = (scratch.newX[order], scratch.newY[order])
      guard placeX > x.lowerEdge - roomX, placeX < x.upperEdge + roomX,
        placeY > y.lowerEdge - roomY, placeY < y.upperEdge + roomY
      else { continue }
      scratch.near.append(order)
      scratch.backX.append(placeX)
      scratch.backY.append(placeY)
    }
    projector.invert(&scratch.backX, &scratch.backY)
    for (back, order) in scratch.near.enumerated()
    where !comesBack((scratch.backX[back], scratch.backY[back]), to: origin(order), cell: cell) {
      scratch.newX[order] = .nan
      scratch.newY[order] = .nan
    }
  }

  /// Whether a place that was brought to the grid and back is where it was, to within a pixel.
  func comesBack(
    _ back: (x: Double, y: Double), to origin: (x: Double, y: Double), cell: Double
  ) -> Bool {
    // Longitudes may come back a turn away, and at a pole as any longitude.
    let turn = tiles.turn ?? .infinity
    var across = abs(back.x - origin.x)
    if across > turn / 2 { across = abs(across - turn) }
    let atPole = tiles.crs.isAngular && abs(origin.y) > 89.9
    return (across < cell || atPole) && abs(back.y - origin.y) < cell
  }

  /// Exactly where places fall in the grid.
  ///
  /// - Parameters:
  ///   - xs: in units of the tiles' CRS.
  ///   - ys: as many.
  ///   - cell: the size of the pixels that they stand for.
  /// - Returns: fractional columns and rows; NaN outside.
  /// - Throws: `GridError` when PROJ cannot go on.
  func exactIndices(
    _ xs: [Double], _ ys: [Double], cell: Double
  ) throws(GridError) -> (columns: [Double], rows: [Double]) {
    try pool.withProjector { projector, scratch in
      (scratch.newX, scratch.newY) = (xs, ys)
      projector.transform(&scratch.newX, &scratch.newY)
      dropStrays(scratch, projector, cell: cell) { (xs[$0], ys[$0]) }
      let columns = scratch.newX.map(x.index(of:))
      let rows = scratch.newY.map(y.index(of:))
      return (
        zip(columns, rows).map { $1.isNaN ? .nan : $0 },
        zip(columns, rows).map { $0.isNaN ? .nan : $1 }
      )
    }
  }

  /// Exactly where the pixels of a tile fall, without a mesh; for tests and measures.
  func exactIndexMap(
    _ address: TileAddress
  ) throws(GridError) -> (columns: [Double], rows: [Double]) {
    let size = tiles.tileSize
    let places = (0..<size * size).map {
      place(address, column: Double($0 % size), row: Double($0 / size))
    }
    return try exactIndices(places.map(\.x), places.map(\.y), cell: tiles.cellSize(z: address.z))
  }

  /// Whether a tile may touch the grid, looking at a coarse lattice of its places with some margin.
  func mayTouch(_ address: TileAddress, _ projector: Projector) -> Bool {
    let cells = 16
    let step = Double(tiles.tileSize) / Double(cells)
    var (xs, ys): ([Double], [Double]) = ([], [])
    for place in 0..<(cells + 1) * (cells + 1) {
      let (row, column) = place.quotientAndRemainder(dividingBy: cells + 1)
      let centre = tiles.pixelCentre(
        address, column: Double(column) * step - 0.5, row: Double(row) * step - 0.5)
      xs.append(centre.x)
      ys.append(centre.y)
    }
    projector.transform(&xs, &ys)
    for row in 0..<cells {
      for column in 0..<cells {
        let first = row * (cells + 1) + column
        let corners = [first, first + 1, first + cells + 1, first + cells + 2]
        let reached = corners.filter { !xs[$0].isNaN }
        guard let base = reached.first else { continue }
        if reached.count < 4 { return true }
        let across = corners.map { isAngular ? unwrapped(xs[$0], near: xs[base]) : xs[$0] }
        if mayTouch(xs: across, ys: corners.map { ys[$0] }) { return true }
      }
    }
    return false
  }

  private func mayTouch(xs: [Double], ys: [Double]) -> Bool {
    guard let lowX = xs.min(), let highX = xs.max(), let lowY = ys.min(), let highY = ys.max()
    else { return false }
    let marginX = 0.25 * (highX - lowX) + abs(x.step)
    let marginY = 0.25 * (highY - lowY) + abs(y.step)
    guard lowY - marginY <= y.upperEdge, highY + marginY >= y.lowerEdge else { return false }
    if isAngular {
      if x.period != nil || highX - lowX > 90 { return true }
      let width = highX - lowX + 2 * marginX
      var gap = (lowX - marginX - x.lowerEdge).truncatingRemainder(dividingBy: 360)
      if gap < 0 { gap += 360 }
      return gap <= x.upperEdge - x.lowerEdge || gap + width >= 360
    }
    return lowX - marginX <= x.upperEdge && highX + marginX >= x.lowerEdge
  }
}

/// The same angle in degrees in the turn nearest to another.
@inline(__always)
func unwrapped(_ angle: Double, near other: Double) -> Double {
  let difference = other - angle
  guard abs(difference) > 180 else { return angle }
  return angle + (difference / 360).rounded() * 360
}

extension TileMatrixSet {
  /// The place of a pixel's centre in units of the CRS.
  @inline(__always)
  func pixelCentre(_ address: TileAddress, column: Double, row: Double) -> (x: Double, y: Double) {
    let cell = cellSize(z: address.z)
    return (
      origin.x + (Double(address.x * tileSize) + column + 0.5) * cell,
      origin.y - (Double(address.y * tileSize) + row + 0.5) * cell
    )
  }
}
