import Cubes
import Grids
import Jobs
import Multiscales
import Pyramids
import Synchronization

/// Fields and windows of fields with their levels, read when they are needed and kept while there is
/// room.
final class FieldShelf: Sendable {
  private struct Key: Hashable {
    let cube: Int
    let variable: String
    let field: FieldSelection
    let window: LevelWindow
    /// What the source said of the field before it was read.
    let version: String
  }

  private struct VersionKey: Hashable {
    let cube: Int
    let variable: String
    let field: FieldSelection
  }

  private let limits: LiveLimits
  private let threads: WorkThreads
  private let pool: WorkerPool
  private let kept: ByteCache<Key, Levels>
  private let reading = SharedWork<Key, [FieldSelection: Levels]>()
  private let versions: ByteCache<VersionKey, (text: String, until: ContinuousClock.Instant)>

  init(limits: LiveLimits, threads: WorkThreads, pool: WorkerPool) {
    self.limits = limits
    self.threads = threads
    self.pool = pool
    kept = ByteCache(limit: limits.fieldBytes)
    versions = ByteCache(limit: 16 << 20)
  }

  /// The bytes of the fields that are kept.
  var bytes: Int { kept.bytes }

  /// The part of a field from which the pixels of a tile come.
  ///
  /// - Returns: `nil` where no pixel lies in the grid.
  /// - Throws: `LiveError` where that is too much to read.
  func window(
    for map: TileIndexMap, level: Int, of variable: Variable
  ) throws(LiveError) -> LevelWindow? {
    guard let reach = TileReach(map) else { return nil }
    let whole = LevelWindow(wholeOf: variable)
    guard whole.cells.count > limits.wholeCells else { return whole }
    let level = min(level, whole.depth)
    // Tiles beside each other share a window: its ends are multiples of a step.
    let step = max(limits.windowSide / 8, limits.windowSide >> level, 1)
    var block = GridBlock(
      rows: Self.widened(reach.rows, level, step), columns: Self.widened(reach.columns, level, step)
    )
    if variable.grid.turn != nil, reach.comesNearEnd(of: whole.fieldColumns, cells: 2 << level) {
      // Pixels between the last column and the first need both.
      block = GridBlock(rows: block.rows, columns: 0..<whole.columnCount(ofLevel: level))
    }
    let window = LevelWindow(block, ofLevel: level, in: variable)
    guard window.cells.count <= limits.windowCells else {
      throw LiveError(
        .tooLarge, "This zoom needs \(window.cells.count >> 20) million cells of the source",
        remedy: "look closer, or build the tiles of this dataset")
    }
    return window
  }

  /// The columns or rows of a level around those of level 0, to both sides up to multiples of a step.
  private static func widened(_ range: ClosedRange<Double>, _ level: Int, _ step: Int) -> Range<Int>
  {
    let side = Double(1 << level)
    // A pixel between two cells needs both.
    let first = Int(((range.lowerBound + 0.5) / side - 0.5).rounded(.down)) - 1
    let last = Int(((range.upperBound + 0.5) / side - 0.5).rounded(.up)) + 1
    let lower = max(0, first) / step * step
    return lower..<max(lower + step, (max(0, last) / step + 1) * step)
  }

  /// What changes when the values of a field may have changed; it blocks.
  ///
  /// It is asked again after the time for which a source is trusted. What is on a server is not asked:
  /// its cube is opened anew instead.
  func version(of field: FieldSelection, _ variable: Variable, in cube: LiveCube) throws -> String {
    if let known = knownVersion(of: field, variable, in: cube) { return known }
    let key = VersionKey(cube: cube.number, variable: variable.name, field: field)
    let text = try variable.fingerprint(time: field.time, extras: field.extras)
    versions.keep(
      (text, ContinuousClock.now + limits.localTrust), bytes: text.utf8.count + 200, for: key)
    return text
  }

