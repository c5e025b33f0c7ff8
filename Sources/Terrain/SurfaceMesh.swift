import CTerrain

/// A surface of few triangles that keeps within an error of the heights of a tile at every place of
/// its lattice.
///
/// Greedy insertion (Garland and Heckbert 1995): the triangle that is furthest off gets a corner where
/// it is; only triangles that change by this are looked at again. Corners on the edges of the tile
/// are those of ``EdgeLine`` and no others. Heights of corners are whole steps, and errors are those
/// of triangles through such heights.
struct SurfaceMesh {
  /// The places of corners and how they are joined.
  let triangulation: Triangulation
  /// The heights of corners, in steps.
  let heights: [Int32]

  /// Builds the surface.
  ///
  /// - Parameters:
  ///   - tile: the heights.
  ///   - step: the step of corners' heights.
  ///   - error: how far the surface may be off, in metres.
  init(_ tile: TileHeights, step: HeightStep, error: Double) {
    let triangulation = Self.frame(tile, step: step, error: error)
    var heights = (0..<triangulation.cornerCount).map { corner in
      step.count(
        tile[column: Int(triangulation.columns[corner]), row: Int(triangulation.rows[corner])])
    }
    tile.values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      let lattice = cterrain_lattice(
        heights: first + TileHeights.index(column: 0, row: 0), stride: TileHeights.width,
        side: Int32(TileHeights.side))
      var refinement = Refinement(
        lattice: lattice, step: step, error: Float(error), triangulation: triangulation,
        heights: heights)
      refinement.run()
      heights = refinement.heights
    }
    self.triangulation = triangulation
    self.heights = heights
  }

  /// The square with all corners on its border.
  private static func frame(
    _ tile: TileHeights, step: HeightStep, error: Double
  ) -> Triangulation {
    let side = TileHeights.side
    let frame = Triangulation(side: side)
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
        corner = frame.add(column: column, row: row, onBorderAfter: corner)
      }
    }
    return frame
  }
}

/// The loop that adds corners until no triangle is too far off.
private struct Refinement {
  let lattice: cterrain_lattice
  let step: HeightStep
  /// A little less than what is allowed, for the rounding of single precision.
  let allowed: Float
  let triangulation: Triangulation
  var heights: [Int32]
  private var metres: [Float]
  private var queue: TriangleQueue
  private var furthest: [Int32]
  private var changed: [Int32] = []

  init(
    lattice: cterrain_lattice, step: HeightStep, error: Float, triangulation: Triangulation,
    heights: [Int32]
  ) {
    self.lattice = lattice
    self.step = step
    self.allowed = error * 0.999
    self.triangulation = triangulation
    self.heights = heights
    metres = heights.map(step.height)
    // Each place of the lattice is a corner at most once, and each corner inside adds two triangles.
    let capacity = 2 * Int(lattice.side) * Int(lattice.side)
    queue = TriangleQueue(capacity: capacity)
    furthest = [Int32](repeating: -1, count: capacity)
  }

  mutating func run() {
    measureChanged()
    while let triangle = queue.removeFurthest() {
      let (row, column) = Int(furthest[triangle]).quotientAndRemainder(
        dividingBy: Int(lattice.side) + 1)
      let count = step.count(lattice.heights[row * lattice.stride + column])
      heights.append(count)
      metres.append(step.height(count))
      triangulation.add(column: column, row: row, in: triangle)
      measureChanged()
    }
  }

  /// Finds out how far changed triangles are off, and queues those that are too far.
  private mutating func measureChanged() {
    triangulation.takeChanged(into: &changed)
    for triangle in changed.lazy.map({ Int($0) }) {
      queue.remove(triangle)
      var distance: Float = 0
      var lattice = lattice
      let place = cterrain_furthest(
        &lattice, corner(3 * triangle), corner(3 * triangle + 1), corner(3 * triangle + 2),
        &distance)
      // A corner can seem off by the rounding of single precision alone.
      guard place >= 0, distance > allowed, !isCorner(place, of: triangle) else { continue }
      furthest[triangle] = place
      queue.insert(triangle, error: distance / allowed)
    }
  }

  private func isCorner(_ place: Int32, of triangle: Int) -> Bool {
    (3 * triangle..<3 * triangle + 3).contains { corner in
      let number = Int(triangulation.corners[corner])
      return triangulation.rows[number] * (lattice.side + 1) + triangulation.columns[number]
        == place
    }
  }

  private func corner(_ place: Int) -> cterrain_corner {
    let number = Int(triangulation.corners[place])
    return cterrain_corner(
      column: triangulation.columns[number], row: triangulation.rows[number],
      height: metres[number])
  }
}
