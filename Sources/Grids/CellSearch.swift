/// Finds the quad of a curvilinear grid around a place.
///
/// The sphere is cut into bins, squares on the six faces of a cube around it; each knows the quads
/// that may reach into it. An empty bin is outside the grid at once. Neighbouring places are found
/// by walking from one quad to the next, see ``Seeker``.
final class CellSearch: Sendable {
  let mesh: CellMesh
  /// Bins along one side of a face.
  private let side: Int
  /// First and one-past-last place in `members` by bin.
  private let ranges: [UInt32: Range<Int32>]
  /// Quads of all bins, bin after bin.
  private let members: [Int32]

  init(_ mesh: CellMesh) {
    self.mesh = mesh
    // Four cells to a bin's side: a quad then lies in few bins and a bin holds few quads.
    side = min(max(Int(2 / max(4 * mesh.medianSide, 1e-6)), 1), 16_384)
    var entries = [UInt64]()
    entries.reserveCapacity(mesh.quadCount * 2)
    for row in 0..<mesh.quadRows {
      for column in 0..<mesh.quadColumns {
        let place = row * mesh.quadColumns + column
        let traits = mesh.traits[place]
        guard traits.contains(.usable) else { continue }
        Self.forEachBin(of: mesh.corners(row, column), traits, side: side) { bin in
          entries.append(UInt64(bin) << 32 | UInt64(place))
        }
      }
    }
    entries.sort()
    var ranges = [UInt32: Range<Int32>]()
    var start = 0
    while start < entries.count {
      let bin = UInt32(truncatingIfNeeded: entries[start] >> 32)
      var end = start + 1
      while end < entries.count, entries[end] >> 32 == UInt64(bin) { end += 1 }
      ranges[bin] = Int32(start)..<Int32(end)
      start = end
    }
    self.ranges = ranges
    members = entries.map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
  }

