/// Writes a tile as quantized-mesh 1.0 (github.com/CesiumGS/quantized-mesh), not packed.
///
/// Numbers are little-endian. Positions go from 0 to 32,767 along the tile; the places of our lattice
/// are rounded to that, by at most 1/256 of a step.
struct QuantizedMeshFile {
  private(set) var bytes: [UInt8] = []

  /// Extensions of the format, by the numbers it gives them.
  enum Extension: UInt8 {
    case octVertexNormals = 1
    case waterMask = 2

    /// The name in `layer.json`.
    var name: String {
      switch self {
      case .octVertexNormals: "octvertexnormals"
      case .waterMask: "watermask"
      }
    }
  }

  /// Writes a mesh over a tile.
  ///
  /// - Parameters:
  ///   - mesh: the surface.
  ///   - heights: the heights that it stands for; slopes are taken from these.
  ///   - ground: where the tile lies.
  ///   - step: the step of the mesh's heights.
  ///   - water: the water mask: none, one byte for all, or 256 × 256 bytes from the north-west.
  init(
    _ mesh: borrowing SurfaceMesh, heights: TileHeights, ground: TileGround, step: HeightStep,
    water: [UInt8]?
  ) {
    let numbering = MeshNumbering(mesh.triangulation)
    let corners = (0..<mesh.triangulation.cornerCount).map { number in
      let corner = Int(numbering.corners[number])
      return Corner(
        column: mesh.triangulation.columns[corner], row: mesh.triangulation.rows[corner],
        steps: mesh.heights[corner])
    }
    let (low, high) = corners.reduce((Int32.max, Int32.min)) {
      (min($0.0, $1.steps), max($0.1, $1.steps))
    }
    let range = step.range(low: low, high: high)
    bytes.reserveCapacity(128 + 10 * corners.count + 4 * numbering.distances.count)
    let points = corners.map {
      ground.point(column: Int($0.column), row: Int($0.row), height: step.height($0.steps))
    }
    writeHeader(points, range)
    writeCorners(corners, low: low, numbersPerStep: range.numbersPerStep)
    writeTriangles(numbering.distances, corners)
    begin(.octVertexNormals, size: 2 * corners.count)
    write(
      corners.map {
        OctNormal(ground.normal(column: Int($0.column), row: Int($0.row), heights))
      })
    if let water {
      begin(.waterMask, size: water.count)
      bytes += water
    }
  }

  private struct Corner {
    let column: Int32
    let row: Int32
    let steps: Int32
  }

  private mutating func writeHeader(_ points: [Ellipsoid.Point], _ range: HeightStep.Range) {
    let sphere = Ellipsoid.sphere(around: points)
    write(sphere.centre)
    write(range.lowest.bitPattern)
    write(range.highest.bitPattern)
    write(sphere.centre)
    write(sphere.radius.bitPattern)
    write(Ellipsoid.horizonPoint(towards: sphere.centre, of: points))
  }

  /// Three lists of differences from corner to corner: eastward, northward, upward.
  private mutating func writeCorners(_ corners: [Corner], low: Int32, numbersPerStep: Int32) {
    write(UInt32(corners.count))
    writeDifferences(corners) { Int32(Self.position(Int($0.column))) }
    writeDifferences(corners) { Int32(Self.position(TileHeights.side - Int($0.row))) }
    writeDifferences(corners) { ($0.steps - low) * numbersPerStep }
  }

  /// The position of a column, or of a row counted from the south.
  static func position(_ place: Int) -> Int {
    (place * HeightStep.parts + TileHeights.side / 2) / TileHeights.side
  }

  private mutating func writeDifferences(_ corners: [Corner], _ value: (Corner) -> Int32) {
    var before: Int32 = 0
    write(
      corners.map { corner in
        let now = value(corner)
        defer { before = now }
        let difference = now - before
        // Small numbers of either sign become small numbers (zig-zag).
        return UInt16(truncatingIfNeeded: difference << 1 ^ difference >> 31).littleEndian
      })
  }

  private mutating func writeTriangles(
    _ distances: borrowing BareMemory<Int32>, _ corners: [Corner]
  ) {
    let isWide = corners.count > 65_536
    // Positions in the file are even anyway.
    if isWide, bytes.count % 4 != 0 { write(UInt16(0)) }
    write(UInt32(distances.count / 3))
    write(UnsafeBufferPointer(start: distances.start, count: distances.count), isWide: isWide)
    // From south to north or west to east.
    let side = Int32(TileHeights.side)
    var edges = [[Int32]](
      repeating: [Int32](repeating: -1, count: TileHeights.side + 1), count: 4)
    for (number, corner) in corners.enumerated() {
      let number = Int32(truncatingIfNeeded: number)
      if corner.column == 0 { edges[0][Int(side - corner.row)] = number }
      if corner.row == side { edges[1][Int(corner.column)] = number }
      if corner.column == side { edges[2][Int(side - corner.row)] = number }
      if corner.row == 0 { edges[3][Int(corner.column)] = number }
    }
    for edge in edges {
      let numbers = edge.filter { $0 >= 0 }
      write(UInt32(numbers.count))
      numbers.withUnsafeBufferPointer { write($0, isWide: isWide) }
    }
  }

  private mutating func begin(_ content: Extension, size: Int) {
    bytes.append(content.rawValue)
    write(UInt32(size))
  }

  private mutating func write(_ numbers: UnsafeBufferPointer<Int32>, isWide: Bool) {
    if isWide {
      write(numbers.map { UInt32(bitPattern: $0).littleEndian })
    } else {
      write(numbers.map { UInt16(truncatingIfNeeded: $0).littleEndian })
    }
  }

  /// Writes elements as they lie in memory.
  private mutating func write<Element: BitwiseCopyable>(_ list: [Element]) {
    list.withUnsafeBytes { bytes += $0 }
  }

  private mutating func write(_ point: Ellipsoid.Point) {
    for value in [point.x, point.y, point.z] { write(value.bitPattern) }
  }

  private mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
