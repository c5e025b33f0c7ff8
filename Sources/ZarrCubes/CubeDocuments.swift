public import Jobs
public import PublishedArrays
public import Zarr

/// The metadata documents and coordinates of a `cube.zarr`.
public struct CubeDocuments: Sendable {
  private let dataset: PublishedDataset
  private let format: ZarrFormat
  private var tree: PublishedTree

  /// Describes a cube.
  ///
  /// - Parameters:
  ///   - dataset: What is published.
  ///   - variables: The variables' chunks, with what was recorded of each of their fields.
  ///   - format: The version of the format.
  public init(
    _ dataset: PublishedDataset, variables: [(builder: CubeBuilder, records: [FinishedUnit])],
    format: ZarrFormat
  ) {
    self.dataset = dataset
    self.format = format
    let levels = variables.map(\.builder.levelCount).max() ?? 0
    tree = PublishedTree(
      attributes: dataset.rootAttributes(
        levels: levels, cube: CubeBuilder.path(dataset: dataset.id)),
      format: format)
    for (builder, records) in variables {
      let errors = Self.errors(records)
      for level in 0..<builder.levelCount {
        let error = errors.indices.contains(level) ? errors[level] : nil
        tree.add(
          builder.array(level: level, maximumError: error), of: builder.variable, level: level)
      }
    }
    tree.addMeshes(of: dataset.grids)
  }

  /// For each level the largest error over all fields.
  public static func errors(_ records: [FinishedUnit]) -> [Double] {
    records.compactMap { CubeFieldSummary($0.summary)?.errors }.largestByLevel
  }

  /// The bytes of all documents and coordinates, by key below the site's root.
  ///
  /// - Throws: `ZarrError` when a chunk cannot be compressed.
  public func objects() throws(ZarrError) -> [String: [UInt8]] {
    let root = CubeBuilder.path(dataset: dataset.id)
    var objects: [String: [UInt8]] = [:]
    for (key, bytes) in try tree.objects() { objects["\(root)/\(key)"] = bytes }
    return objects
  }
}