  /// The quads that may hold a place.
  func candidates(at place: UnitVector) -> ArraySlice<Int32> {
    let (x, y, z) = (abs(place.x), abs(place.y), abs(place.z))
    let face = x >= y && x >= z ? 0 : y >= z ? 1 : 2
    guard let spot = Self.onFace(place, face) else { return [] }
    let key = Self.key(
      face: spot.face, Self.cell(spot.u, side), Self.cell(spot.v, side), side: side)
    guard let range = ranges[key] else { return [] }
    return members[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// A searcher with its own memory of where it was; one for each thread.
  func seeker() -> Seeker { Seeker(self) }

  private static func key(face: Int, _ u: Int, _ v: Int, side: Int) -> UInt32 {
    UInt32((face * side + v) * side + u)
  }

  private static func cell(_ share: Double, _ side: Int) -> Int {
    min(max(Int((share + 1) / 2 * Double(side)), 0), side - 1)
  }

  /// A direction seen on the plane of one pair of faces; `nil` when it is too far to the side.
  private static func onFace(
    _ place: UnitVector, _ axis: Int
  ) -> (face: Int, u: Double, v: Double)? {
    let (main, u, v) =
      switch axis {
      case 0: (place.x, place.y, place.z)
      case 1: (place.y, place.x, place.z)
      default: (place.z, place.x, place.y)
      }
    guard abs(main) > 0.1 else { return nil }
    return (axis * 2 + (main < 0 ? 1 : 0), u / abs(main), v / abs(main))
  }

  /// Calls `body` for each bin that the quad and its outer half cells reach, with some margin.
  private static func forEachBin(
    of quad: Quad, _ traits: QuadTraits, side: Int, _ body: (UInt32) -> Void
  ) {
    let corners = traits.outline.map { quad.direction($0, $1) }
    for axis in 0..<3 {
      let spots = corners.compactMap { onFace($0, axis) }
      guard let face = spots.first?.face, spots.count == 4,
        spots.allSatisfy({ $0.face == face })
      else { continue }
      var (lowU, highU) = (spots[0].u, spots[0].u)
      var (lowV, highV) = (spots[0].v, spots[0].v)
      for spot in spots {
        (lowU, highU) = (min(lowU, spot.u), max(highU, spot.u))
        (lowV, highV) = (min(lowV, spot.v), max(highV, spot.v))
      }
      // Sides of a quad are straight in the plane at the place looked for, not on this face.
      let margin = 0.05 * max(highU - lowU, highV - lowV) + 1e-9
      (lowU, highU, lowV, highV) = (lowU - margin, highU + margin, lowV - margin, highV + margin)
      guard lowU <= 1, highU >= -1, lowV <= 1, highV >= -1 else { continue }
      for v in cell(lowV, side)...cell(highV, side) {
        for u in cell(lowU, side)...cell(highU, side) {
          body(key(face: face, u, v, side: side))
        }
      }
    }
  }
}

/// Looks for one place after another, starting each time from where the last one was.
struct Seeker {
  private let search: CellSearch
  private var row = 0
  private var column = 0
  private var hasPlace = false

  /// Steps after which walking is given up.
  private static let longestWalk = 10

  init(_ search: CellSearch) { self.search = search }

  /// The fractional row and column of a place, or `nil` outside.
  mutating func find(_ place: UnitVector) -> (row: Double, column: Double)? {
    let plane = LocalPlane(at: place)
    if hasPlace, let found = walk(place, plane) { return found }
    let candidates = search.candidates(at: place)
    hasPlace = false
    guard let middle = candidates.dropFirst(candidates.count / 2).first else { return nil }
    (row, column) = split(middle)
    if let found = walk(place, plane) { return found }
    return scan(candidates, place, plane)
  }

  private func split(_ quad: Int32) -> (Int, Int) {
    Int(quad).quotientAndRemainder(dividingBy: search.mesh.quadColumns)
  }

  /// Goes from quad to quad towards the place; `nil` when that leads nowhere.
  private mutating func walk(
    _ place: UnitVector, _ plane: LocalPlane
  ) -> (row: Double, column: Double)? {
    let mesh = search.mesh
    for _ in 0..<Self.longestWalk {
      guard mesh.traits[row * mesh.quadColumns + column].contains(.usable) else { return nil }
      let (u, v) = mesh.corners(row, column).solve(place, plane)
      guard u.isFinite, v.isFinite else { return nil }
      if QuadTraits.isWithin((u, v)) {
        hasPlace = true
        return index(row, column, u, v)
      }
      let (down, right) = (v.rounded(.down), u.rounded(.down))
      guard abs(down) < 1e6, abs(right) < 1e6 else { return nil }
      let (nextRow, nextColumn) = (row + Int(down), column + Int(right))
      guard nextRow >= 0, nextRow < mesh.quadRows else { return nil }
      if mesh.closes {
        let turned = nextColumn % mesh.quadColumns
        column = turned < 0 ? turned + mesh.quadColumns : turned
      } else if nextColumn >= 0, nextColumn < mesh.quadColumns {
        column = nextColumn
      } else {
        return nil
      }
      row = nextRow
    }
    return nil
  }

  /// Tries all candidates: between the centres first, then the outer half cells.
  private mutating func scan(
    _ candidates: ArraySlice<Int32>, _ place: UnitVector, _ plane: LocalPlane
  ) -> (row: Double, column: Double)? {
    let mesh = search.mesh
    var outer: (row: Int, column: Int, u: Double, v: Double)?
    for candidate in candidates {
      let (quadRow, quadColumn) = split(candidate)
      let (u, v) = mesh.corners(quadRow, quadColumn).solve(place, plane)
      if QuadTraits.isWithin((u, v)) {
        (row, column, hasPlace) = (quadRow, quadColumn, true)
        return index(quadRow, quadColumn, u, v)
      }
      if outer == nil, mesh.traits[Int(candidate)].accepts((u, v)) {
        outer = (quadRow, quadColumn, u, v)
      }
    }
    guard let outer else { return nil }
    (row, column, hasPlace) = (outer.row, outer.column, true)
    return index(outer.row, outer.column, outer.u, outer.v)
  }

  private func index(
    _ row: Int, _ column: Int, _ u: Double, _ v: Double
  ) -> (row: Double, column: Double) {
    let along = Double(column) + u
    let turn = Double(search.mesh.period)
    guard search.mesh.closes else { return (Double(row) + v, along) }
    return (Double(row) + v, along < 0 ? along + turn : along >= turn ? along - turn : along)
  }
}
