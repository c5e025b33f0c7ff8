import CTerrain

/// A surface of few triangles that keeps within an error of the heights of a tile at every place of
/// its lattice.
///
/// Greedy insertion (Garland and Heckbert 1995): the triangle that is furthest off gets a corner where
/// it is; only triangles that change by this are looked at again. Corners on the edges of the tile
/// are those of ``EdgeLine`` and no others. Heights of corners are whole steps, and errors are those
/// of triangles through such heights.
///
/// Its memory serves one tile after the other.
struct SurfaceMesh: ~Copyable {
  /// The places of corners and how they are joined.
  private(set) var triangulation = Triangulation(side: TileHeights.side)
  /// The heights of corners, in steps.
  let heights = BareMemory<Int32>(count: places)
  private let metres = BareMemory<Float>(count: places)
  private var queue = TriangleQueue(capacity: triangles)
  /// By triangle in the queue, the place where it is furthest off.
  private let furthest = BareMemory<Int32>(count: triangles)
  /// What was found out about the triangles that changed, in their order.
  private let foundPlaces = BareMemory<Int32>(count: triangles)
  private let foundDistances = BareMemory<Float>(count: triangles)

  // Each place of the lattice is a corner at most once, and each corner inside adds two triangles.
  private static let places = (TileHeights.side + 1) * (TileHeights.side + 1)
  private static let triangles = 2 * TileHeights.side * TileHeights.side

  /// Makes room for a surface.
  init() {}

  /// Fits the surface to heights.
  ///
  /// - Parameters:
  ///   - tile: the heights.
  ///   - step: the step of corners' heights.
  ///   - error: how far the surface may be off, in metres.
  mutating func fit(_ tile: TileHeights, step: HeightStep, error: Double) {
    startAnew(tile, step: step, error: error)
    tile.values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      let lattice = cterrain_lattice(
        heights: first + TileHeights.index(column: 0, row: 0), stride: TileHeights.width,
        side: Int32(TileHeights.side))
      // A little less than what is allowed, for the rounding of single precision.
      refine(lattice, step: step, allowed: Float(error) * 0.999)
    }
  }

  /// Makes the square with all corners on its border.
  private mutating func startAnew(_ tile: TileHeights, step: HeightStep, error: Double) {
    let side = TileHeights.side
    triangulation.startAnew()
    queue.removeAll()
    // The border goes round by the corners 0 to 3: north, east, south from the east, west from the
    // south. The line of an edge is always found from west to east or north to south.
    let edges: [(at: (Int) -> (column: Int, row: Int), isForward: Bool)] = [
      ({ ($0, 0) }, true), ({ (side, $0) }, true), ({ ($0, side) }, false), ({ (0, $0) }, false),
    ]
    for (start, edge) in edges.enumerated() {
      let line = (0...side).map { place in
        let (column, row) = edge.at(place)
        return tile[column: column, row: row]
      }
      let inner = EdgeLine.places(line, step: step, error: Float(error)).dropFirst().dropLast()
      var corner = start
      for place in edge.isForward ? Array(inner) : inner.reversed() {
        let (column, row) = edge.at(place)
        corner = triangulation.add(column: column, row: row, onBorderAfter: corner)
      }
    }
    for corner in 0..<triangulation.cornerCount {
      setHeight(
        of: corner,
        step.count(
          tile[column: Int(triangulation.columns[corner]), row: Int(triangulation.rows[corner])]),
        step)
    }
  }

  private func setHeight(of corner: Int, _ count: Int32, _ step: HeightStep) {
    heights[corner] = count
    metres[corner] = step.height(count)
  }

  /// Adds corners until no triangle is too far off.
  private mutating func refine(_ lattice: cterrain_lattice, step: HeightStep, allowed: Float) {
    measureChanged(lattice, allowed: allowed)
    while let bucket = queue.furthestBucket() {
      while let triangle = queue.removeFirst(of: bucket) {
        guard !triangulation.isChanged[triangle] else { continue }
        let (row, column) = Int(furthest[triangle]).quotientAndRemainder(
          dividingBy: TileHeights.side + 1)
        setHeight(
          of: triangulation.cornerCount,
          step.count(lattice.heights[row * lattice.stride + column]), step)
        triangulation.add(column: column, row: row, in: triangle)
      }
      measureChanged(lattice, allowed: allowed)
    }
  }

  /// Finds out how far changed triangles are off, and queues those that are too far.
  private mutating func measureChanged(_ lattice: cterrain_lattice, allowed: Float) {
    var lattice = lattice
    var mesh = cterrain_mesh(
      corners: triangulation.corners.start, columns: triangulation.columns.start,
      rows: triangulation.rows.start, heights: metres.start)
    cterrain_measure(
      &lattice, &mesh, allowed, triangulation.changed.start, triangulation.changedCount,
      foundPlaces.start, foundDistances.start)
    for number in 0..<triangulation.changedCount {
      let triangle = Int(triangulation.changed[number])
      queue.remove(triangle)
      let (place, distance) = (foundPlaces[number], foundDistances[number])
      // A corner can seem off by the rounding of single precision alone.
      guard place >= 0, !isCorner(place, of: triangle) else { continue }
      furthest[triangle] = place
      queue.insert(triangle, error: distance / allowed)
    }
    triangulation.forgetChanged()
  }

  private func isCorner(_ place: Int32, of triangle: Int) -> Bool {
    (3 * triangle..<3 * triangle + 3).contains { corner in
      let number = Int(triangulation.corners[corner])
      return triangulation.rows[number] * Int32(TileHeights.side + 1)
        + triangulation.columns[number] == place
    }
  }
}
