import Foundation

/// Writes small cubes as plain Zarr version 2, so that tests know every value.
public struct TestCube {
  /// Longitudes of the cell centres, or x in metres.
  public var x: [Double]
  /// Latitudes of the cell centres, or y in metres.
  public var y: [Double]
  /// Days since 2020-01-01; empty for a cube without time.
  public var days: [Double] = []
  /// Rows and columns of a chunk.
  public var chunk = (rows: 7, columns: 11)
  /// How many times a chunk holds.
  public var chunkTimes = 1
  /// Attributes of the variable as JSON members, each followed by a comma.
  public var attributes = ""
  /// `f4` or `f8`, the stored type.
  public var type = "f4"

  /// Describes a cube on a geographic grid.
  public init(x: [Double], y: [Double]) {
    self.x = x
    self.y = y
  }

  /// Evenly spaced cell centres.
  public static func centres(from first: Double, step: Double, count: Int) -> [Double] {
    (0..<count).map { first + Double($0) * step }
  }

  /// Writes the cube with one variable, `v`.
  ///
  /// - Parameters:
  ///   - folder: where.
  ///   - name: the name of the store in the folder.
  ///   - value: the value of a time (0 without times), row and column; NaN for missing.
  /// - Returns: the path of the store.
  /// - Throws: where a file cannot be written.
  public func write(
    to folder: TemporaryFolder, name: String = "cube.zarr",
    value: (_ time: Int, _ row: Int, _ column: Int) -> Double
  ) throws -> String {
    try folder.write(#"{"zarr_format":2}"#, to: "\(name)/.zgroup")
    try writeAxis(
      "lon", x, #""units":"degrees_east","standard_name":"longitude","#, to: folder, name)
    try writeAxis(
      "lat", y, #""units":"degrees_north","standard_name":"latitude","#, to: folder, name)
    if !days.isEmpty {
      try writeAxis("time", days, #""units":"days since 2020-01-01","#, to: folder, name)
    }
    let times = max(1, days.count)
    let dimensions = (days.isEmpty ? [] : ["time"]) + ["lat", "lon"]
    let shape = (days.isEmpty ? [] : [times]) + [y.count, x.count]
    let chunks = (days.isEmpty ? [] : [chunkTimes]) + [chunk.rows, chunk.columns]
    try writeHead("v", shape: shape, chunks: chunks, dimensions, attributes, to: folder, name)
    for chunkTime in 0..<(times + chunkTimes - 1) / chunkTimes {
      for chunkRow in 0..<(y.count + chunk.rows - 1) / chunk.rows {
        for chunkColumn in 0..<(x.count + chunk.columns - 1) / chunk.columns {
          var bytes: [UInt8] = []
          for time in chunkTime * chunkTimes..<(chunkTime + 1) * chunkTimes {
            for row in chunkRow * chunk.rows..<(chunkRow + 1) * chunk.rows {
              for column in chunkColumn * chunk.columns..<(chunkColumn + 1) * chunk.columns {
                let inside = time < times && row < y.count && column < x.count
                append(inside ? value(time, row, column) : .nan, to: &bytes)
              }
            }
          }
          let key = (days.isEmpty ? "" : "\(chunkTime).") + "\(chunkRow).\(chunkColumn)"
          try folder.write(bytes, to: "\(name)/v/\(key)")
        }
      }
    }
    return folder.path + "/" + name
  }

  private func append(_ value: Double, to bytes: inout [UInt8]) {
    if type == "f8" {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    } else {
      withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { bytes += $0 }
    }
  }

  private func writeAxis(
    _ axis: String, _ values: [Double], _ attributes: String, to folder: TemporaryFolder,
    _ name: String
  ) throws {
    var wide = self
    wide.type = "f8"
    try wide.writeHead(
      axis, shape: [values.count], chunks: [values.count], [axis], attributes, to: folder, name)
    var bytes: [UInt8] = []
    for value in values { wide.append(value, to: &bytes) }
    try folder.write(bytes, to: "\(name)/\(axis)/0")
  }

  private func writeHead(
    _ array: String, shape: [Int], chunks: [Int], _ dimensions: [String], _ attributes: String,
    to folder: TemporaryFolder, _ name: String
  ) throws {
    try folder.write(
      #"{"zarr_format":2,"shape":\#(shape),"chunks":\#(chunks),"dtype":"<\#(type)","order":"C","#
        + #""compressor":null,"filters":null,"fill_value":"NaN"}"#, to: "\(name)/\(array)/.zarray")
    let names = dimensions.map { "\"\($0)\"" }.joined(separator: ",")
    try folder.write(
      #"{\#(attributes)"_ARRAY_DIMENSIONS":[\#(names)]}"#, to: "\(name)/\(array)/.zattrs")
  }
}
