import CTerrain
import Testing

/// Where triangles are furthest off, against looking at every place of the lattice.
struct MeasureTests {
  private static let side = 40

  private struct Corner: Hashable {
    let column: Int
    let row: Int
  }

  /// Twice the area of a triangle.
  private func turn(_ a: Corner, _ b: Corner, _ c: Corner) -> Int {
    (b.column - a.column) * (c.row - a.row) - (b.row - a.row) * (c.column - a.column)
  }

  /// The largest distance in a triangle of the lattice from the plane through its corners, by its
  /// barycentric coordinates; `nil` without a place that is not on the border.
  private func furthest(_ corners: [Corner], _ height: (Corner) -> Float) -> Double? {
    let area = turn(corners[0], corners[1], corners[2])
    var furthest: Double?
    func inside(_ part: KeyPath<Corner, Int>) -> ClosedRange<Int> {
      let numbers = corners.map { $0[keyPath: part] }
      return (numbers.min() ?? 0)...(numbers.max() ?? 0)
    }
    for row in inside(\.row).clamped(to: 1...Self.side - 1) {
      for column in inside(\.column).clamped(to: 1...Self.side - 1) {
        let place = Corner(column: column, row: row)
        let shares = [
          turn(corners[1], corners[2], place), turn(corners[2], corners[0], place),
          turn(corners[0], corners[1], place),
        ]
        guard shares.allSatisfy({ $0 >= 0 }) else { continue }
        let plane = zip(shares, corners).reduce(0) {
          $0 + Double($1.0) * Double(height($1.1)) / Double(area)
        }
        furthest = max(furthest ?? 0, abs(Double(height(place)) - plane))
      }
    }
    return furthest
  }

  /// Small and large, wide and high, beside the border and slivers.
  @Test func measuresAsEveryPlaceDoes() {
    let width = Self.side + 1
    var chance = Chance(11)
    let heights = (0..<width * width).map { _ in Float(chance.next(below: 9000)) - 2000 }
    func height(_ corner: Corner) -> Float { heights[corner.row * width + corner.column] }
    var seen = (boxes: 0, rows: 0, none: 0)
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
      let columns = corners.map { Int32($0.column) }
      let rows = corners.map { Int32($0.row) }
      var (place, distance) = (Int32(-2), Float(-1))
      heights.withUnsafeBufferPointer { heights in
        let cornerHeights = corners.map(height)
        cornerHeights.withUnsafeBufferPointer { cornerHeights in
          var lattice = cterrain_lattice(
            heights: heights.baseAddress, stride: width, side: Int32(Self.side))
          let numbers: [Int32] = [0, 1, 2]
          numbers.withUnsafeBufferPointer { numbers in
            columns.withUnsafeBufferPointer { columns in
              rows.withUnsafeBufferPointer { rows in
                var mesh = cterrain_mesh(
                  corners: numbers.baseAddress, columns: columns.baseAddress,
                  rows: rows.baseAddress, heights: cornerHeights.baseAddress)
                cterrain_measure(&lattice, &mesh, [0], 1, &place, &distance)
              }
            }
          }
        }
      }
      guard let expected = furthest(corners, height), abs(area) > 1 else {
        // Half a cell has no places but its corners, which are not off.
        #expect(place == -1)
        seen.none += 1
        continue
      }
      #expect(abs(Double(distance) - expected) < 0.02, "\(corners)")
      let found = Corner(column: Int(place) % width, row: Int(place) / width)
      #expect((1..<Self.side).contains(found.column) && (1..<Self.side).contains(found.row))
      let isWide = (columns.max() ?? 0) - (columns.min() ?? 0) >= 16
      if isWide { seen.rows += 1 } else { seen.boxes += 1 }
    }
    #expect(seen.boxes > 300 && seen.rows > 300 && seen.none > 30, "\(seen)")
  }
}
