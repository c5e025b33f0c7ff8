/// Where each pixel centre of one tile falls in a grid, in fractional cells from the first centre.
///
/// NaN is outside the grid. On a closed longitude axis (and a closed curvilinear grid) a column lies
/// in 0 ..< number of columns of one turn: above the last one, the neighbour to the right is
/// column 0.
public enum TileIndexMap: Sendable {
  /// A column for each of the 256 pixel columns, a row for each of the 256 pixel rows.
  case separable(columns: [Double], rows: [Double])
  /// A column and a row for each pixel, pixel row by pixel row, 256 × 256 of them.
  case full(columns: [Float], rows: [Float])
  /// No pixel of the tile is in the grid.
  case outside
}

/// Says where the pixels of tiles fall in a grid.
///
/// Three ways, chosen once: closed formulas where rows and columns of pixels stay rows and columns
/// of the grid; PROJ on a control mesh that is refined until it errs by less than 0.05 pixels; a
/// search among the cells of a curvilinear grid. All are thread-safe.
public struct TileLocator: Sendable {
  private enum Way: Sendable {
    case separable(SeparableLocator)
    case mesh(MeshLocator)
    case curvilinear(CurvilinearLocator)
  }

  private let way: Way

  /// Whether all tiles are located by closed formulas, row by row and column by column.
  public var isSeparable: Bool {
    if case .separable = way { true } else { false }
  }

  /// Prepares to locate tiles of one set in one grid.
  ///
  /// - Throws: `GridError` when PROJ knows no way between the two reference systems.
  public init(grid: Grid, tileMatrixSet: TileMatrixSet) throws(GridError) {
    switch grid.geometry {
    case .curvilinear(let cells):
      way = .curvilinear(try CurvilinearLocator(cells: cells, tiles: tileMatrixSet))
    case .rectilinear(let x, let y):
      if let locator = try SeparableLocator(x: x, y: y, crs: grid.crs, tiles: tileMatrixSet) {
        way = .separable(locator)
      } else {
        way = .mesh(try MeshLocator(x: x, y: y, crs: grid.crs, tiles: tileMatrixSet))
      }
    }
  }

  /// Where the pixels of one tile fall.
  ///
  /// - Throws: `GridError` when the address is not one of the set's, or PROJ cannot go on.
  public func indexMap(z: Int, x: Int, y: Int) throws(GridError) -> TileIndexMap {
    let tiles: TileMatrixSet
    switch way {
    case .separable(let locator): tiles = locator.tiles
    case .mesh(let locator): tiles = locator.tiles
    case .curvilinear(let locator): tiles = locator.tiles
    }
    let address = TileAddress(z: z, x: x, y: y)
    guard tiles.contains(address) else {
      throw GridError(
        attempt: "locate tile \(z)/\(x)/\(y) of \(tiles.id)", reason: "there is no such tile",
        remedy: "ask for levels 0 to 24 and rows and columns within the level")
    }
    switch way {
    case .separable(let locator): return locator.indexMap(address)
    case .mesh(let locator): return try locator.indexMap(address)
    case .curvilinear(let locator): return try locator.indexMap(address)
    }
  }
}

extension TileMatrixSet {
  /// Whether the set has that tile.
  public func contains(_ address: TileAddress) -> Bool {
    guard matrices.indices.contains(address.z) else { return false }
    let matrix = matrices[address.z]
    return address.x >= 0 && address.x < matrix.width && address.y >= 0
      && address.y < matrix.height
  }
}