  /// The same where it is known without asking the source.
  func knownVersion(
    of field: FieldSelection, _ variable: Variable, in cube: LiveCube
  ) -> String? {
    guard !cube.source.isRemote else { return "" }
    let known = versions[VersionKey(cube: cube.number, variable: variable.name, field: field)]
    guard let known, known.until > .now else { return nil }
    return known.text
  }

  /// The levels, read where need be; those who ask for the same at once get the same.
  func levels(
    _ window: LevelWindow, of field: FieldSelection, _ variable: Variable, in cube: LiveCube,
    version: String
  ) async throws -> Levels {
    let key = Key(
      cube: cube.number, variable: variable.name, field: field, window: window, version: version)
    if let levels = kept[key] { return levels }
    let group = try fields(with: field, window: window, variable, in: cube)
    // Whoever wants another field of the same chunks waits for the same reading.
    let shared = Key(
      cube: cube.number, variable: variable.name, field: group.first ?? field, window: window,
      version: group.count > 1 ? "" : version)
    let signal = StopSignal(after: limits.time)
    let read = try await reading.value(for: shared) { [self] in
      try await threads.run(signal) { [self] in
        try self.read(window, group, variable, in: cube, signal)
      }
    }
    guard let levels = read[field] else {
      throw LiveError(.source, "The field was not read", remedy: "try again")
    }
    return levels
  }

  /// The fields that are read together with one: those in the same chunks, where they fit.
  private func fields(
    with field: FieldSelection, window: LevelWindow, _ variable: Variable, in cube: LiveCube
  ) throws -> [FieldSelection] {
    let group = try cube.group(of: field, in: variable)
    return Self.bytes(of: window) * group.count <= limits.fieldBytes / 4 ? group : [field]
  }

  private func read(
    _ window: LevelWindow, _ group: [FieldSelection], _ variable: Variable, in cube: LiveCube,
    _ signal: StopSignal
  ) throws -> [FieldSelection: Levels] {
    // Before reading: a change meanwhile makes these levels outdated, not the next ones wrong.
    let versions = try group.map { try version(of: $0, variable, in: cube) }
    let levels = try Levels.reading(
      window, of: variable, fields: group,
      memory: FieldMemory(budget: .max, scratchFolder: "/tmp"), pool: pool,
      check: { try signal.check() })
    var read: [FieldSelection: Levels] = [:]
    for (number, field) in group.enumerated() {
      let key = Key(
        cube: cube.number, variable: variable.name, field: field, window: window,
        version: versions[number])
      kept.keep(levels[number], bytes: Self.bytes(of: window), for: key)
      read[field] = levels[number]
    }
    return read
  }

  /// The bytes of a window's levels: four for a cell, and a third more for the coarser levels.
  private static func bytes(of window: LevelWindow) -> Int { window.cells.count * 16 / 3 + 1024 }
}

/// Which cells of level 0 the pixels of a tile fall between.
private struct TileReach {
  let rows: ClosedRange<Double>
  let columns: ClosedRange<Double>

  init?(_ map: TileIndexMap) {
    switch map {
    case .outside: return nil
    case .separable(let columns, let rows):
      guard let columns = Self.range(columns), let rows = Self.range(rows) else { return nil }
      (self.rows, self.columns) = (rows, columns)
    case .full(let columns, let rows):
      guard let columns = Self.range(columns), let rows = Self.range(rows) else { return nil }
      (self.rows, self.columns) = (rows, columns)
    }
  }

  /// Whether some pixel lies so near to the first or the last column that it may need the other.
  func comesNearEnd(of count: Int, cells: Int) -> Bool {
    columns.lowerBound < Double(cells) || columns.upperBound > Double(count - 1 - cells)
  }

  private static func range<Number: BinaryFloatingPoint>(
    _ numbers: [Number]
  ) -> ClosedRange<Double>? {
    var (low, high) = (Number.infinity, -Number.infinity)
    for number in numbers where number.isFinite {
      low = min(low, number)
      high = max(high, number)
    }
    return low <= high ? Double(low)...Double(high) : nil
  }
}
