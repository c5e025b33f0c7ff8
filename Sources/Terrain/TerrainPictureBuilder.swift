public import Cubes
import Grids
import Images
import JSON
public import Jobs
public import Multiscales
import Pyramids
public import Stores

/// Makes Terrain-RGB pictures of one variable in Web Mercator, field by field: PNG tiles whose colours
/// are heights, which MapLibre and others make 3-D maps of.
///
/// The encoding is Mapbox's: height = -10000 m + 0.1 m · (65536 red + 256 green + blue). Heights are
/// those of the source in metres, without exaggeration, which such clients bring themselves.
public final class TerrainPictureBuilder: FieldProduct {
  /// Changes whenever the same input would give other tiles.
  private static let productVersion = 1
  private static let batchSize = 8
  private static let lowest = -10_000.0
  private static let step = 0.1

  /// What is to be made.
  public let plan: TerrainPlan
  private let maps: TileMaps
  private let folder: SiteFolder
  private let pool: WorkerPool

  /// Prepares the pictures of a variable.
  ///
  /// - Throws: `GridError` where its grid cannot be placed on Earth.
  public init(plan: TerrainPlan, folder: SiteFolder, pool: WorkerPool) throws {
    self.plan = plan
    self.folder = folder
    self.pool = pool
    let tiles = TileMatrixSet.webMercatorQuad
    let finest = plan.options.maxZoom ?? tiles.finestZoom(for: plan.variable.grid)
    maps = try TileMaps(
      grid: plan.variable.grid, tileMatrixSet: tiles,
      zooms: 0...min(finest, tiles.matrices.count - 1))
  }

  /// The zooms that are made.
  public var zooms: ClosedRange<Int> { maps.zooms }

  /// The name of the unit of work that makes one field's pictures.
  public func unit(of field: FieldSelection) -> String {
    (["terrain-rgb", plan.dataset, plan.key] + plan.variable.labels(of: field))
      .joined(separator: "/")
  }

  /// Says from what and how the pictures of a field are made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    let text = "terrain-rgb \(Self.productVersion)\n\(maps.zooms)\n"
    return sha256Hex(Array((text + plan.fingerprint(of: field, source: source)).utf8))
  }

  /// Makes the pictures of a field and puts them in place, all at once.
  ///
  /// - Throws: `StoreError` where tiles cannot be written; `GridError` or `ImageError` where they
  ///   cannot be made.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    let labels = plan.variable.labels(of: field)
    let prefix = (["datasets", plan.dataset, "terrain-rgb", maps.tileMatrixSet.id] + labels)
      .joined(separator: "/")
    guard levels.statistics.valid > 0 else {
      try folder.removeTree(prefix)
      return FieldResult(objects: [], summary: ["tiles": 0])
    }
    let tree = try folder.stage(prefix)
    defer { tree.discard() }
    let tiles = maps.zooms.flatMap { maps.tiles(z: $0) }
    let batches = (tiles.count + Self.batchSize - 1) / Self.batchSize
    let objects = try pool.map(batches) { batch in
      var maker = PictureMaker(levels: levels, maps: maps, plan: plan)
      let end = min(tiles.count, (batch + 1) * Self.batchSize)
      let made = try tiles[batch * Self.batchSize..<end].map { tile in
        let bytes = try maker.picture(tile)
        let name = "\(tile.z)/\(tile.y)/\(tile.x).png"
        try tree.write(bytes, to: name)
        return BuiltObject(
          key: prefix + "/" + name, size: bytes.count, sha256: sha256Hex(bytes))
      }
      levels.letGo()
      return made
    }.flatMap(\.self)
    try tree.publish()
    return FieldResult(
      objects: objects.sorted { $0.key < $1.key },
      summary: ["tiles": .integer(Int64(objects.count))])
  }

  /// Makes pictures one after the other with one set of buffers.
  private struct PictureMaker {
    private var sampler: TileSampler
    private let levels: Levels
    private let maps: TileMaps
    private let plan: TerrainPlan
    private var values = [Float](repeating: .nan, count: TileSampler.pixels)
    private var pixels = [UInt8](repeating: 255, count: 4 * TileSampler.pixels)

    init(levels: Levels, maps: TileMaps, plan: TerrainPlan) {
      self.levels = levels
      self.maps = maps
      self.plan = plan
      sampler = TileSampler(levels)
    }

    /// The PNG of a tile; where there is no value it has the height of missing ones, so that a map
    /// never asks in vain.
    mutating func picture(_ tile: TileAddress) throws -> [UInt8] {
      let map = try maps.map(tile)
      let shows = values.withUnsafeMutableBufferPointer { values in
        values.baseAddress.map {
          sampler.sample(map, level: maps.level(z: tile.z), interpolation: .bilinear, into: $0)
        } ?? false
      }
      for (place, value) in values.enumerated() {
        let height =
          shows && !value.isNaN ? Double(value) * plan.metresPerUnit : plan.options.missing
        let number = UInt32(
          min(
            max(
              ((height - TerrainPictureBuilder.lowest) / TerrainPictureBuilder.step).rounded(), 0),
            0xff_ffff))
        pixels[4 * place] = UInt8(number >> 16)
        pixels[4 * place + 1] = UInt8(number >> 8 & 255)
        pixels[4 * place + 2] = UInt8(number & 255)
      }
      return try PNG.encode(rgba: pixels, width: TileSampler.side, height: TileSampler.side)
    }
  }
}
