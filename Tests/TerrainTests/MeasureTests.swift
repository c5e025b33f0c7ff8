import CTerrain
import Testing

/// Which triangles are too far off and where, against looking at every place of the lattice.
struct MeasureTests {
  private static let side = 100
  /// Of triangles with fewer rows all places are looked at.
  private static let fewRows = 40

  private struct Corner: Hashable {
    let column: Int
    let row: Int
  }

  /// Twice the area of a triangle.
  private func turn(_ a: Corner, _ b: Corner, _ c: Corner) -> Int {
    (b.column - a.column) * (c.row - a.row) - (b.row - a.row) * (c.column - a.column)
  }

  /// How far the plane through a triangle's corners is from the height at each of its places that is
  /// not on the border, by barycentric coordinates.
  private func distances(_ corners: [Corner], _ height: (Corner) -> Float) -> [Corner: Double] {
    let area = turn(corners[0], corners[1], corners[2])
    var distances: [Corner: Double] = [:]
    for row in rows(corners) {
      for column in inside(corners.map(\.column)) {
        let place = Corner(column: column, row: row)
        let shares = [
          turn(corners[1], corners[2], place), turn(corners[2], corners[0], place),
          turn(corners[0], corners[1], place),
        ]
        guard shares.allSatisfy({ $0 >= 0 }) else { continue }
        let plane = zip(shares, corners).reduce(0) {
          $0 + Double($1.0) * Double(height($1.1)) / Double(area)
        }
        distances[place] = abs(Double(height(place)) - plane)
      }
    }
    return distances
  }

  private func rows(_ corners: [Corner]) -> ClosedRange<Int> { inside(corners.map(\.row)) }

  private func inside(_ numbers: [Int]) -> ClosedRange<Int> {
    ((numbers.min() ?? 0)...(numbers.max() ?? 0)).clamped(to: 1...Self.side - 1)
  }

  /// Asks for a place of one triangle that is more than `allowed` off, among those that are open.
  private func measure(
    _ corners: [Corner], heights: [Float], allowed: Float, isOpen: (Corner) -> Bool = { _ in true }
  ) -> (place: Corner?, distance: Float) {
    let (width, stride) = (Self.side + 1, Self.side + 8)
    var open = [Float](repeating: .nan, count: stride * (Self.side + 2))
    for row in 1..<Self.side {
      for column in 1..<Self.side where isOpen(Corner(column: column, row: row)) {
        open[row * stride + column] = heights[row * width + column]
      }
    }
    let (columns, rows) = (corners.map { Int32($0.column) }, corners.map { Int32($0.row) })
    let cornerHeights = corners.map { heights[$0.row * width + $0.column] }
    let numbers: [Int32] = [0, 1, 2]
    var (place, distance) = (Int32(-2), Float(0))
    open.withUnsafeBufferPointer { open in
      cornerHeights.withUnsafeBufferPointer { cornerHeights in
        var lattice = cterrain_lattice(heights: open.baseAddress, stride: stride)
        numbers.withUnsafeBufferPointer { numbers in
          columns.withUnsafeBufferPointer { columns in
            rows.withUnsafeBufferPointer { rows in
              var mesh = cterrain_mesh(
                corners: numbers.baseAddress, columns: columns.baseAddress,
                rows: rows.baseAddress, heights: cornerHeights.baseAddress)
              cterrain_measure(&lattice, &mesh, allowed, [0], 1, &place, &distance)
            }
          }
        }
      }
    }
    #expect(place >= -1)
    let (row, column) = Int(place).quotientAndRemainder(dividingBy: Int(CTERRAIN_ROW))
    return (place < 0 ? nil : Corner(column: column, row: row), distance)
  }

  /// Small and large, wide and high, beside the border and slivers.
  @Test func findsWhatEveryPlaceShows() throws {
    let width = Self.side + 1
    var chance = Chance(11)
    let heights = (0..<width * width).map { _ in Float(chance.next(below: 9000)) - 2000 }
    var seen = (small: 0, large: 0, within: 0, none: 0)
    for _ in 0..<2000 {
      let reach = 1 + chance.next(below: Self.side)
      let (left, top) = (chance.next(below: width - reach), chance.next(below: width - reach))
      var corners = (0..<3).map { _ in
        Corner(
          column: min(Self.side, left + chance.next(below: reach + 1)),
          row: min(Self.side, top + chance.next(below: reach + 1)))
      }
      let area = turn(corners[0], corners[1], corners[2])
      guard area != 0 else { continue }
      if area < 0 { corners.swapAt(1, 2) }
      let distances = distances(corners) { heights[$0.row * width + $0.column] }
      // The rounding of single precision is not what this is about.
      guard let furthest = distances.values.max(), furthest > 1 else {
        #expect(measure(corners, heights: heights, allowed: 1).place == nil)
        seen.none += 1
        continue
      }
      #expect(measure(corners, heights: heights, allowed: Float(furthest + 0.02)).place == nil)
      seen.within += 1
      let allowed = (furthest - 0.02) * Double(chance.next(below: 5)) / 4
      let found = measure(corners, heights: heights, allowed: Float(allowed))
      let place = try #require(found.place)
      let expected = distances[place] ?? .nan
      #expect(expected > allowed - 0.001, "\(corners)")
      #expect(abs(Double(found.distance) - expected) < 0.02, "\(corners)")
      // Where it is closed, another place is found or none.
      let other = measure(corners, heights: heights, allowed: Float(allowed)) { $0 != place }
      #expect(other.place != place)
      if rows(corners).count < Self.fewRows {
        #expect(abs(expected - furthest) < 0.02, "\(corners)")
      }
      if rows(corners).count < Self.fewRows { seen.small += 1 } else { seen.large += 1 }
    }
    #expect(
      seen.small > 300 && seen.large > 300 && seen.within > 1000 && seen.none > 30, "\(seen)")
  }
}
