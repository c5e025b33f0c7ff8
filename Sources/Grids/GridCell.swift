extension Grid {
  /// How many columns make one turn around the globe; `nil` where the grid does not close.
  ///
  /// Columns from there on repeat the first ones.
  public var turn: Int? {
    switch geometry {
    case .rectilinear(let x, _): x.period == nil ? nil : x.periodCount
    case .curvilinear(let cells): cells.periodCount
    }
  }

  /// The cell that holds a place; `nil` outside the grid.
  public func cell(longitude: Double, latitude: Double) -> (row: Int, column: Int)? {
    guard let place = index(longitude: longitude, latitude: latitude) else { return nil }
    let row = min(max(Int(place.row.rounded()), 0), rows - 1)
    let column = max(Int(place.column.rounded()), 0)
    guard let turn else { return (row, min(column, columns - 1)) }
    return (row, column % turn)
  }
}
