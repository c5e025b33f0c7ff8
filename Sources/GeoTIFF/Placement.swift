/// Where the pixels of a raster lie.
public struct Placement: Sendable {
  /// The centres of the columns and rows, in the units of the CRS: those of number 0, and the steps.
  public let firstX: Double
  /// See ``firstX``.
  public let firstY: Double
  /// From a column to the next one.
  public let stepX: Double
  /// From a row to the next one; below zero where rows go south.
  public let stepY: Double
  /// The coordinate reference system.
  public let system: SystemOfKeys
  /// The unit of the heights, where the file says one for all.
  public let verticalUnits: String?

  /// Why a raster has no place, as a clause, and what to do.
  struct Obstacle: Error {
    let reason: String
    let remedy: String?
  }

  /// Reads the fields of GeoTIFF 1.1 (OGC 19-008r4).
  ///
  /// - Throws: `Obstacle` where they are missing, or rows and columns do not follow the axes.
  init(_ handle: borrowing TIFFHandle) throws(Obstacle) {
    let keys = GeoKeys(
      directory: handle.shorts(34_735), doubles: handle.doubles(34_736),
      texts: handle.text(34_737) ?? "")
    try self.init(
      scale: handle.doubles(33_550), tiepoints: handle.doubles(33_922),
      matrix: handle.doubles(34_264), keys: keys)
  }

  init(
    scale: [Double], tiepoints: [Double], matrix: [Double], keys: GeoKeys
  ) throws(Obstacle) {
    // x = a column + b, y = c row + d.
    let (a, b, c, d): (Double, Double, Double, Double)
    if scale.count >= 2, tiepoints.count >= 6, scale[0] != 0, scale[1] != 0 {
      (a, c) = (scale[0], -scale[1])
      b = tiepoints[3] - tiepoints[0] * a
      d = tiepoints[4] - tiepoints[1] * c
    } else if matrix.count == 16 {
      guard matrix[1] == 0, matrix[4] == 0 else {
        throw Obstacle(
          reason: "its rows and columns are turned against the axes of its map",
          remedy: "turn it back: gdalwarp IN OUT")
      }
      (a, b, c, d) = (matrix[0], matrix[3], matrix[5], matrix[7])
    } else if tiepoints.count > 6 {
      throw Obstacle(
        reason: "it names the places of single points only",
        remedy: "bring it onto a grid: gdalwarp IN OUT")
    } else {
      throw Obstacle(
        reason: "it does not say where its pixels lie",
        remedy: "add that: gdal_translate -a_srs CRS -a_ullr LEFT TOP RIGHT BOTTOM IN OUT")
    }
    guard [a, b, c, d].allSatisfy(\.isFinite), a != 0, c != 0 else {
      throw Obstacle(
        reason: "it has pixels without size, or no place on Earth", remedy: TIFFHandle.again)
    }
    // GTRasterType 2: whole numbers mean the middles of pixels, else their upper left corners.
    let middle = keys.short(1025) == 2 ? 0 : 0.5
    (stepX, stepY) = (a, c)
    (firstX, firstY) = (b + middle * a, d + middle * c)
    system = SystemOfKeys(keys)
    verticalUnits = keys.short(4099).flatMap {
      [9001: "m", 9002: "ft", 9003: "us_survey_foot"][$0]
    }
  }
}
