public import Codecs
public import Grids
public import JSON

/// A gridded variable of a cube: decoded values over rows, columns, perhaps time and more.
///
/// It is a value that describes the variable and knows how to read it; reading is thread-safe, and
/// several threads may read different blocks at once.
public struct Variable: Sendable {
  /// The name in the source.
  public let name: String
  /// All attributes, as the source has them.
  public let attributes: JSONObject
  /// The type in which the source stores the values, before decoding.
  public let storedType: ElementType
  /// The names of the dimensions in the order in which they are stored.
  public let dimensionNames: [String]
  /// The lengths of those dimensions; of joined sources the one along the join counts all steps.
  public let shape: [Int]
  /// Where the cells lie.
  ///
  /// Row 0 is the first row as stored.
  public let grid: Grid
  /// The time dimension; also a single time that the source states as a scalar coordinate.
  public let time: TimeAxis?
  /// The further dimensions that have more than one position, in stored order.
  public let extras: [LabelAxis]
  /// Further coordinates with one position, such as a height of 2 m.
  public let scalars: [LabelAxis]
  /// What the numbers mean, where they are categories or bits.
  public let flags: FlagTable?
  /// The range that the source states as valid, in decoded values.
  ///
  /// Values outside are missing.
  public let validRange: ClosedRange<Double>?
  /// Coarser copies that the source brings; none unless the options ask for them.
  public let levels: [ExistingLevel]

  let reader: VariableReader

  /// The name for people.
  public var longName: String? { attributes["long_name"]?.stringValue }

  /// The CF standard name.
  public var standardName: String? { attributes["standard_name"]?.stringValue }

  /// The unit of the decoded values.
  public var units: String? { attributes["units"]?.stringValue }

  /// Whether the numbers are names of classes or sets of bits, between which nothing lies.
  public var isCategorical: Bool { flags != nil }
}

/// A rectangle of cells of a grid.
public struct GridBlock: Sendable, Hashable {
  /// The rows.
  public let rows: Range<Int>
  /// The columns.
  public let columns: Range<Int>

  /// Makes a rectangle.
  public init(rows: Range<Int>, columns: Range<Int>) {
    self.rows = rows
    self.columns = columns
  }

  /// How many cells it has.
  public var count: Int { rows.count * columns.count }
}

/// A coarser copy of a variable that its source brings along.
public struct ExistingLevel: Sendable {
  /// The number of the level; 0 would be the variable itself.
  public let level: Int
  /// The copy, with a grid of its own.
  public let variable: Variable
}
