/// Finds the tiles that the cells of a curvilinear grid touch, quad by quad.
struct CellFootprints {
  let cells: Curvilinear
  let tiles: TileMatrixSet

  func tiles(z: Int) throws(GridError) -> Set<TileAddress> {
    let mesh = cells.search.mesh
    let projector = try Projector(from: .geographic, to: tiles.crs)
    let turn = tiles.turn
    var found: Set<TileAddress> = []
    for row in 0..<mesh.quadRows {
      var outlines: [Quad] = []
      var (xs, ys): ([Double], [Double]) = ([], [])
      for column in 0..<mesh.quadColumns {
        let traits = mesh.traits[row * mesh.quadColumns + column]
        guard traits.contains(.usable) else { continue }
        let quad = mesh.corners(row, column)
        outlines.append(quad)
        for (u, v) in traits.outline {
          let place = quad.direction(u, v).place
          xs.append(place.longitude)
          // Web Mercator ends at this latitude; beyond it the tile row is the outermost anyway.
          ys.append(
            tiles == .webMercatorQuad
              ? min(max(place.latitude, -85.06), 85.06) : place.latitude)
        }
      }
      projector.transform(&xs, &ys)
      for (order, quad) in outlines.enumerated() {
        let places = order * 4..<order * 4 + 4
        let holdsPole = turn != nil && abs(quad.a.z) > 0.98 && Self.surroundsPole(quad)
        mark(
          xs: Array(xs[places]), ys: Array(ys[places]), z: z, turn: turn, holdsPole: holdsPole,
          into: &found)
      }
    }
    return found
  }

  private static func surroundsPole(_ quad: Quad) -> Bool {
    let pole = UnitVector(x: 0, y: 0, z: quad.a.z < 0 ? -1 : 1)
    let (u, v) = quad.solve(pole, LocalPlane(at: pole))
    return u >= -1 && u <= 2 && v >= -1 && v <= 2
  }

  /// Marks the tiles of the box around a quad.
  private func mark(
    xs: [Double], ys: [Double], z: Int, turn: Double?, holdsPole: Bool,
    into found: inout Set<TileAddress>
  ) {
    guard xs.allSatisfy(\.isFinite) else { return }
    let matrix = tiles.matrices[z]
    let side = matrix.cellSize * Double(tiles.tileSize)
    let across = xs.map { x in
      guard let turn, abs(x - xs[0]) > turn / 2 else { return x }
      return x + ((xs[0] - x) / turn).rounded() * turn
    }
    var (lowX, highX) = (across.reduce(.infinity, min), across.reduce(-.infinity, max))
    var (lowY, highY) = (ys.reduce(.infinity, min), ys.reduce(-.infinity, max))
    // The sides of a quad bulge between their ends on the map.
    let margin = 0.05 * max(highX - lowX, highY - lowY)
    (lowX, highX, lowY, highY) = (lowX - margin, highX + margin, lowY - margin, highY + margin)
    if holdsPole, let turn {
      (lowX, highX) = (tiles.origin.x, tiles.origin.x + turn)
      if lowY > 0 {
        highY = tiles.origin.y
      } else {
        lowY = tiles.origin.y - Double(matrix.height) * side
      }
    }
    let number = { (distance: Double) in Int((distance / side).rounded(.down)) }
    let firstRow = max(number(tiles.origin.y - highY), 0)
    let lastRow = min(number(tiles.origin.y - lowY), matrix.height - 1)
    guard firstRow <= lastRow else { return }
    let (firstColumn, lastColumn) = (number(lowX - tiles.origin.x), number(highX - tiles.origin.x))
    for column in firstColumn...max(firstColumn, min(lastColumn, firstColumn + matrix.width - 1)) {
      let inside =
        turn == nil ? column : ((column % matrix.width) + matrix.width) % matrix.width
      guard inside >= 0, inside < matrix.width else { continue }
      for row in firstRow...lastRow { found.insert(TileAddress(z: z, x: inside, y: row)) }
    }
  }
}
