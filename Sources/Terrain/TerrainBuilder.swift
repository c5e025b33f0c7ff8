import Codecs
public import Cubes
import Grids
import JSON
public import Jobs
public import Multiscales
import Pyramids
public import Stores
import Synchronization

/// Makes the quantized-mesh tiles of one variable, field by field.
///
/// Each field has a tree of its own with its `layer.json`, so that a surface that changes in time is one
/// terrain for each time.
public final class TerrainBuilder: FieldProduct {
  /// Changes whenever the same input would give other tiles.
  private static let productVersion = 5
  /// Measured on the benchmark's 170 tiles of 25 m: packing takes 190 ms of 1 s at level 4, for 5.5 MB;
  /// level 6 takes 330 ms for 2 % fewer bytes, level 1 105 ms for 16 % more.
  private static let compressionLevel = 4
  /// After so many tiles a thread gives back what it read of levels in scratch files.
  private static let tilesBeforeLettingGo = 4

  /// What is to be made.
  public let plan: TerrainPlan
  private let locator: LatticeLocator
  private let maps: TileMaps
  private let folder: SiteFolder
  private let pool: WorkerPool
  private let memory: FieldMemory

  /// Prepares the terrain of a variable; `memory` says where a water mask finds room.
  ///
  /// - Throws: `GridError` where its grid cannot be placed on Earth.
  public init(
    plan: TerrainPlan, folder: SiteFolder, pool: WorkerPool, memory: FieldMemory
  ) throws {
    self.plan = plan
    self.memory = memory
    self.folder = folder
    self.pool = pool
    locator = try LatticeLocator(grid: plan.variable.grid)
    maps = try TileMaps(
      grid: plan.variable.grid, tileMatrixSet: .worldCRS84Quad, zooms: plan.maxZoom...plan.maxZoom)
  }

  /// The name of the unit of work that makes one field's terrain.
  public func unit(of field: FieldSelection) -> String {
    (["terrain", plan.dataset, plan.key] + plan.variable.labels(of: field)).joined(separator: "/")
  }

