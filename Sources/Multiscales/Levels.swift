public import Cubes
public import Jobs

/// One two-dimensional field (a variable at one time and one place on its other axes) at all
/// resolutions: level 0 holds the source cells, a cell (row, column) of level *k* stands for the
/// source rows row · 2^k ..< (row + 1) · 2^k, as far as there are such, and columns likewise.
///
/// Continuous values are averaged, weighted by the area that cells have on the ground; of categories
/// the most frequent value is taken, of equally frequent ones the smallest. Missing cells are NaN
/// and never enter a mean. Values are decoded and have single precision, also in level 0.
public struct Levels: Sendable {
  /// One resolution: `rows` × `columns` cells, row 0 first as in the source.
  public struct Level: Sendable {
    /// How many rows there are.
    public let rows: Int
    /// How many columns there are.
    public let columns: Int
    let memory: LevelMemory<Float>

    init(rows: Int, columns: Int, scratch: String?) throws(MultiscaleError) {
      self.rows = rows
      self.columns = columns
      memory = try LevelMemory(count: rows * columns, scratchFolder: scratch)
    }

    /// The cells of a row that is inside the level: `columns` of them, after which those of the next
    /// row follow.
    ///
    /// The pointer may be used as long as the levels exist.
    public func row(_ row: Int) -> UnsafePointer<Float> {
      UnsafePointer(memory.cells + row * columns)
    }

    func target(_ row: Int) -> UnsafeMutablePointer<Float> { memory.cells + row * columns }
  }

  /// The cells of level 0 in double precision; rows and columns are those of level 0.
  public struct DoubleCells: Sendable {
    let columns: Int
    let memory: LevelMemory<Double>

    init(rows: Int, columns: Int, scratch: String?) throws(MultiscaleError) {
      self.columns = columns
      memory = try LevelMemory(count: rows * columns, scratchFolder: scratch)
    }

    /// The cells of a row, as `Level.row` gives them.
    public func row(_ row: Int) -> UnsafePointer<Double> {
      UnsafePointer(memory.cells + row * columns)
    }
  }

  /// The resolutions, finest first, down to a single cell.
  public let levels: [Level]
  /// Whether column 0 follows the last column, because the columns go round the whole circle.
  ///
  /// Columns with which the source repeats its first ones are left out.
  public let wraps: Bool
  /// What was seen of the values of level 0.
  public let statistics: FieldStatistics
  /// The cells of level 0 in double precision, where a product wants them.
  public let doubles: DoubleCells?
  /// Which cells of the field level 0 holds: all of them, or a window.
  public let window: LevelWindow

  /// Gives back the memory pages that hold levels in scratch files; they are read again when needed.
  public func letGo() {
    for level in levels { level.memory.letGo() }
    doubles?.memory.letGo()
  }

  /// Reads a field and makes its coarser levels.
  ///
  /// Copies at coarser resolutions that the source brings along are used where there are any. Many
  /// fields are read faster by a `FieldPass`, which decodes chunks once that hold several.
  ///
  /// - Throws: `CubeError` where the source cannot be read, `MultiscaleError` without room.
  public init(
    of variable: Variable, field: FieldSelection, memory: FieldMemory, pool: WorkerPool
  ) throws {
    let block = try FieldBlock(
      [field], of: variable, withDoubles: false, memory: memory, pool: pool)
    self = try block.levels(0, pool: pool)
  }

  /// Reads the same window of several fields and makes its coarser levels.
  ///
  /// - Parameters:
  ///   - window: which cells; a level whose cells its begin is not aligned to is left out.
  ///   - variable: what to read.
  ///   - fields: those that the storage keeps in the same chunks (`Variable.storageGroups`) are read
  ///     with each chunk decoded once.
  ///   - memory: where there is room.
  ///   - pool: who does the work.
  ///   - check: called before each block of the storage is read; what it throws ends the reading.
  /// - Returns: the levels of each field.
  /// - Throws: `CubeError` where the source cannot be read, `MultiscaleError` without room, what
  ///   `check` throws.
  public static func reading(
    _ window: LevelWindow, of variable: Variable, fields: [FieldSelection], memory: FieldMemory,
    pool: WorkerPool, check: @Sendable () throws -> Void
  ) throws -> [Levels] {
    let block = try FieldBlock(
      fields, of: variable, window: window, withDoubles: false, memory: memory, pool: pool,
      check: check)
    return try pool.map(fields.count) { try block.levels($0, pool: pool) }
  }

  init(
    levels: [Level], window: LevelWindow, wraps: Bool, statistics: FieldStatistics,
    doubles: DoubleCells?
  ) {
    self.levels = levels
    self.window = window
    self.wraps = wraps
    self.statistics = statistics
    self.doubles = doubles
  }
}
