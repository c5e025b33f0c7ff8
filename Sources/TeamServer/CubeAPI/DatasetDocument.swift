internal import Cubes
internal import Foundation
internal import Grids
internal import Images
internal import JSON
internal import LiveCubes

/// The description of a cube in the form of xcube's server.
enum DatasetDocument {
  /// Of the list of datasets.
  static func brief(_ source: LiveSource, title: String) -> JSONObject {
    ["id": .string(source.dataset), "title": .string(title)]
  }

  /// All of it, with the styles of its variables by name; a variable without a style is left out.
  static func full(_ cube: LiveCube, styles: [String: Style], api: String) -> JSONObject {
    var document = brief(cube.source, title: cube.title)
    guard let first = cube.cube.variables.first else { return document }
    let bounds = first.grid.geographicBounds
    document["bbox"] = box(bounds)
    document["geometry"] = outline(bounds)
    document["spatialRef"] = .string(
      first.grid.crs.isPlainLongitudeLatitude ? "CRS84" : first.grid.crs.description)
    document["resolutions"] = [.number(resolution(of: first.grid))]
    document["spatialUnits"] = first.grid.crs.isAngular ? "degree" : "metre"
    document["variables"] = .array(
      cube.cube.variables.compactMap { variable in
        styles[variable.name].map { self.variable(variable, $0, of: cube, api: api) }
      })
    document["dimensions"] = .array(dimensions(of: cube).map(JSONValue.object))
    document["attrs"] = finite(.object(cube.cube.attributes))
    if let attribution = cube.cube.institution { document["attributions"] = [.string(attribution)] }
    if let text = cube.cube.summary { document["description"] = .string(text) }
    return document
  }

  private static func variable(
    _ variable: Variable, _ style: Style, of cube: LiveCube, api: String
  ) -> JSONValue {
    let dataset = cube.source.dataset
    let finest = TileMatrixSet.webMercatorQuad.finestZoom(for: variable.grid)
    var document: JSONObject = [
      "id": .string("\(dataset).\(variable.name)"), "name": .string(variable.name),
      "dims": .array(variable.dimensionNames.map(JSONValue.string)),
      "shape": .array(variable.shape.map { .integer(Int64($0)) }),
      "dtype": .string(String(describing: variable.storedType)),
      "units": .string(variable.units ?? ""),
      "title": .string(variable.longName ?? variable.name),
      "timeChunkSize": 1,
      "tileUrl": .string(
        "\(api)/tiles/\(escaped(dataset))/\(escaped(variable.name))/{z}/{y}/{x}"),
      // A tile shows at least some pixels of the dataset from the zoom at which it is one pixel wide.
      "tileLevelMin": 0, "tileLevelMax": .integer(Int64(finest)),
      "colorBarName": .string(
        ColourMap.named(style.colourMap.name) == nil ? "viridis" : style.colourMap.name),
      "colorBarNorm": .string(norm(style.scale)),
      "colorBarMin": .number(style.range.lowerBound),
      "colorBarMax": .number(style.range.upperBound),
      "attrs": finite(.object(variable.attributes)),
    ]
    if let description = variable.attributes["description"]?.stringValue
      ?? variable.attributes["comment"]?.stringValue
    {
      document["description"] = .string(description)
    }
    return .object(document)
  }

  /// The name of a scale in requests for tiles.
  static func norm(_ scale: Scale) -> String {
    switch scale {
    case .linear, .symmetric: "lin"
    case .logarithmic: "log"
    case .categorical: "cat"
    }
  }

  /// The dimensions of all variables, each with its coordinates.
  static func dimensions(of cube: LiveCube) -> [JSONObject] {
    var found: [JSONObject] = []
    for variable in cube.cube.variables {
      for dimension in dimensions(of: variable)
      where !found.contains(where: { $0["name"] == dimension["name"] }) {
        found.append(dimension)
      }
    }
    return found
  }

  private static func dimensions(of variable: Variable) -> [JSONObject] {
    var documents: [JSONObject] = []
    if case .rectilinear(let x, let y) = variable.grid.geometry,
      variable.dimensionNames.count >= 2
    {
      let names = spatialNames(of: variable, x: x, y: y)
      documents.append(dimension(names.x, "float64", x.values.map(JSONValue.number)))
      documents.append(dimension(names.y, "float64", y.values.map(JSONValue.number)))
    }
    if let time = variable.time {
      documents.append(
        // The name under which clients of xcube's server look for it.
        dimension("time", "datetime64[ns]", time.labels.map(JSONValue.string)))
    }
    for axis in variable.extras {
      documents.append(
        dimension(
          axis.name, axis.values == nil ? "str" : "float64",
          axis.values?.map(JSONValue.number) ?? axis.labels.map(JSONValue.string)))
    }
    return documents
  }

  /// The stored names of the two dimensions of the grid: those that are neither time nor further axes.
  private static func spatialNames(
    of variable: Variable, x: GridAxis, y: GridAxis
  ) -> (x: String, y: String) {
    let others = Set(variable.extras.map(\.name) + (variable.time.map { [$0.name] } ?? []))
    let names = zip(variable.dimensionNames, variable.shape).filter { !others.contains($0.0) }
    let horizontal = names.filter { $0.1 == x.count || $0.1 == y.count }.map(\.0).suffix(2)
    guard let first = horizontal.first, let last = horizontal.last, first != last else {
      return ("x", "y")
    }
    // Rows before columns, but for stores that keep them the other way round.
    let isTransposed = first.lowercased().hasPrefix("x") || first.lowercased().hasPrefix("lon")
    return isTransposed ? (first, last) : (last, first)
  }

  private static func dimension(
    _ name: String, _ type: String, _ coordinates: [JSONValue]
  ) -> JSONObject {
    [
      "name": .string(name), "size": .integer(Int64(coordinates.count)), "dtype": .string(type),
      "coordinates": .array(coordinates),
    ]
  }

  private static func resolution(of grid: Grid) -> Double {
    switch grid.geometry {
    case .rectilinear(let x, _): abs(x.step)
    case .curvilinear: grid.resolutionMetres
    }
  }

  private static func box(_ bounds: GeographicBounds) -> JSONValue {
    [.number(bounds.west), .number(bounds.south), .number(bounds.east), .number(bounds.north)]
  }

  private static func outline(_ bounds: GeographicBounds) -> JSONValue {
    let corners = [
      (bounds.west, bounds.south), (bounds.west, bounds.north), (bounds.east, bounds.north),
      (bounds.east, bounds.south), (bounds.west, bounds.south),
    ]
    return [
      "type": "Polygon",
      "coordinates": [.array(corners.map { [.number($0.0), .number($0.1)] })],
    ]
  }

  /// The same without numbers that JSON does not know, which browsers refuse.
  static func finite(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let number): return number.isFinite ? value : .null
    case .array(let elements): return .array(elements.map(finite))
    case .object(let members):
      return .object(JSONObject(members.map { ($0.key, finite($0.value)) }))
    default: return value
    }
  }

  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", "_", "."]))
      ?? text
  }
}
