import Cubes
import Grids
import JSON
import Recipes

/// How the tiles of a layer lie: in the cube's own grid, at resolutions that halve.
///
/// Resolution 0 is the coarsest one. Rows of tiles are counted from the north (or from the largest y),
/// columns from the west, whatever the order in the source. The extent is that of the cells' edges, so
/// that tiles of cells begin and end where their cells do; for a `heightmap` it is that of the cells'
/// centres, where its vertices stand.
public struct ViewerTileGrid: Sendable {
  /// The sizes of a tile in cells (of a `heightmap` in vertices, 2ⁿ + 1).
  struct Size: Sendable, Hashable {
    let x: Int
    let y: Int
    let z: Int?
  }

  /// One axis: where its first cell begins, how wide a cell is, how many there are.
  private struct Axis {
    let minimum: Double
    let maximum: Double
    let step: Double
    let count: Int
  }

  /// The size of a tile.
  let size: Size
  /// How many resolutions there are.
  let resolutions: Int
  /// How many cells there are along the third dimension.
  let depth: Int
  /// Whether the source's rows begin in the south, columns in the east, the third dimension at its
  /// largest value.
  let isFlipped: (x: Bool, y: Bool, z: Bool)
  /// How many rows and columns the finest resolution has.
  let shape: (rows: Int, columns: Int)
  private let kind: ViewerLayer.Kind
  private let x: Axis
  private let y: Axis
  private let z: Axis?
  private let projection: String

  /// The side of tiles, and how many cells those of volumes have at most upwards.
  static let side = 256
  static let volumeDepth = 16

  init(_ variable: Variable, kind: ViewerLayer.Kind) throws(ViewerLayerError) {
    self.kind = kind
    guard case .rectilinear(let columns, let rows) = variable.grid.geometry else {
      throw ViewerLayerError(
        description: "\(variable.name) lies on a curvilinear grid, which the viewer cannot place")
    }
    // Columns with which a source repeats its first ones would be seen twice.
    let columnCount = variable.grid.turn ?? variable.grid.columns
    let inset = kind == .heightmap ? 0.5 : 0
    x = Self.axis(columns, count: columnCount, inset: inset)
    y = Self.axis(rows, count: variable.grid.rows, inset: inset)
    shape = (variable.grid.rows, columnCount)
    var isDescending = false
    if kind == .heatmap3d {
      guard variable.extras.count == 1, let values = variable.extras[0].values, !values.isEmpty
      else {
        throw ViewerLayerError(
          description: "\(variable.name) is no volume: a heatmap3d needs one dimension of numbers "
            + "beside time, rows and columns")
      }
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      let step = values.count > 1 ? (high - low) / Double(values.count - 1) : 1
      z = Axis(
        minimum: low - step / 2, maximum: high + step / 2, step: step, count: values.count)
      isDescending = (values.first ?? 0) > (values.last ?? 0)
      depth = values.count
    } else {
      guard variable.extras.isEmpty else {
        throw ViewerLayerError(
          description: "\(variable.name) has the dimension \(variable.extras[0].name), for which a "
            + "\(kind.rawValue) has no place; a heatmap3d has one")
      }
      z = nil
      depth = 1
    }
    isFlipped = (columns.step < 0, rows.step > 0, isDescending)
    size =
      switch kind {
      case .heatmap: Size(x: Self.side, y: Self.side, z: nil)
      case .heightmap: Size(x: Self.side + 1, y: Self.side + 1, z: nil)
      case .heatmap3d:
        Size(x: Self.side, y: Self.side, z: min(Self.volumeDepth, depth))
      }
    let overlap = kind == .heightmap ? 1 : 0
    let longest = max(shape.rows, shape.columns) - overlap
    var count = 1
    while longest > (size.x - overlap) << (count - 1) { count += 1 }
    resolutions = count
    let crs = variable.grid.crs
    // Longitude and latitude without a grid mapping: the code that the viewer's server gives them.
    let epsg = crs.epsg ?? (crs.isPlainLongitudeLatitude ? 4326 : nil)
    projection = epsg.map { "EPSG:\($0)" } ?? ""
  }

  private static func axis(_ axis: GridAxis, count: Int, inset: Double) -> Axis {
    let step = abs(axis.step)
    let low = min(axis.edge(0), axis.edge(count))
    let high = max(axis.edge(0), axis.edge(count))
    return Axis(
      minimum: low + inset * step, maximum: high - inset * step, step: step, count: count)
  }

  /// The number of halvings between the source's resolution and one of ours.
  func level(resolution: Int) -> Int { resolutions - 1 - resolution }

  /// How many cells a tile goes on from the one before.
  var stride: Size {
    let overlap = kind == .heightmap ? 1 : 0
    return Size(x: size.x - overlap, y: size.y - overlap, z: size.z)
  }

  /// How many tiles lie side by side at a resolution.
  func tiles(resolution: Int) -> Size {
    let level = level(resolution: resolution)
    func count(_ cells: Int, _ stride: Int) -> Int {
      let coarse = (cells + (1 << level) - 1) >> level
      // The last vertices of a surface end the tile before.
      return max(1, (coarse - (kind == .heightmap ? 1 : 0) + stride - 1) / stride)
    }
    return Size(
      x: count(shape.columns, stride.x), y: count(shape.rows, stride.y),
      z: size.z.map { count(depth, $0) })
  }

  /// What the viewer is told of the grid.
  var json: JSONValue {
    let vertices = kind == .heightmap ? 1 : 0
    let factor = Double(1 << (resolutions - 1))
    func extent(_ axis: Axis, _ size: Int) -> JSONValue {
      .number(Double(size - vertices) * axis.step * factor)
    }
    func ends(_ axis: Axis) -> JSONValue {
      ["min": .number(axis.minimum), "max": .number(axis.maximum)]
    }
    var extents: JSONObject = ["x": ends(x), "y": ends(y)]
    var sizes: JSONObject = ["x": .integer(Int64(size.x)), "y": .integer(Int64(size.y))]
    var lowest: JSONObject = ["x": extent(x, size.x), "y": extent(y, size.y)]
    var orientation: JSONObject = ["x": "positive", "y": "negative"]
    var origin: JSONObject = ["x": .number(x.minimum), "y": .number(y.maximum)]
    if let z, let depth = size.z {
      extents["z"] = ends(z)
      sizes["z"] = .integer(Int64(depth))
      lowest["z"] = extent(z, depth)
      orientation["z"] = "positive"
      origin["z"] = .number(z.minimum)
    }
    return [
      "extent": .object(extents), "tile-size": .object(sizes),
      "lowest-resolution-tile-extent": .object(lowest),
      "tile-orientation": .object(orientation),
      "number-of-resolutions": .integer(Int64(resolutions)), "projection": .string(projection),
      "origin": .object(origin),
    ]
  }
}
