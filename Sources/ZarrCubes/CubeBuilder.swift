public import Cubes
import JSON
public import Jobs
public import Multiscales
public import PublishedArrays
public import Stores
public import Zarr

/// Makes the chunks of one variable in `cube.zarr`, field by field, at all levels.
///
/// A field is a place along the dimensions before rows and columns, so its chunks are objects of
/// their own: fields are made independently and in any order. Documents come from ``CubeDocuments``.
public final class CubeBuilder: FieldProduct {
  /// Changes whenever the same input would give other chunks.
  private static let productVersion = 2
  /// That of the encoder for numbers: the levels above it gain few bytes for their time; see
  /// Tests/Benchmarks.
  static let compressionLevel = 1

  /// The variable.
  public let variable: PublishedVariable
  private let dataset: String
  private let format: ZarrFormat
  private let folder: SiteFolder
  private let pool: WorkerPool
  /// The arrays of all levels.
  private let arrays: [ArrayDescription]

  /// Prepares the chunks of a variable.
  ///
  /// - Parameters:
  ///   - variable: The variable.
  ///   - dataset: The id of its dataset.
  ///   - format: The version of the format.
  ///   - folder: Where the site is written.
  ///   - pool: The threads that encode.
  public init(
    _ variable: PublishedVariable, dataset: String, format: ZarrFormat, folder: SiteFolder,
    pool: WorkerPool
  ) {
    self.variable = variable
    self.dataset = dataset
    self.format = format
    self.folder = folder
    self.pool = pool
    arrays = (0..<variable.levelCount(untilSide: CubeLayout.windowSide)).map {
      Self.array(variable, level: $0, format: format, maximumError: nil)
    }
  }

  /// The address of a dataset's cube below the site's root.
  public static func path(dataset: String) -> String { "datasets/\(dataset)/cube.zarr" }

  /// How many levels there are: up to the one that is a single window.
  public var levelCount: Int { arrays.count }

  /// Whether level 0 is made from values in double precision.
  public var wantsDoubles: Bool { variable.packing.needsExact }

  /// The name of the unit of work that makes one field's chunks.
  public func unit(of field: FieldSelection) -> String {
    (["cube", dataset, variable.key] + variable.variable.labels(of: field)).joined(separator: "/")
  }

