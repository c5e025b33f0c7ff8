public import Cubes
import Images
import JSON
public import Jobs
public import Multiscales
import Recipes
public import Stores

/// Makes the tiles of a layer of the 4D viewer, field by field.
///
/// Tiles of a `heatmap` or `heightmap` are pictures of one field. A volume holds all fields of a time:
/// their planes are kept in the site's private folder until ``seal(_:)`` puts them together.
public final class ViewerLayerBuilder: FieldProduct {
  /// Changes whenever the same input would give other tiles.
  private static let productVersion = 1
  /// The folder of planes within a site's folder; empty after a build.
  public static let privateFolder = SiteFolder.privateFolder + "/4d"

  /// The layer.
  public let layer: ViewerLayer
  private let folder: SiteFolder
  private let journal: Journal
  private let fields: [FieldSelection]
  /// The index of each time among those that are made.
  private let times: [Int?: Int]

  /// Prepares the tiles of a layer.
  ///
  /// - Parameters:
  ///   - layer: the layer.
  ///   - fields: the fields that are made.
  ///   - folder: where the site is written.
  ///   - journal: remembers which volumes are done.
  /// - Throws: `ViewerLayerError` where a volume would have holes.
  public init(
    _ layer: ViewerLayer, fields: [FieldSelection], folder: SiteFolder, journal: Journal
  ) throws(ViewerLayerError) {
    self.layer = layer
    self.fields = fields
    self.folder = folder
    self.journal = journal
    var times: [Int?: Int] = [:]
    for field in fields where times[field.time] == nil { times[field.time] = times.count }
    self.times = times
    guard layer.kind != .heatmap3d || fields.count == times.count * layer.grid.depth else {
      throw ViewerLayerError(
        description: "\(layer.variable.name) is no whole volume: 'extras' of the recipe leaves out "
          + "some of its \(layer.grid.depth) places")
    }
  }

  /// The times that are made, in order.
  var timeLabels: [String] {
    guard let axis = layer.variable.time else { return [] }
    return times.sorted { $0.value < $1.value }.compactMap { $0.key.map { axis.labels[$0] } }
  }

  /// The name of the unit of work that makes the tiles of a field.
  public func unit(of field: FieldSelection) -> String {
    (["4d", layer.dataset, layer.key] + layer.variable.labels(of: field)).joined(separator: "/")
  }

