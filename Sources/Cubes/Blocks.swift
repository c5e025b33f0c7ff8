extension VariableReader {
  /// Cuts a window into blocks aligned to storage chunks; see `Variable.blocks`.
  func blocks(rows: Range<Int>, columns: Range<Int>) -> [GridBlock] {
    guard let part = parts.first, !rows.isEmpty, !columns.isEmpty else { return [] }
    // A chunk brings the cells of all fields that it holds.
    let depth = part.uses.reduce(1) { depth, use in
      switch use {
      case .time, .extra: depth * (part.chunkLength(use) ?? 1)
      case .single, .row, .column: depth
      }
    }
    let limit = max(1, Variable.blockCells / depth)
    let width: Int
    let height: Int
    if let chunkWidth = part.chunkLength(.column), let chunkHeight = part.chunkLength(.row) {
      // As many chunks side by side as fit, then as many rows of them: long rows read best.
      let across = max(1, min(Self.chunks(columns, chunkWidth), limit / (chunkWidth * chunkHeight)))
      width = across * chunkWidth
      let cellsOfRow = min(width, columns.count) * chunkHeight
      height = max(1, limit / max(1, cellsOfRow)) * chunkHeight
    } else {
      width = min(columns.count, limit)
      height = max(1, limit / width)
    }
    return Self.cuts(rows, height, aligned: part.array.chunkShape != nil).flatMap { rows in
      Self.cuts(columns, width, aligned: part.array.chunkShape != nil).map { columns in
        GridBlock(rows: rows, columns: columns)
      }
    }
  }

  /// How many chunks a range touches.
  private static func chunks(_ range: Range<Int>, _ length: Int) -> Int {
    (range.upperBound - 1) / length - range.lowerBound / length + 1
  }

  /// Pieces of a range; aligned ones end at multiples of the length.
  private static func cuts(_ range: Range<Int>, _ length: Int, aligned: Bool) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let end = aligned ? (start / length + 1) * length : start + length
      pieces.append(start..<min(end, range.upperBound))
      start = end
    }
    return pieces
  }
}
