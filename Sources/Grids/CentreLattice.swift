/// The spacing of a curvilinear grid's cells, from the directions of their centres.
struct CentreLattice {
  let centres: [Double]
  let rows: Int
  let columns: Int

  /// How many columns at the end may repeat the first ones; none comes last, because two repeated
  /// columns also look like a next neighbour.
  private static let overlaps = [1, 2, 3, 4, 0]

  private func centre(_ row: Int, _ column: Int) -> UnitVector {
    let place = (row * columns + column) * 3
    return UnitVector(x: centres[place], y: centres[place + 1], z: centres[place + 2])
  }

  private func sample(_ count: Int, atMost limit: Int) -> StrideTo<Int> {
    stride(from: 0, to: count, by: max(1, count / limit))
  }

  /// The medians over cells of the smaller and of the larger side, in radians.
  func sides() -> (smaller: Double, larger: Double) {
    var (smaller, larger): ([Double], [Double]) = ([], [])
    for row in sample(rows - 1, atMost: 150) {
      for column in sample(columns - 1, atMost: 150) {
        let here = centre(row, column)
        let (along, across) = (
          here.chord(to: centre(row, column + 1)), here.chord(to: centre(row + 1, column))
        )
        guard along > 0, across > 0 else { continue }
        smaller.append(min(along, across))
        larger.append(max(along, across))
      }
    }
    guard !smaller.isEmpty else { return (0, 0) }
    smaller.sort()
    larger.sort()
    return (smaller[smaller.count / 2], larger[larger.count / 2])
  }

  /// The number of columns after which places repeat, when nine rows in ten agree on it.
  func period() -> Int? {
    for overlap in Self.overlaps where columns - overlap > 3 {
      var (seen, agreeing) = (0, 0)
      for row in sample(rows, atMost: 400) {
        let gap = centre(row, columns - max(overlap, 1)).chord(to: centre(row, 0))
        let spacing = centre(row, 0).chord(to: centre(row, 1))
        guard gap.isFinite, spacing.isFinite, spacing > 0 else { continue }
        seen += 1
        let closes = gap > 0.2 * spacing && gap < 1.5 * spacing
        if overlap == 0 ? closes : gap < 0.01 * spacing { agreeing += 1 }
      }
      if seen > 0, agreeing * 10 >= seen * 9 { return columns - overlap }
    }
    return nil
  }
}
