#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Locates tiles whose pixel rows and columns stay rows and columns of the grid.
struct SeparableLocator: Sendable {
  /// How a tile's northing becomes the grid's.
  enum Vertical: Sendable {
    /// `scale * y + offset`.
    case affine(scale: Double, offset: Double)
    /// From Web Mercator to degrees of latitude.
    case latitude
    /// From degrees of latitude to Web Mercator.
    case northing
  }

  let tiles: TileMatrixSet
  let x: GridAxis
  let y: GridAxis
  /// The grid's x is `scale * x + offset` of the tile's.
  let horizontal: (scale: Double, offset: Double)
  let vertical: Vertical

  private static let radius = 6_378_137.0

  /// Finds out whether the two systems go together; `nil` when they do not.
  init?(x: GridAxis, y: GridAxis, crs: CRS, tiles: TileMatrixSet) throws(GridError) {
    self.tiles = tiles
    self.x = x
    self.y = y
    let (isGeographic, isMercator) = (
      tiles.crs.isPlainLongitudeLatitude, tiles == .webMercatorQuad
    )
    if crs.isPlainLongitudeLatitude, isGeographic || isMercator {
      horizontal = (isGeographic ? 1 : 1 / CRS.metresPerDegree, 0)
      vertical = isGeographic ? .affine(scale: 1, offset: 0) : .latitude
    } else if crs.epsg == 3857, isGeographic || isMercator {
      horizontal = (isGeographic ? CRS.metresPerDegree : 1, 0)
      vertical = isGeographic ? .northing : .affine(scale: 1, offset: 0)
    } else if let fit = try Self.affineFit(x: x, y: y, crs: crs, tiles: tiles) {
      horizontal = fit.horizontal
      vertical = .affine(scale: fit.vertical.scale, offset: fit.vertical.offset)
    } else {
      return nil
    }
  }

  private typealias Line = (scale: Double, offset: Double)

  /// Two straight lines from tile to grid coordinates, when nothing else is between the systems.
  ///
  /// Polar stereographic maps with one central meridian differ only by scale and origin (a conformal
  /// map of the ellipsoid with a given pole is unique up to those), whatever their true latitude.
  private static func affineFit(
    x: GridAxis, y: GridAxis, crs: CRS, tiles: TileMatrixSet
  ) throws(GridError) -> (horizontal: Line, vertical: Line)? {
    guard !crs.isAngular, !tiles.crs.isAngular else { return nil }
    if crs == tiles.crs { return ((1, 0), (1, 0)) }
    let side = 7
    let spots = (0..<side * side).map { place in
      (
        x.firstEdge + (x.lastEdge - x.firstEdge) * Double(place % side) / Double(side - 1),
        y.firstEdge + (y.lastEdge - y.firstEdge) * Double(place / side) / Double(side - 1)
      )
    }
    var (xs, ys) = (spots.map(\.0), spots.map(\.1))
    try Projector(from: crs, to: tiles.crs).transform(&xs, &ys)
    guard xs.allSatisfy(\.isFinite), let lastX = xs.last, let lastY = ys.last,
      let first = spots.first, let last = spots.last, lastX != xs[0], lastY != ys[0]
    else { return nil }
    let scaleX = (last.0 - first.0) / (lastX - xs[0])
    let scaleY = (last.1 - first.1) / (lastY - ys[0])
    let across: Line = (scaleX, first.0 - scaleX * xs[0])
    let down: Line = (scaleY, first.1 - scaleY * ys[0])
    for (place, spot) in spots.enumerated() {
      guard abs(across.scale * xs[place] + across.offset - spot.0) < 1e-4 * abs(x.step),
        abs(down.scale * ys[place] + down.offset - spot.1) < 1e-4 * abs(y.step)
      else { return nil }
    }
    return (across, down)
  }

