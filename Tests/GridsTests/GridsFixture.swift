import Foundation
import Grids
import JSON

/// The files that Tests/Golden/make_grids.py wrote.
enum GridsFixture {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
  }

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: try bytes(name))
  }

  /// Every third row and column of the centres of a tripolar ocean grid (NEMO, ORCA1).
  static func ocean() throws -> Grid {
    let (rows, columns) = (110, 120)
    let bytes = try bytes("nemo_places.bin")
    let values = stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
      return Double(Float(bitPattern: bits))
    }
    return Grid(
      try Curvilinear(
        longitudes: Array(values[(rows * columns)...]),
        latitudes: Array(values[..<(rows * columns)]), rows: rows, columns: columns))
  }

  /// A regular global grid, first column at 0 or -180, north or south first.
  static func globe(
    step: Double, startsAt west: Double = -180, northFirst: Bool = true
  ) throws -> Grid {
    let (columns, rows) = (Int(360 / step), Int(180 / step))
    let sign = northFirst ? -1.0 : 1
    return try Grid(
      x: GridAxis(first: west + step / 2, step: step, count: columns, isLongitude: true),
      y: GridAxis(first: -sign * (90 - step / 2), step: sign * step, count: rows))
  }

  static func rectangle(
    _ crs: CRS, x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int
  ) throws -> Grid {
    let (width, height) = (
      (x.upperBound - x.lowerBound) / Double(columns), (y.upperBound - y.lowerBound) / Double(rows)
    )
    return try Grid(
      x: GridAxis(
        first: x.lowerBound + width / 2, step: width, count: columns,
        isLongitude: crs.isAngular),
      y: GridAxis(first: y.upperBound - height / 2, step: -height, count: rows), crs: crs)
  }
}

/// A generator of numbers that are the same in every run (SplitMix64).
struct FixedNumbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension TileIndexMap {
  /// Column and row of a pixel, whatever the kind; NaN outside.
  func place(_ column: Int, _ row: Int) -> (column: Double, row: Double) {
    switch self {
    case .separable(let columns, let rows):
      let (x, y) = (columns[column], rows[row])
      return x.isNaN || y.isNaN ? (.nan, .nan) : (x, y)
    case .full(let columns, let rows):
      let place = row * 256 + column
      return (Double(columns[place]), Double(rows[place]))
    case .outside: return (.nan, .nan)
    }
  }

  var isOutside: Bool {
    if case .outside = self { true } else { false }
  }
}
