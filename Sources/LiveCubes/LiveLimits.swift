/// How much an answer may need, and how much is kept for the next one.
public struct LiveLimits: Sendable {
  /// How long one answer may take from the moment it is asked for.
  public var time: Duration = .seconds(30)
  /// How many answers are worked on at once.
  public var workers = 4
  /// How many more may wait for their turn; further ones are refused.
  public var waiting = 256
  /// The bytes that fields with their levels may keep in memory.
  public var fieldBytes = 512 << 20
  /// The bytes that finished tiles may keep in memory.
  public var tileBytes = 64 << 20
  /// A field with no more cells than this is read whole: its coarser levels then serve every zoom.
  public var wholeCells = 4 << 20
  /// Tiles of a larger field are made from windows with about so many cells of a level along a side.
  public var windowSide = 1024
  /// The most cells of a source that one tile may have to read.
  public var windowCells = 96 << 20
  /// The most positions of a geometry.
  public var positions = 100_000
  /// The most cells under a geometry.
  public var cells = 16 << 20
  /// The most values that a series may have to look at: cells times steps.
  public var seriesValues = 2 << 30
  /// The most steps of one series.
  public var steps = 20_000
  /// How many cubes stay open.
  public var cubes = 64
  /// How long it is believed that a local source has not changed.
  public var localTrust: Duration = .seconds(5)
  /// How long it is believed that a source on a server has not changed.
  public var remoteTrust: Duration = .seconds(300)

  /// The limits that suit a small server.
  public init() {}
}
