#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Locates tiles in a curvilinear grid by searching each pixel's cell.
struct CurvilinearLocator: Sendable {
  let tiles: TileMatrixSet
  let cells: Curvilinear
  /// From a polar tile's system to longitude and latitude; `nil` where closed formulas do.
  private let pool: ProjectorPool?
  private let anchor: PixelAnchor

  init(
    cells: Curvilinear, tiles: TileMatrixSet, anchor: PixelAnchor = .centre
  ) throws(GridError) {
    self.cells = cells
    self.tiles = tiles
    self.anchor = anchor
    let isClosed = tiles.crs.isPlainLongitudeLatitude || tiles == .webMercatorQuad
    pool = isClosed ? nil : try ProjectorPool(from: tiles.crs, to: .geographic)
  }

  func indexMap(_ address: TileAddress) throws(GridError) -> TileIndexMap {
    guard let pool else {
      let (meridians, parallels) = gridLines(address)
      return search { column, row in
        let (meridian, parallel) = (meridians[column], parallels[row])
        return UnitVector(
          x: parallel.cosine * meridian.cosine, y: parallel.cosine * meridian.sine,
          z: parallel.sine)
      }
    }
    let mesh = try pool.withProjector { projector, _ in directions(address, projector) }
    return search { mesh.direction(column: $0, row: $1) }
  }

  /// The place that stands for a pixel, in units of the tiles' CRS.
  private func place(
    _ address: TileAddress, column: Double, row: Double
  ) -> (x: Double, y: Double) {
    let shift = anchor.offset - 0.5
    return tiles.pixelCentre(address, column: column + shift, row: row + shift)
  }

  private typealias Angle = (cosine: Double, sine: Double)

  /// Cosines and sines of the longitudes of pixel columns and the latitudes of pixel rows.
  private func gridLines(_ address: TileAddress) -> (meridians: [Angle], parallels: [Angle]) {
    let isMercator = !tiles.crs.isPlainLongitudeLatitude
    let places = (0..<tiles.tileSize).map {
      place(address, column: Double($0), row: Double($0))
    }
    let angle = { (degrees: Double) -> Angle in
      (cos(degrees * radiansPerDegree), sin(degrees * radiansPerDegree))
    }
    return (
      places.map { angle(isMercator ? $0.x / CRS.metresPerDegree : $0.x) },
      places.map { angle(isMercator ? mercatorLatitude($0.y / 6_378_137) : $0.y) }
    )
  }

  /// Directions on a lattice that is dense enough to interpolate between.
  ///
  /// On a polar map directions bend over a length like the globe's radius, about 100 pixels at level
  /// 0: places `n` pixels apart leave an error of n² / 8 / 100 pixels, halved at each level.
  private func directions(_ address: TileAddress, _ projector: Projector) -> DirectionMesh {
    let step = address.z < 2 ? 4 : address.z < 5 ? 8 : 16
    let side = tiles.tileSize / step + 1
    var (xs, ys): ([Double], [Double]) = ([], [])
    for place in 0..<side * side {
      let centre = self.place(
        address, column: Double(place % side * step), row: Double(place / side * step))
      xs.append(centre.x)
      ys.append(centre.y)
    }
    projector.transform(&xs, &ys)
    return DirectionMesh(
      step: step, side: side,
      directions: zip(xs, ys).map { UnitVector(longitude: $0, latitude: $1) })
  }

  /// Searches all pixels, back and forth so that neighbours follow each other.
  private func search(_ direction: (_ column: Int, _ row: Int) -> UnitVector) -> TileIndexMap {
    let size = tiles.tileSize
    var columns = [Float](repeating: .nan, count: size * size)
    var rows = columns
    var seeker = cells.search.seeker()
    var touches = false
    for row in 0..<size {
      for turn in 0..<size {
        let column = row % 2 == 0 ? turn : size - 1 - turn
        let place = direction(column, row)
        guard place.z.isFinite, let found = seeker.find(place) else { continue }
        columns[row * size + column] = Float(found.column)
        rows[row * size + column] = Float(found.row)
        touches = true
      }
    }
    return touches ? .full(columns: columns, rows: rows) : .outside
  }
}

/// Directions on a regular lattice of pixels, interpolated between.
private struct DirectionMesh {
  let step: Int
  let side: Int
  let directions: [UnitVector]

  func direction(column: Int, row: Int) -> UnitVector {
    let (left, right) = column.quotientAndRemainder(dividingBy: step)
    let (top, down) = row.quotientAndRemainder(dividingBy: step)
    let first = top * side + left
    let quad = Quad(
      a: directions[first], b: directions[first + 1], c: directions[first + side],
      d: directions[first + side + 1])
    return quad.direction(Double(right) / Double(step), Double(down) / Double(step))
  }
}
