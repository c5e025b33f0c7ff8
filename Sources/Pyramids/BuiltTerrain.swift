import Grids

/// The terrain of a dataset.
public struct BuiltTerrain: Sendable, Hashable, Codable {
  /// The key of the variable that holds the heights.
  public let variable: String
  /// From where heights are counted: `ellipsoid` or `geoid`.
  public let heightsAbove: String
  /// By how much the heights of the meshes are multiplied.
  public let exaggeration: Double
  /// The zooms of the Terrain-RGB pictures in Web Mercator; `nil` where none were made.
  public let pictureZooms: ClosedRange<Int>?

  /// Describes a terrain.
  public init(
    variable: String, heightsAbove: String, exaggeration: Double, pictureZooms: ClosedRange<Int>?
  ) {
    self.variable = variable
    self.heightsAbove = heightsAbove
    self.exaggeration = exaggeration
    self.pictureZooms = pictureZooms
  }

  /// The key of the meshes' `layer.json`, with a place-holder for each dimension of the variable.
  public func layerTemplate(dataset: String, _ variable: BuiltVariable) -> String {
    let varying = variable.dimensions.map { "{\($0.placeholder)}" }
    return (["datasets", dataset, "terrain"] + varying + ["layer.json"]).joined(separator: "/")
  }

  /// The key of a Terrain-RGB tile, with the place-holders of `BuiltStyle.tileTemplate`.
  public func pictureTemplate(dataset: String, _ variable: BuiltVariable) -> String {
    let varying = variable.dimensions.map { "{\($0.placeholder)}" }
    let fixed = ["datasets", dataset, "terrain-rgb", TileMatrixSet.webMercatorQuad.id]
    return (fixed + varying + ["{z}", "{y}", "{x}.png"]).joined(separator: "/")
  }

  /// The key of the TileJSON of the Terrain-RGB pictures.
  public func pictureDocument(dataset: String) -> String {
    "datasets/\(dataset)/terrain-rgb/tilejson.json"
  }
}