  /// Says from what and how the chunks of a field are made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    var text = "cube \(Self.productVersion) zarr \(format.rawValue)\n"
    text += "\(variable.place(of: field) ?? [])\n\(source)\n\(variable.fingerprint)"
    return sha256Hex(Array(text.utf8))
  }

  /// Describes the array of a level.
  func array(level: Int, maximumError: Double?) -> ArrayDescription {
    Self.array(variable, level: level, format: format, maximumError: maximumError)
  }

  private static func array(
    _ variable: PublishedVariable, level: Int, format: ZarrFormat, maximumError: Double?
  ) -> ArrayDescription {
    let layout = CubeLayout(variable.grid, level: level, format: format)
    let dimensions = variable.shape(level: level).count
    return variable.array(
      level: level, chunkShape: layout.chunkShape(dimensions: dimensions),
      shardShape: layout.shardShape(dimensions: dimensions), compressionLevel: compressionLevel,
      maximumError: maximumError, format: format)
  }

  private func layout(level: Int) -> CubeLayout {
    CubeLayout(variable.grid, level: level, format: format)
  }

  /// Makes the chunks of a field and puts them in place.
  ///
  /// - Throws: `PublishedArrayError` where a value cannot be stored, `StoreError` where a chunk
  ///   cannot be written.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    guard let place = variable.place(of: field) else {
      return FieldResult(objects: [], summary: CubeFieldSummary(errors: []).json)
    }
    let name = ([variable.key] + variable.variable.labels(of: field)).joined(separator: ", ")
    var objects: [BuiltObject] = []
    var errors: [Double] = []
    for level in 0..<levelCount {
      let packer = try LevelPacker(levels, level: level, packing: variable.packing)
      if level == 0 { try packer.checkRange(name) }
      var worst = 0.0
      for shard in shards(level: level) {
        let made = try pieces(of: shard, packer: packer, level: level)
        worst = max(worst, made.error)
        guard let pieces = made.pieces else { continue }
        let key =
          "\(Self.path(dataset: dataset))/\(level)/\(variable.key)/"
          + arrays[level].key(of: place + [shard.row, shard.column], format: format)
        try folder.write(pieces: pieces, to: key)
        objects.append(BuiltObject(key: key, pieces: pieces))
      }
      try packer.check(error: worst, name)
      errors.append(worst)
      levels.letGo()
    }
    return FieldResult(
      objects: objects.sorted { $0.key < $1.key }, summary: CubeFieldSummary(errors: errors).json)
  }

  /// A shard, or a window that is an object by itself.
  private struct Shard {
    let row: Int
    let column: Int
  }

  private func shards(level: Int) -> [Shard] {
    let layout = layout(level: level)
    let (rows, columns) = layout.windowsPerShard ?? (1, 1)
    return (0..<(layout.windows.rows + rows - 1) / rows).flatMap { row in
      (0..<(layout.windows.columns + columns - 1) / columns).map { Shard(row: row, column: $0) }
    }
  }

  /// Encodes the windows of a shard, one row of windows after the other.
  private func pieces(
    of shard: Shard, packer: LevelPacker, level: Int
  ) throws -> (pieces: [[UInt8]]?, error: Double) {
    let layout = layout(level: level)
    let array = arrays[level]
    let (rows, columns) = layout.windowsPerShard ?? (1, 1)
    let bands = try pool.map(rows) { row in
      var band = try WindowBand(array, layout: layout, packer: packer)
      let windowRow = shard.row * rows + row
      for column in 0..<columns where windowRow < layout.windows.rows {
        try band.encode(row: windowRow, column: shard.column * columns + column)
      }
      return (chunks: band.chunks, error: band.error)
    }
    let error = bands.map(\.error).reduce(0, max)
    guard layout.windowsPerShard != nil else {
      return ((bands[0].chunks.first ?? nil).map { [$0] }, error)
    }
    var assembly = ShardAssembly(chunkCount: rows * columns)
    for (row, band) in bands.enumerated() {
      for (column, chunk) in band.chunks.enumerated() {
        assembly.add(chunk, at: row * columns + column)
      }
    }
    return (assembly.pieces(), error)
  }
}

/// Encodes windows, one after the other, with one set of buffers.
private struct WindowBand {
  /// The encoded windows; `nil` for those that hold nothing.
  private(set) var chunks: [[UInt8]?] = []
  /// The largest distance of a cell from what its stored number means.
  private(set) var error = 0.0
  private let layout: CubeLayout
  private let packer: LevelPacker
  private let encoder: ChunkEncoder
  private var buffer: [UInt8]

  init(_ array: ArrayDescription, layout: CubeLayout, packer: LevelPacker) throws {
    self.layout = layout
    self.packer = packer
    encoder = try ChunkEncoder(array)
    buffer = [UInt8](
      repeating: 0, count: layout.window.rows * layout.window.columns * packer.elementSize)
  }

  mutating func encode(row: Int, column: Int) throws {
    let (height, width) = layout.window
    let rows = min(row * height, layout.rows)..<min((row + 1) * height, layout.rows)
    let columns = min(column * width, layout.columns)..<min((column + 1) * width, layout.columns)
    var worst = 0.0
    let chunk = try buffer.withUnsafeMutableBytes { buffer -> [UInt8]? in
      guard let target = buffer.baseAddress, !rows.isEmpty, !columns.isEmpty else { return nil }
      if rows.count < height || columns.count < width {
        packer.packing.fill(target, count: height * width)
      }
      worst = packer.pack(
        rows: rows, columns: columns, into: target, rowBytes: width * packer.elementSize)
      return try encoder.encode(UnsafeRawBufferPointer(buffer))
    }
    chunks.append(chunk)
    error = max(error, worst)
  }
}

/// What later steps need to know of a field whose chunks are made.
struct CubeFieldSummary {
  /// For each level the largest distance of a cell from what its stored number means.
  let errors: [Double]

  var json: JSONValue { ["errors": .array(errors.map(JSONValue.number))] }

  init(errors: [Double]) { self.errors = errors }

  init?(_ json: JSONValue) {
    guard let errors = json["errors"]?.arrayValue?.compactMap(\.doubleValue) else { return nil }
    self.errors = errors
  }
}
