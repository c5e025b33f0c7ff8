import Glibc
import Grids
import Synchronization

/// The tiles of one tile matrix set that a grid touches, and where their pixels fall in it.
///
/// The maps that cost most (a projection or a search for each pixel) are kept for the next time
/// step, up to a bound.
final class TileMaps: Sendable {
  let tileMatrixSet: TileMatrixSet
  let zooms: ClosedRange<Int>
  private let grid: Grid
  private let locator: TileLocator
  private let kept = Mutex(Kept())
  private static let keptBytes = 256 << 20

  private struct Tile: Hashable {
    let z: Int
    let x: Int
    let y: Int
  }
  private struct Kept {
    var maps: [Tile: TileIndexMap] = [:]
    var bytes = 0
  }

  init(grid: Grid, tileMatrixSet: TileMatrixSet, zooms: ClosedRange<Int>) throws(GridError) {
    self.grid = grid
    self.tileMatrixSet = tileMatrixSet
    self.zooms = zooms
    locator = try TileLocator(grid: grid, tileMatrixSet: tileMatrixSet)
  }

  /// The tiles of a zoom that may show the grid.
  func candidates(z: Int) throws(GridError) -> TileLimits? {
    try tileMatrixSet.limits(z: z, covering: grid)
  }

  /// Which level of a field has cells about as large as the pixels of a zoom.
  ///
  /// One level for a whole zoom: tiles beside each other must not differ in sharpness.
  func level(z: Int) -> Int {
    let ratio =
      tileMatrixSet.matrices[z].cellSize * tileMatrixSet.crs.metresPerUnit / grid.resolutionMetres
    guard ratio > 1, ratio.isFinite else { return 0 }
    return Int(log2(ratio).rounded())
  }

  func map(z: Int, x: Int, y: Int) throws(GridError) -> TileIndexMap {
    let tile = Tile(z: z, x: x, y: y)
    if let map = kept.withLock({ $0.maps[tile] }) { return map }
    let map = try locator.indexMap(z: z, x: x, y: y)
    if case .full(let columns, let rows) = map {
      let bytes = (columns.count + rows.count) * MemoryLayout<Float>.stride
      kept.withLock { kept in
        guard kept.bytes + bytes <= Self.keptBytes else { return }
        if kept.maps.updateValue(map, forKey: tile) == nil { kept.bytes += bytes }
      }
    }
    return map
  }
}
