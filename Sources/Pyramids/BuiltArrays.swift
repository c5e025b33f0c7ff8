public import JSON

/// The arrays of a variable: those of the multiscale cube and of the time series have the same
/// dimensions and values.
public struct BuiltVariableArrays: Sendable, Hashable, Codable {
  /// The id of the grid that its cells lie on.
  public let grid: String
  /// Its dimensions before rows and columns, with every position of the arrays, also those of which no
  /// tile shows anything.
  public let dimensions: [TileDimension]
  /// By how much values of level 0 may differ from the source's; 0 where they are the same.
  public let maximumError: Double
  /// How level 0 is stored, such as `int16`.
  public let type: String
  /// The dimensions of rows and of columns, in this order.
  public let axes: [CellAxis]

  /// Describes arrays.
  public init(
    grid: String, dimensions: [TileDimension], maximumError: Double, type: String = "float32",
    axes: [CellAxis] = []
  ) {
    self.grid = grid
    self.dimensions = dimensions
    self.maximumError = maximumError
    self.type = type
    self.axes = axes
  }
}

/// The dimension of the rows or columns of arrays.
public struct CellAxis: Sendable, Hashable, Codable {
  /// Its name, such as `lat`.
  public let name: String
  /// How many cells there are along it.
  public let count: Int
  /// The coordinate of the first cell's centre; `nil` where cells have two-dimensional coordinates.
  public let first: Double?
  /// The coordinate of the last cell's centre.
  public let last: Double?
  /// How far centres lie apart; `nil` where that varies.
  public let step: Double?

  /// Describes a dimension.
  public init(
    name: String, count: Int, first: Double? = nil, last: Double? = nil, step: Double? = nil
  ) {
    self.name = name
    self.count = count
    self.first = first
    self.last = last
    self.step = step
  }
}

/// The multiscale cube and the time series of a dataset.
public struct BuiltArrays: Sendable, Hashable, Codable {
  /// The address of the cube, where there is one.
  public let cube: String?
  /// The address of the series, where there are some.
  public let series: String?
  /// By id, where the cells of each grid lie, as documents say it.
  public let grids: JSONObject
  /// The version of the Zarr format of the cube.
  public let format: Int
  /// How many bytes the cube takes.
  public let cubeBytes: Int
  /// How many bytes the series take.
  public let seriesBytes: Int
  /// By key, the SHA-256 of the documents by which cube and series are opened.
  public let heads: [String: String]

  /// Describes arrays.
  public init(
    cube: String?, series: String?, grids: JSONObject, format: Int = 3, cubeBytes: Int = 0,
    seriesBytes: Int = 0, heads: [String: String] = [:]
  ) {
    self.cube = cube
    self.series = series
    self.grids = grids
    self.format = format
    self.cubeBytes = cubeBytes
    self.seriesBytes = seriesBytes
    self.heads = heads
  }
}

extension BuiltArrays {
  /// The key of the document by which the cube or the series at an address are opened.
  public func head(of path: String) -> String {
    path + (format == 2 ? "/.zmetadata" : "/zarr.json")
  }
}

/// How much of a variable there is at each of its times.
public struct TimeCoverage: Sendable, Hashable, Codable {
  /// The times, as ISO 8601 text, rising.
  public let times: [String]
  /// For each time the share of cells that hold a value, 0…1.
  public let shares: [Double]

  /// Makes the coverage of some times; `shares` has one number for each.
  public init(times: [String], shares: [Double]) {
    self.times = times
    self.shares = Array(shares.prefix(times.count))
  }
}
