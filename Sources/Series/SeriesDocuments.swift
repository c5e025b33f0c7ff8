import JSON
public import Jobs
public import PublishedArrays
public import Zarr

/// The metadata documents and coordinates of a `series.zarr`.
public struct SeriesDocuments: Sendable {
  private let dataset: PublishedDataset
  private var tree: PublishedTree

  /// Describes series.
  ///
  /// - Parameters:
  ///   - dataset: What is published.
  ///   - variables: The variables' series, with what was recorded of each of their fields.
  ///   - cube: The address of the cube that holds the meshes of the grids; `nil` where there is none,
  ///     so that they are kept here.
  public init(
    _ dataset: PublishedDataset, variables: [(builder: SeriesBuilder, records: [FinishedUnit])],
    cube: String?
  ) {
    self.dataset = dataset
    let longest = variables.max { first, second in
      (first.builder.variable.timeCount ?? 0) < (second.builder.variable.timeCount ?? 0)
    }
    let extra: JSONObject = [
      "history": .integer(Int64(longest?.builder.historyCount ?? 0)),
      "times": .integer(Int64(longest?.builder.variable.timeCount ?? 0)),
    ]
    tree = PublishedTree(
      attributes: dataset.rootAttributes(
        levels: variables.map(\.builder.levelCount).max() ?? 0,
        cube: cube ?? SeriesBuilder.path(dataset: dataset.id), extra: extra),
      format: .v3)
    for (builder, records) in variables {
      let errors = Self.errors(records)
      for arrays in builder.arrays {
        for level in arrays.layouts.indices {
          let error = errors.indices.contains(level) ? errors[level] : nil
          tree.add(
            arrays.array(level: level, maximumError: error), of: builder.variable, level: level,
            in: arrays.segment.group, times: arrays.segment.times)
        }
      }
    }
    if cube == nil { tree.addMeshes(of: dataset.grids) }
  }

  /// For each level the largest error over all fields.
  public static func errors(_ records: [FinishedUnit]) -> [Double] {
    records.compactMap { SeriesFieldSummary($0.summary)?.errors }.largestByLevel
  }

  /// The bytes of all documents and coordinates, by key below the site's root.
  ///
  /// - Throws: `ZarrError` when a chunk cannot be compressed.
  public func objects() throws(ZarrError) -> [String: [UInt8]] {
    let root = SeriesBuilder.path(dataset: dataset.id)
    var objects: [String: [UInt8]] = [:]
    for (key, bytes) in try tree.objects() { objects["\(root)/\(key)"] = bytes }
    return objects
  }
}
