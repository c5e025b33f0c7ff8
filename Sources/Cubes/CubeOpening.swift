extension Cube {
  /// Opens one source or several that are joined along time.
  ///
  /// - Parameters:
  ///   - sources: Paths, globs and URLs. NetCDF files and Zarr stores are told apart by content.
  ///   - options: How to read what the sources leave open.
  /// - Returns: The cube, with its metadata read and its values not.
  /// - Throws: `CubeError` where nothing can be opened, sources do not fit together, or no variable
  ///   could be placed on a map.
  public static func open(
    _ sources: [String], options: CubeOptions = CubeOptions()
  ) throws(CubeError) -> Cube {
    throw CubeError(
      "open", of: sources.joined(separator: ", "), reason: "this is not written yet")
  }
}