  func indexMap(_ address: TileAddress) -> TileIndexMap {
    let cell = tiles.cellSize(z: address.z)
    let size = tiles.tileSize
    let left = tiles.origin.x + (Double(address.x * size) + 0.5) * cell
    let top = tiles.origin.y - (Double(address.y * size) + 0.5) * cell
    let columns = [Double](unsafeUninitializedCapacity: size) { buffer, count in
      for pixel in 0..<size {
        buffer.initializeElement(at: pixel, to: column(at: left + Double(pixel) * cell))
      }
      count = size
    }
    guard columns.contains(where: { !$0.isNaN }) else { return .outside }
    let rows = [Double](unsafeUninitializedCapacity: size) { buffer, count in
      fillRows(buffer, top: top, cell: cell)
      count = size
    }
    guard rows.contains(where: { !$0.isNaN }) else { return .outside }
    return .separable(columns: columns, rows: rows)
  }

  /// The column in which a place of the tiles' CRS lies.
  func column(at place: Double) -> Double {
    x.index(of: horizontal.scale * place + horizontal.offset)
  }

  /// The row in which a place of the tiles' CRS lies.
  func row(at place: Double) -> Double {
    switch vertical {
    case .affine(let scale, let offset): y.index(of: scale * place + offset)
    case .latitude: y.index(of: mercatorLatitude(place / Self.radius))
    case .northing: y.index(of: Self.radius * mercatorNorthing(place))
    }
  }

  private func fillRows(_ buffer: UnsafeMutableBufferPointer<Double>, top: Double, cell: Double) {
    switch vertical {
    case .affine, .northing:
      for pixel in buffer.indices {
        buffer.initializeElement(at: pixel, to: row(at: top - Double(pixel) * cell))
      }
    case .latitude:
      // Latitude is 2 atan(exp y) - 90 degrees (Snyder 7-4); exp is a geometric series over rows.
      var power = exp(top / Self.radius)
      let ratio = exp(-cell / Self.radius)
      for pixel in buffer.indices {
        let latitude = (2 * atan(power) - Double.pi / 2) / radiansPerDegree
        buffer.initializeElement(at: pixel, to: y.index(of: latitude))
        power *= ratio
      }
    }
  }

  /// The tile columns with a pixel centre inside the grid, as ranges that do not touch.
  func columns(z: Int) -> [ClosedRange<Int>] {
    guard tiles.matrices.indices.contains(z) else { return [] }
    let width = tiles.matrices[z].width
    if x.period != nil { return [0...width - 1] }
    let slack = GridAxis.tolerance * abs(x.step)
    var pieces: [ClosedRange<Int>] = []
    for turn in x.isLongitude ? [-720.0, -360, 0, 360, 720] : [0] {
      let edges = [x.lowerEdge - slack + turn, x.upperEdge + slack + turn].map {
        ($0 - horizontal.offset) / horizontal.scale - tiles.origin.x
      }
      if let piece = range(edges, z: z, count: width) { pieces.append(piece) }
    }
    pieces.sort { $0.lowerBound < $1.lowerBound }
    return pieces.reduce(into: []) { joined, piece in
      if let last = joined.last, piece.lowerBound <= last.upperBound + 1 {
        joined[joined.count - 1] = last.lowerBound...max(last.upperBound, piece.upperBound)
      } else {
        joined.append(piece)
      }
    }
  }

  /// The tile rows with a pixel centre inside the grid.
  func rows(z: Int) -> ClosedRange<Int>? {
    guard tiles.matrices.indices.contains(z) else { return nil }
    let slack = GridAxis.tolerance * abs(y.step)
    let edges = [y.lowerEdge - slack, y.upperEdge + slack].map { edge in
      switch vertical {
      case .affine(let scale, let offset): tiles.origin.y - (edge - offset) / scale
      case .latitude: tiles.origin.y - Self.radius * mercatorNorthing(edge)
      case .northing: tiles.origin.y - mercatorLatitude(edge / Self.radius)
      }
    }
    return range(edges, z: z, count: tiles.matrices[z].height)
  }

  /// The tiles that hold pixel centres between two distances from the origin, cut to the matrix.
  private func range(_ edges: [Double], z: Int, count: Int) -> ClosedRange<Int>? {
    let cell = tiles.cellSize(z: z)
    let pixels = Double(count * tiles.tileSize)
    let first = max(((edges.min() ?? 0) / cell - 0.5).rounded(.up), 0)
    let last = min(((edges.max() ?? 0) / cell - 0.5).rounded(.down), pixels - 1)
    guard first <= last else { return nil }
    return Int(first) / tiles.tileSize...Int(last) / tiles.tileSize
  }
}
