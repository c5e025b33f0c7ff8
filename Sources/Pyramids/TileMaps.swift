import Glibc
public import Grids
import Synchronization

/// The tiles of one tile matrix set that a grid touches, and where their pixels fall in it.
///
/// The maps that cost most (a projection or a search for each pixel) are kept for the next time
/// step, up to a bound.
public final class TileMaps: Sendable {
  /// The tile matrix set.
  public let tileMatrixSet: TileMatrixSet
  /// The zooms that may be asked for.
  public let zooms: ClosedRange<Int>
  private let cellSide: Double
  private let locator: TileLocator
  private let tiles: [[TileAddress]]
  private let kept = Mutex(Kept())
  /// How many bytes of maps are kept.
  private let keptBytes: Int

  private struct Kept {
    var maps: [TileAddress: TileIndexMap] = [:]
    var bytes = 0
  }

  /// Finds the tiles that a grid touches.
  ///
  /// - Throws: `GridError` where PROJ knows no way between grid and tiles.
  public init(
    grid: Grid, tileMatrixSet: TileMatrixSet, zooms: ClosedRange<Int>
  ) throws(GridError) {
    cellSide = tileMatrixSet.cellSide(of: grid)
    self.tileMatrixSet = tileMatrixSet
    self.zooms = zooms
    keptBytes = 256 << 20
    locator = try TileLocator(grid: grid, tileMatrixSet: tileMatrixSet)
    var tiles: [[TileAddress]] = []
    for z in zooms { tiles.append(try tileMatrixSet.tiles(z: z, covering: grid)) }
    self.tiles = tiles
  }

  /// Locates single tiles of any zoom, without a list of those that the grid touches.
  ///
  /// - Parameters:
  ///   - tileMatrixSet: whose tiles.
  ///   - grid: where they are to be found.
  ///   - keptBytes: how many bytes of maps to keep.
  /// - Throws: `GridError` where PROJ knows no way between grid and tiles.
  public init(
    unlisted tileMatrixSet: TileMatrixSet, of grid: Grid, keptBytes: Int
  ) throws(GridError) {
    self.keptBytes = keptBytes
    cellSide = tileMatrixSet.cellSide(of: grid)
    self.tileMatrixSet = tileMatrixSet
    zooms = 0...max(0, tileMatrixSet.matrices.count - 1)
    locator = try TileLocator(grid: grid, tileMatrixSet: tileMatrixSet)
    tiles = []
  }

  /// The tiles of a zoom that may show the grid, row by row; none where they were not listed.
  public func tiles(z: Int) -> [TileAddress] {
    tiles.indices.contains(z - zooms.lowerBound) ? tiles[z - zooms.lowerBound] : []
  }

  /// Which level of a field has cells about as large as the pixels of a zoom.
  ///
  /// One level for a whole zoom: tiles beside each other must not differ in sharpness.
  public func level(z: Int) -> Int {
    let ratio = tileMatrixSet.matrices[z].cellSize / cellSide
    guard ratio > 1, ratio.isFinite else { return 0 }
    return Int(log2(ratio).rounded())
  }

  /// Where the pixels of a tile fall.
  ///
  /// - Throws: `GridError` where PROJ cannot go on.
  public func map(_ tile: TileAddress) throws(GridError) -> TileIndexMap {
    if let map = kept.withLock({ $0.maps[tile] }) { return map }
    let map = try locator.indexMap(z: tile.z, x: tile.x, y: tile.y)
    if case .full(let columns, let rows) = map {
      let bytes = (columns.count + rows.count) * MemoryLayout<Float>.stride
      kept.withLock { kept in
        guard kept.bytes + bytes <= keptBytes else { return }
        if kept.maps.updateValue(map, forKey: tile) == nil { kept.bytes += bytes }
      }
    }
    return map
  }
}
