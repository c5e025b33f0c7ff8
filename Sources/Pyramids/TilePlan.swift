public import Cubes
public import Grids
public import Images

/// What tiles to make of one variable.
public struct TilePlan: Sendable {
  /// A style and how its tiles are written.
  public struct PlannedStyle: Sendable, Hashable {
    /// How values become colours.
    public let style: Style
    /// The file format of the tiles.
    public let format: ImageFormat
    /// How hard the encoder tries to make them small.
    public let effort: Effort

    /// Plans a style.
    public init(style: Style, format: ImageFormat, effort: Effort) {
      self.style = style
      self.format = format
      self.effort = effort
    }
  }

  /// A tile matrix set and how far down it goes.
  public struct PlannedMatrixSet: Sendable, Hashable {
    /// The tile matrix set.
    public let tileMatrixSet: TileMatrixSet
    /// The zooms to make, from the whole extent to about the source's resolution.
    public let zooms: ClosedRange<Int>

    /// Plans a tile matrix set down to the zoom that shows a grid at its own resolution.
    ///
    /// - Parameters:
    ///   - tileMatrixSet: the tile matrix set.
    ///   - grid: the grid to show.
    ///   - maxZoom: the finest zoom, where that is not to follow from the grid.
    public init(_ tileMatrixSet: TileMatrixSet, grid: Grid, maxZoom: Int? = nil) {
      self.tileMatrixSet = tileMatrixSet
      let last = max(0, tileMatrixSet.matrices.count - 1)
      zooms = 0...min(last, max(0, maxZoom ?? tileMatrixSet.finestZoom(for: grid)))
    }
  }

  /// The id of the dataset.
  public let dataset: String
  /// The variable.
  public let variable: Variable
  /// The variable's name as a path segment.
  public let key: String
  /// The styles, the default one first.
  public let styles: [PlannedStyle]
  /// The tile matrix sets.
  public let matrixSets: [PlannedMatrixSet]

  /// Plans the tiles of a variable.
  public init(
    dataset: String, variable: Variable, styles: [PlannedStyle], matrixSets: [PlannedMatrixSet]
  ) {
    self.dataset = dataset
    self.variable = variable
    key = pathSegment(variable.name)
    self.styles = styles
    self.matrixSets = matrixSets
  }

}

extension TilePlan {
  /// The folder of one field's tiles in one style and tile matrix set.
  func folder(style: PlannedStyle, tileMatrixSet: TileMatrixSet, field: FieldSelection) -> String {
    (["datasets", dataset, "tiles", key, style.style.id, tileMatrixSet.id]
      + variable.labels(of: field))
      .joined(separator: "/")
  }
}

extension TileMatrixSet {
  /// The tile matrix sets in which a grid is best seen: the two of the whole world, and for a polar
  /// grid that of its pole.
  public static func suitable(for grid: Grid) -> [TileMatrixSet] {
    let world: [TileMatrixSet] = [.webMercatorQuad, .worldCRS84Quad]
    guard !grid.crs.isGeographic else { return world }
    let bounds = grid.geographicBounds
    if bounds.south <= -89.9, bounds.north < 0 { return world + [.upsAntarctic] }
    if bounds.north >= 89.9, bounds.south > 0 { return world + [.upsArctic] }
    return world
  }
}
