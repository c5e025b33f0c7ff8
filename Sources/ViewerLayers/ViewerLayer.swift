public import Cubes
public import Recipes

/// A variable as a layer of the 4D viewer: what it is there, and which values its grey levels stand
/// for.
///
/// The contract is that of the viewer's own server, read in the package `xcube-4d-viewer` 1.0.16.
public struct ViewerLayer: Sendable {
  /// What the viewer draws.
  public typealias Kind = ViewerLayerRecipe.Kind

  /// The id of the dataset.
  public let dataset: String
  /// The key of the variable, the second part of the layer's id.
  public let key: String
  /// What people call it.
  public let title: String
  /// What people call its dataset.
  public let datasetTitle: String
  /// The variable.
  public let variable: Variable
  /// What the viewer draws.
  public let kind: Kind
  /// The values of the grey levels 0 and 255.
  public let range: ClosedRange<Double>
  /// How its tiles lie.
  public let grid: ViewerTileGrid

  /// Describes a layer.
  ///
  /// - Parameters:
  ///   - dataset: the id of the dataset.
  ///   - datasetTitle: what people call it.
  ///   - key: the key of the variable.
  ///   - title: what people call it.
  ///   - variable: the variable.
  ///   - kind: what the viewer draws.
  ///   - range: the values of the grey levels 0 and 255; where they are equal, 255 is one more.
  /// - Throws: `ViewerLayerError` where the variable cannot be drawn so.
  public init(
    dataset: String, datasetTitle: String, key: String, title: String, variable: Variable,
    kind: Kind, range: ClosedRange<Double>
  ) throws(ViewerLayerError) {
    self.dataset = dataset
    self.datasetTitle = datasetTitle
    self.key = key
    self.title = title
    self.variable = variable
    self.kind = kind
    self.range =
      range.lowerBound < range.upperBound ? range : range.lowerBound...range.lowerBound + 1
    grid = try ViewerTileGrid(variable, kind: kind)
  }

  /// The id in the addresses of the viewer.
  public var id: String { "\(dataset).\(key)" }

  /// The address of all that is below the layer.
  var path: String { "4d_viewer/\(id)" }

  /// The address of a tile.
  ///
  /// - Parameters:
  ///   - resolution: 0 is the coarsest.
  ///   - x: counted from the west.
  ///   - y: counted from the north.
  ///   - z: counted from the lowest value of the third dimension; `nil` for layers without one.
  ///   - time: the index of the time among those that are made.
  /// - Returns: a key without extension, as the viewer has it.
  func tile(resolution: Int, x: Int, y: Int, z: Int?, time: Int) -> String {
    let depth = z.map(String.init) ?? "None"
    let ending = kind == .heatmap3d ? "bin" : "png"
    return "\(path)/tiles/\(resolution)/\(x)_\(y)_\(depth)_\(time)_\(ending)"
  }
}

/// Why a variable cannot be a layer of the 4D viewer.
public struct ViewerLayerError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The whole message.
  public let description: String
}
