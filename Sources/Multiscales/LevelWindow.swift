public import Cubes
import Grids

/// A part of a field that is held at several resolutions.
///
/// It begins at multiples of 2^`depth`, so that each cell of the levels up to `depth` stands for the
/// same source cells as in the whole field and has the same value.
public struct LevelWindow: Sendable, Hashable {
  /// The cells of level 0.
  public let cells: GridBlock
  /// How many rows the whole field has.
  public let fieldRows: Int
  /// How many columns the whole field has, without those that repeat the first ones.
  public let fieldColumns: Int
  /// The coarsest level that the window holds.
  public let depth: Int

  /// The whole of a field, at all resolutions.
  public init(wholeOf variable: Variable) {
    let grid = variable.grid
    self.init(wholeRows: grid.rows, columns: grid.turn ?? grid.columns)
  }

  init(wholeRows rows: Int, columns: Int) {
    cells = GridBlock(rows: 0..<rows, columns: 0..<columns)
    (fieldRows, fieldColumns) = (rows, columns)
    depth = Levels.levelCount(rows: rows, columns: columns)
  }

  /// The smallest window that holds a block of cells of a level; ends are cut at the field's.
  ///
  /// - Parameters:
  ///   - block: rows and columns of that level.
  ///   - level: the level.
  ///   - variable: whose field it is.
  public init(_ block: GridBlock, ofLevel level: Int, in variable: Variable) {
    let grid = variable.grid
    let whole = LevelWindow(wholeRows: grid.rows, columns: grid.turn ?? grid.columns)
    (fieldRows, fieldColumns) = (whole.fieldRows, whole.fieldColumns)
    depth = min(max(0, level), whole.depth)
    let side = 1 << depth
    cells = GridBlock(
      rows: Self.scaled(block.rows, by: side, within: whole.fieldRows),
      columns: Self.scaled(block.columns, by: side, within: whole.fieldColumns))
  }

  /// Whether it is the whole field.
  public var isWhole: Bool {
    cells == GridBlock(rows: 0..<fieldRows, columns: 0..<fieldColumns)
  }

  /// How many rows of the whole field a level has.
  public func rowCount(ofLevel level: Int) -> Int { Self.length(fieldRows, level) }

  /// How many columns of the whole field a level has.
  public func columnCount(ofLevel level: Int) -> Int { Self.length(fieldColumns, level) }

  /// The row and column of the whole level at which the window begins.
  public func origin(ofLevel level: Int) -> (row: Int, column: Int) {
    (cells.rows.lowerBound >> level, cells.columns.lowerBound >> level)
  }

  private static func length(_ count: Int, _ level: Int) -> Int {
    count <= 0 ? 0 : (count - 1) >> level + 1
  }

  private static func scaled(_ range: Range<Int>, by side: Int, within count: Int) -> Range<Int> {
    let first = min(max(0, range.lowerBound), count / side) * side
    let last = min(max(0, range.upperBound), count / side + 1) * side
    return min(first, count)..<max(min(first, count), min(last, count))
  }
}
