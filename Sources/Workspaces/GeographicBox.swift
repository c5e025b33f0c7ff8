/// A box between meridians and parallels, in degrees (CRS84), as `bbox` states it (RFC 7946, section 5).
public struct GeographicBox: Sendable, Hashable {
  /// Its western meridian; larger than ``east`` where it crosses the antimeridian.
  public let west: Double
  /// Its southern parallel.
  public let south: Double
  /// Its eastern meridian.
  public let east: Double
  /// Its northern parallel.
  public let north: Double

  init(west: Double, south: Double, east: Double, north: Double) {
    self.west = west
    self.south = south
    self.east = east
    self.north = north
  }

  /// Reads `west,south,east,north`.
  ///
  /// - Throws: ``WorkspaceError`` of kind `invalid` where it is none.
  public init(_ text: String) throws(WorkspaceError) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double(String($0).trimmingPrefix(" "))
    }
    let known = numbers.compactMap(\.self).filter(\.isFinite)
    guard known.count == 4, numbers.count == 4, abs(known[0]) <= 180, abs(known[2]) <= 180,
      abs(known[1]) <= 90, abs(known[3]) <= 90, known[1] <= known[3]
    else {
      throw WorkspaceError(
        .invalid, "use the box '\(text.prefix(80))'",
        because: "it is not four numbers in degrees within the earth",
        remedy: "write bbox=west,south,east,north; across the antimeridian west is the larger one")
    }
    self.init(west: known[0], south: known[1], east: known[2], north: known[3])
  }

  /// The box as one, or across the antimeridian as two that do not cross it.
  var parts: [GeographicBox] {
    west <= east
      ? [self]
      : [
        GeographicBox(west: west, south: south, east: 180, north: north),
        GeographicBox(west: -180, south: south, east: east, north: north),
      ]
  }

  func contains(_ point: Position) -> Bool {
    (west...east).contains(point.x) && (south...north).contains(point.y)
  }
}

/// A place in degrees: x is the longitude, y the latitude.
struct Position: Hashable {
  let x: Double
  let y: Double
}
