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
  /// Heights at places that may become corners, NaN at all others, as the kernel wants them.
  private let open = BareMemory<Float>(count: stride * (TileHeights.side + 2))
  private static let stride = TileHeights.side + 8

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
    openPlaces(tile)
    // A little less than what is allowed, for the rounding of single precision.
    refine(step: step, allowed: Float(error) * 0.999)
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

  /// Lets all places inside the tile become corners.
  private func openPlaces(_ tile: TileHeights) {
    open.fill(.nan)
    tile.values.withUnsafeBufferPointer { values in
      for row in 1..<TileHeights.side {
        let first = TileHeights.index(column: 1, row: row)
        let inner = UnsafeBufferPointer(rebasing: values[first..<first + TileHeights.side - 1])
        guard let heights = inner.baseAddress else { return }
        (open.start + row * Self.stride + 1).update(from: heights, count: inner.count)
      }
    }
  }

  /// Adds corners until no triangle is too far off.
  private mutating func refine(step: HeightStep, allowed: Float) {
    measureChanged(allowed: allowed)
    while let bucket = queue.furthestBucket() {
      while let triangle = queue.removeFirst(of: bucket) {
        guard !triangulation.isChanged[triangle] else { continue }
        let (row, column) = Int(furthest[triangle]).quotientAndRemainder(
          dividingBy: Int(CTERRAIN_ROW))
        let place = row * Self.stride + column
        setHeight(of: triangulation.cornerCount, step.count(open[place]), step)
        open[place] = .nan
        triangulation.add(column: column, row: row, in: triangle)
      }
      measureChanged(allowed: allowed)
    }
  }

  /// Finds out how far changed triangles are off, and queues those that are too far.
  private mutating func measureChanged(allowed: Float) {
    var lattice = cterrain_lattice(heights: open.start, stride: Self.stride)
    var mesh = cterrain_mesh(
      corners: triangulation.corners.start, columns: triangulation.columns.start,
      rows: triangulation.rows.start, heights: metres.start)
    cterrain_measure(
      &lattice, &mesh, allowed, triangulation.changed.start, triangulation.changedCount,
      foundPlaces.start, foundDistances.start)
    for number in 0..<triangulation.changedCount {
      let triangle = Int(triangulation.changed[number])
      queue.remove(triangle)
      guard foundPlaces[number] >= 0 else { continue }
      furthest[triangle] = foundPlaces[number]
      queue.insert(triangle, error: foundDistances[number] / allowed)
    }
    triangulation.forgetChanged()
  }
}