  /// Says from what and how the terrain of a field is made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    let text = "terrain \(Self.productVersion)\n" + plan.fingerprint(of: field, source: source)
    return sha256Hex(Array(text.utf8))
  }

  /// Makes the terrain of a field and puts it in place, all at once.
  ///
  /// A field without any value has none.
  ///
  /// - Throws: ``TerrainError`` where the heights cannot be written; `StoreError` where tiles cannot;
  ///   `GridError` where the grid cannot be placed on Earth.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    let prefix = plan.folder(field)
    guard let heights = try heights(of: levels) else {
      try folder.removeTree(prefix)
      return FieldResult(objects: [], summary: ["tiles": 0])
    }
    let mask = try water(field)
    let tree = try folder.stage(prefix)
    defer { tree.discard() }
    var tiles = [[TileAddress]](repeating: [], count: plan.maxZoom + 1)
    var errors = [Double](repeating: 0, count: plan.maxZoom + 1)
    var objects: [BuiltObject] = []
    for z in (0...plan.maxZoom).reversed() {
      errors[z] = plan.error(z: z, heights: heights)
      let sampler = HeightSampler(
        plan: plan, levels: levels, mask: mask, locator: locator, maps: maps)
      let zoom = TerrainZoom(
        sampler: sampler, poles: try sampler.poles(z: z), error: errors[z],
        step: HeightStep(error: errors[z], heights: heights))
      let made = try make(
        candidates(z: z, finer: z < plan.maxZoom ? tiles[z + 1] : []), zoom,
        // What has no value at the finest zoom is left out; above, tiles must have all parents.
        leavingOutEmpty: z == plan.maxZoom && z > 0, into: tree, levels: levels)
      tiles[z] = made.map(\.tile)
      objects += made.map {
        BuiltObject(key: prefix + "/" + $0.name, size: $0.size, sha256: $0.sha256)
      }
    }
    let layer = LayerDocument(plan: plan, field: field, tiles: tiles, errors: errors)
    let document = Array(layer.json.serialized(pretty: true).utf8)
    try tree.write(document, to: "layer.json")
    objects.append(
      BuiltObject(
        key: prefix + "/layer.json", size: document.count, sha256: sha256Hex(document)))
    try tree.publish()
    return FieldResult(
      objects: objects.sorted { $0.key < $1.key },
      summary: [
        "tiles": .integer(Int64(objects.count - 1)),
        "error": .number(errors.last ?? 0),
      ])
  }

  /// The field that the water mask comes from.
  private func water(_ field: FieldSelection) throws -> Levels? {
    guard case .values(_, let mask) = plan.options.water else { return nil }
    return try Levels(
      of: mask, field: plan.maskField(mask, for: field), memory: memory, pool: pool)
  }

  /// The range of the terrain's heights; `nil` where there is no value.
  private func heights(of levels: Levels) throws(TerrainError) -> ClosedRange<Double>? {
    let seen = levels.statistics
    guard seen.valid > 0 else { return nil }
    var ends = [Double(seen.minimum) * plan.scale, Double(seen.maximum) * plan.scale]
    ends.append(plan.missingHeight)
    let heights = (ends.min() ?? 0)...(ends.max() ?? 0)
    // Also false for infinities.
    guard -heights.lowerBound <= HeightStep.furthest, heights.upperBound <= HeightStep.furthest
    else { throw .notFinite(plan.variable.name) }
    let smallest = HeightStep.smallestError(heights: heights)
    if plan.options.error != nil, plan.error(z: plan.maxZoom, heights: heights) < smallest {
      throw .tooFine(
        plan.variable.name, heights: heights, smallest: smallest / plan.options.exaggeration)
    }
    return heights
  }

  /// The tiles to make of a zoom: at the finest those that may hold values, above them the parents of
  /// those that were made, at zoom 0 both, which clients take for granted.
  private func candidates(z: Int, finer: [TileAddress]) -> [TileAddress] {
    if z == 0 { return [TileAddress(z: 0, x: 0, y: 0), TileAddress(z: 0, x: 1, y: 0)] }
    if z == plan.maxZoom { return maps.tiles(z: z) }
    return Set(finer.map { TileAddress(z: z, x: $0.x / 2, y: $0.y / 2) })
      .sorted { ($0.y, $0.x) < ($1.y, $1.x) }
  }

  private struct MadeTile: Sendable {
    let tile: TileAddress
    let name: String
    let size: Int
    let sha256: String
  }

  private func make(
    _ tiles: [TileAddress], _ zoom: TerrainZoom, leavingOutEmpty: Bool, into tree: StagedTree,
    levels: Levels
  ) throws -> [MadeTile] {
    // Each thread has its memory once and takes tile after tile.
    let taken = Atomic(0)
    let made = try pool.map(min(pool.workers, tiles.count)) { _ in
      var heights = TileHeights()
      var surface = SurfaceMesh()
      let gzip = try GzipEncoder(level: Self.compressionLevel)
      var made: [(number: Int, tile: MadeTile)] = []
      while case let number = taken.add(1, ordering: .relaxed).oldValue, number < tiles.count {
        let tile = tiles[number]
        if number % Self.tilesBeforeLettingGo == 0 { levels.letGo() }
        let hasValues = try zoom.sampler.fill(&heights, tile: tile, poles: zoom.poles)
        guard hasValues || !leavingOutEmpty else { continue }
        let packed = try zoom.file(of: tile, heights, &surface).withUnsafeBytes(gzip.encode)
        let name = "\(tile.z)/\(tile.x)/\((1 << tile.z) - 1 - tile.y).terrain"
        try tree.write(packed, to: name)
        let file = MadeTile(tile: tile, name: name, size: packed.count, sha256: sha256Hex(packed))
        made.append((number, file))
      }
      return made
    }
    levels.letGo()
    return made.flatMap(\.self).sorted { $0.number < $1.number }.map(\.tile)
  }
}

/// How the tiles of one zoom are made.
private struct TerrainZoom {
  let sampler: HeightSampler
  let poles: HeightSampler.Poles
  let error: Double
  let step: HeightStep

  /// The file of a tile, not packed; `surface` lends its memory.
  func file(
    of tile: TileAddress, _ heights: TileHeights, _ surface: inout SurfaceMesh
  ) -> [UInt8] {
    surface.fit(heights, step: step, error: error)
    return QuantizedMeshFile(
      surface, heights: heights, ground: TileGround(tile), step: step,
      water: sampler.water(heights)
    ).bytes
  }
}
