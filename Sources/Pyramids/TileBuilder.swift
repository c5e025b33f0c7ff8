public import Cubes
import Grids
import Images
import JSON
public import Jobs
public import Multiscales
public import Stores
import Synchronization

/// Makes the tiles of one variable, field by field.
///
/// All tiles of a field, in every style and tile matrix set, are made while it is in memory.
public final class TileBuilder: FieldProduct {
  /// Changes whenever the same input would give other tiles.
  private static let productVersion = 2
  /// Tiles made by one thread in one go, so that it can use its buffers again.
  private static let batchSize = 32

  /// What is to be made.
  public let plan: TilePlan
  private let maps: [TileMaps]
  private let folder: SiteFolder
  private let pool: WorkerPool
  private let uniformTiles: UniformTiles
  private let best = Mutex<Best?>(nil)
  private let commonFingerprint: String

  /// The field that shows most of those that were built, kept so that it need not be read again.
  private struct Best {
    let field: FieldSelection
    let rank: [Int]
    let thumbnail: Thumbnail
  }

  /// Prepares the tiles of a variable.
  ///
  /// - Throws: `GridError` where a tile matrix set cannot show the variable's grid.
  public init(
    plan: TilePlan, folder: SiteFolder, pool: WorkerPool
  ) throws {
    self.plan = plan
    self.folder = folder
    self.pool = pool
    maps = try plan.matrixSets.map {
      try TileMaps(
        grid: plan.variable.grid, tileMatrixSet: $0.tileMatrixSet, zooms: $0.zooms)
    }
    uniformTiles = UniformTiles()
    commonFingerprint = Self.fingerprint(of: plan)
  }

  /// The name of the unit of work that makes one field's tiles.
  public func unit(of field: FieldSelection) -> String {
    (["tiles", plan.dataset, plan.key] + plan.variable.labels(of: field)).joined(separator: "/")
  }

  /// Says from what and how the tiles of a field are made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    let own = "tiles \(Self.productVersion)\n\(plan.variable.labels(of: field))\n\(source)\n"
    return sha256Hex(Array((own + commonFingerprint).utf8))
  }

  /// What the tiles of all fields are made by.
  private static func fingerprint(of plan: TilePlan) -> String {
    let grid = plan.variable.grid
    var text = JSONValue.object(plan.variable.attributes).serialized() + "\n"
    text += "\(plan.variable.storedType)\n"
    text += "\(grid.crs.definition) \(grid.rows) \(grid.columns) \(grid.nativeBounds)\n"
    for style in plan.styles { text += "\(style)\n" }
    for set in plan.matrixSets { text += "\(set.tileMatrixSet.id) \(set.zooms)\n" }
    return text
  }

  /// Makes the tiles of a field and puts them in place.
  ///
  /// The tiles of each style and tile matrix set appear all at once.
  ///
  /// - Throws: `StoreError` where tiles cannot be written, `GridError` or `ImageError` where they
  ///   cannot be made.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    var objects: [BuiltObject] = []
    var layers: [BuiltTiles] = []
    for maps in maps {
      let made = try build(field, levels: levels, maps: maps)
      for (style, tiles) in zip(plan.styles, made) {
        layers.append(
          BuiltTiles(style: style.style.id, tileMatrixSet: maps.tileMatrixSet.id, tiles: tiles))
        objects += tiles.map(\.object)
      }
    }
    let summary = UnitSummary(
      statistics: levels.statistics, layers: layers,
      histogram: plan.styles.first.flatMap { ValueHistogram(levels, style: $0.style) })
    if summary.showsSomething { keepIfBest(field, levels) }
    return FieldResult(objects: objects.sorted { $0.key < $1.key }, summary: summary.json)
  }

  /// A small picture of a field, where it is the best one that was built: the one with the most
  /// values, of several the last.
  public func thumbnail(of field: FieldSelection) -> Thumbnail? {
    best.withLock { $0?.field == field ? $0?.thumbnail : nil }
  }

  private func keepIfBest(_ field: FieldSelection, _ levels: Levels) {
    let rank = [levels.statistics.valid, field.time ?? 0] + field.extras
    best.withLock { best in
      if let best, rank.lexicographicallyPrecedes(best.rank) { return }
      best = Best(
        field: field, rank: rank, thumbnail: Thumbnail(levels, of: plan.variable.grid))
    }
  }

  /// Makes the tiles of one tile matrix set; the result has one list for each style.
  private func build(
    _ field: FieldSelection, levels: Levels, maps: TileMaps
  ) throws -> [[WrittenTile]] {
    let prefixes = plan.styles.map {
      plan.folder(style: $0, tileMatrixSet: maps.tileMatrixSet, field: field)
    }
    let batches = batches(of: maps)
    var trees: [StagedTree] = []
    defer { for tree in trees { tree.discard() } }
    for prefix in prefixes { trees.append(try folder.stage(prefix)) }
    let staged = zip(prefixes, trees).map { StagedTiles(prefix: $0, tree: $1) }
    let written = try pool.map(batches.count) { index in
      var maker = try TileMaker(
        levels: levels, styles: plan.styles, trees: staged, uniformTiles: uniformTiles)
      for tile in batches[index] { try maker.make(tile, maps: maps) }
      levels.letGo()
      return maker.written
    }
    let tiles = plan.styles.indices.map { style in written.flatMap { $0[style] } }
    for (style, tree) in trees.enumerated() {
      if tiles[style].isEmpty {
        tree.discard()
        try folder.removeTree(prefixes[style])
      } else {
        try tree.publish()
      }
    }
    return tiles
  }

  /// The tiles that may show the grid, in groups that one thread makes in one go.
  private func batches(of maps: TileMaps) -> [[TileAddress]] {
    var batches: [[TileAddress]] = []
    for z in maps.zooms {
      let tiles = maps.tiles(z: z)
      for start in stride(from: 0, to: tiles.count, by: Self.batchSize) {
        batches.append(Array(tiles[start..<min(tiles.count, start + Self.batchSize)]))
      }
    }
    return batches
  }
}

/// A tile that was written.
struct WrittenTile: Sendable {
  let address: TileAddress
  let object: BuiltObject
}

/// Where the tiles of one style go.
struct StagedTiles: Sendable {
  let prefix: String
  let tree: StagedTree
}
