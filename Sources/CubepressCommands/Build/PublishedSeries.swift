import Cubes
import Foundation
import Grids
import Pyramids
import Stories

/// Series of places, read from the series of a site that was just made, for pictures in stories.
struct PublishedSeries {
  /// The folder of the site.
  let folder: String

  /// The series of a variable in the cell that holds a place; other dimensions at what is shown first.
  ///
  /// - Throws: `CubeError` where the series cannot be read.
  func find(
    _ dataset: BuiltDataset, _ built: BuiltVariable, longitude: Double, latitude: Double
  ) throws -> PlaceSeries.Search {
    guard let series = dataset.arrays?.series else { return .away }
    // The times of a cube that grows lie in two parts.
    let parts = ["\(series)/0", "\(series)/recent/0"].map { "\(folder)/\($0)" }
      .filter { FileManager.default.fileExists(atPath: $0) }
    guard !parts.isEmpty else { return .away }
    let cube = try Cube.open(parts)
    guard let variable = cube.variable(named: built.key), let axis = variable.time else {
      return .away
    }
    guard let cell = variable.grid.cell(longitude: longitude, latitude: latitude) else {
      return .outside
    }
    let extras = variable.extras.map { axis in
      let shown = built.dimensions.first { $0.name == axis.name.lowercased() }?.defaultValue
      return shown.flatMap { axis.index(matching: $0) } ?? 0
    }
    return .found(
      PlaceSeries(
        times: axis.labels, positions: axis.seconds,
        values: try variable.series(row: cell.row, column: cell.column, extras: extras)))
  }
}