  /// Says from what and how the tiles of a field are made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    let text =
      "4d \(Self.productVersion) \(layer.kind) \(layer.range) \(times[field.time] ?? 0)\n"
      + layer.grid.json.serialized() + "\n\(source)\n"
    return sha256Hex(Array(text.utf8))
  }

  /// Of the planes of a volume either all are made or none.
  ///
  /// Those of a volume that was never put together are made again where they are not there.
  ///
  /// - Throws: `StoreError` where the site's folder cannot be read.
  public func fieldsToMake(
    stale: Set<FieldSelection>, of fields: [FieldSelection]
  ) throws -> Set<FieldSelection> {
    guard layer.kind == .heatmap3d else { return stale }
    var wanted = Set(stale.map(\.time))
    for field in fields where !wanted.contains(field.time) {
      let isThere = try folder.exists(
        plane(time: field.time, place: field.extras[0], resolution: layer.grid.resolutions - 1))
      if !isThere, try journal.record(of: volumeUnit(time: field.time)) == nil {
        wanted.insert(field.time)
      }
    }
    return Set(fields.filter { wanted.contains($0.time) })
  }

  /// Makes the tiles of a field, or its planes of volumes.
  ///
  /// - Throws: `StoreError` where a file cannot be written, `ImageError` where memory is short.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    guard layer.kind == .heatmap3d else {
      return FieldResult(objects: try pictures(field, levels), summary: [:])
    }
    try keepPlanes(field, levels)
    return FieldResult(objects: [], summary: [:])
  }

  private func pictures(_ field: FieldSelection, _ levels: Levels) throws -> [BuiltObject] {
    let grid = layer.grid
    let grey = GreyLevels(layer.range)
    let (size, stride) = (grid.size, grid.stride)
    var objects: [BuiltObject] = []
    for resolution in 0..<grid.resolutions {
      let tiles = grid.tiles(resolution: resolution)
      for y in 0..<tiles.y {
        for x in 0..<tiles.x {
          var bytes = [UInt8](repeating: 0, count: 2 * size.x * size.y)
          let window = GreyLevels.Window(
            x: x * stride.x, y: y * stride.y, width: size.x, height: size.y,
            isSampled: layer.kind == .heightmap)
          grey.write(
            window, of: levels, level: grid.level(resolution: resolution), grid: grid, into: &bytes)
          let key = layer.tile(
            resolution: resolution, x: x, y: y, z: nil, time: times[field.time] ?? 0)
          objects.append(
            try write(GreyAlphaPNG.encode(bytes, width: size.x, height: size.y), to: key))
        }
      }
    }
    return objects.sorted { $0.key < $1.key }
  }

  private func write(_ bytes: [UInt8], to key: String) throws(StoreError) -> BuiltObject {
    try folder.write(bytes, to: key)
    return BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes))
  }

  // MARK: Volumes

  /// The units whose records volumes need beside those of their fields.
  public var volumeUnits: [String] {
    layer.kind == .heatmap3d ? times.keys.map { volumeUnit(time: $0) } : []
  }

  private func volumeUnit(time: Int?) -> String {
    let label = time.flatMap { layer.variable.time?.labels[$0] } ?? "all"
    return "4d-volumes/\(layer.dataset)/\(layer.key)/\(label)"
  }

  /// Puts volumes together whose planes are new.
  ///
  /// - Parameter records: what the fields left behind, in their order.
  /// - Returns: the units of all volumes; none for layers that have no volumes.
  /// - Throws: `StoreError` where a file cannot be read or written.
  public func seal(_ records: [FinishedUnit]) throws -> [FinishedUnit] {
    guard layer.kind == .heatmap3d else { return [] }
    var prints: [Int?: [String]] = [:]
    for (field, record) in zip(fields, records) {
      prints[field.time, default: []].append(record.fingerprint)
    }
    var units: [FinishedUnit] = []
    for (time, _) in times.sorted(by: { $0.value < $1.value }) {
      let unit = volumeUnit(time: time)
      let fingerprint = sha256Hex(Array((prints[time] ?? []).joined(separator: "\n").utf8))
      if let known = try journal.finished(unit), known.fingerprint == fingerprint {
        units.append(known)
        continue
      }
      let record = UnitRecord(
        fingerprint: fingerprint, objects: try volumes(time: time), summary: [:])
      try journal.save(record, of: unit)
      try folder.removeTree("\(planeFolder)/\(time ?? 0)")
      units.append(FinishedUnit(record, of: unit))
    }
    return units
  }

  private func keepPlanes(_ field: FieldSelection, _ levels: Levels) throws {
    let grid = layer.grid
    let grey = GreyLevels(layer.range)
    // The finest last: where it is there, all are.
    for resolution in 0..<grid.resolutions {
      let level = grid.level(resolution: resolution)
      let (rows, columns) = shape(level: level)
      var bytes = [UInt8](repeating: 0, count: 2 * rows * columns)
      grey.write(
        GreyLevels.Window(x: 0, y: 0, width: columns, height: rows, isSampled: false),
        of: levels, level: level, grid: grid, into: &bytes)
      try folder.write(
        bytes, to: plane(time: field.time, place: field.extras[0], resolution: resolution))
    }
  }

  private func shape(level: Int) -> (rows: Int, columns: Int) {
    let shape = layer.grid.shape
    return ((shape.rows + (1 << level) - 1) >> level, (shape.columns + (1 << level) - 1) >> level)
  }

  private var planeFolder: String { "\(Self.privateFolder)/\(layer.dataset)/\(layer.key)" }

  private func plane(time: Int?, place: Int, resolution: Int) -> String {
    "\(planeFolder)/\(time ?? 0)/\(resolution)/\(place)"
  }

  private func volumes(time: Int?) throws -> [BuiltObject] {
    let grid = layer.grid
    // From the lowest value up; coarser volumes take every second, fourth, … of the planes.
    var places = fields.filter { $0.time == time }.map { $0.extras[0] }.sorted()
    if grid.isFlipped.z { places.reverse() }
    var objects: [BuiltObject] = []
    for resolution in 0..<grid.resolutions {
      let level = grid.level(resolution: resolution)
      let shown = stride(from: 0, to: places.count, by: 1 << level).map { places[$0] }
      let tiles = grid.tiles(resolution: resolution)
      for z in 0..<(tiles.z ?? 1) {
        let depth = grid.size.z ?? 1
        let own = Array(shown.dropFirst(z * depth).prefix(depth))
        let planes = try own.map { place -> [UInt8] in
          try folder.read(plane(time: time, place: place, resolution: resolution)) ?? []
        }
        for y in 0..<tiles.y {
          for x in 0..<tiles.x {
            let file = VolumeFile(size: grid.size)
              .bytes(planes: planes, shape: shape(level: level), x: x, y: y)
            let key = layer.tile(
              resolution: resolution, x: x, y: y, z: z, time: times[time] ?? 0)
            objects.append(try write(file, to: key))
          }
        }
      }
    }
    return objects.sorted { $0.key < $1.key }
  }
}
