import Cubes
import Grids
public import JSON

// The Zarr conventions for geographic data: `multiscales` (github.com/zarr-conventions/multiscales),
// `proj:` (…/geo-proj) and `spatial:` (…/spatial), which together make up GeoZarr.

extension PublishedDataset {
  /// Makes the attributes of the root.
  ///
  /// - Parameters:
  ///   - levels: How many levels there are.
  ///   - path: The address of the cube with the meshes below the site's root.
  ///   - extra: Further members of the attribute `cubepress`.
  /// - Returns: Those of the cube, the conventions', and what viewers need.
  public func rootAttributes(levels: Int, cube path: String, extra: JSONObject = [:]) -> JSONObject
  {
    var attributes = self.attributes
    if let grid = grids.first {
      attributes["zarr_conventions"] = .array([Convention.multiscales] + grid.conventions)
      attributes["multiscales"] = [
        "layout": .array((0..<levels).map { grid.layout(level: $0) }),
        "resampling_method": .string(resampling),
      ]
      for (key, value) in grid.geoAttributes { attributes[key] = value }
    }
    var own: JSONObject = [
      "grids": .object(JSONObject(grids.map { ($0.id, $0.json(cube: path)) })),
      "levels": .integer(Int64(levels)),
    ]
    for (key, value) in extra { own[key] = value }
    attributes["cubepress"] = .object(own)
    return attributes
  }

  private var resampling: String {
    variables.contains { !$0.variable.isCategorical } ? "average" : "mode"
  }
}

extension PublishedGrid {
  /// The attributes of a level's group.
  func attributes(level: Int) -> JSONObject {
    var attributes: JSONObject = ["zarr_conventions": .array(conventions)]
    for (key, value) in geoAttributes { attributes[key] = value }
    attributes["spatial:shape"] = shape(level: level)
    if let transform = transform(level: level) { attributes["spatial:transform"] = transform }
    return attributes
  }

  fileprivate var conventions: [JSONValue] {
    crsAttributes.isEmpty ? [Convention.spatial] : [Convention.proj, Convention.spatial]
  }

  /// The system of coordinates and the dimensions and edges in it.
  fileprivate var geoAttributes: JSONObject {
    var attributes = crsAttributes
    attributes["spatial:dimensions"] = [.string(names.row), .string(names.column)]
    if case .rectilinear(let x, let y) = grid.geometry {
      let ends = [x.edge(0), x.edge(columns)].sorted()
      attributes["spatial:bbox"] = .array(
        [ends[0], y.lowerEdge, ends[1], y.upperEdge].map(JSONValue.number))
      if !(x.isRegular && y.isRegular) {
        // Without a transformation the coordinate arrays say where cells lie.
        attributes["spatial:transform_type"] = "coordinates"
      }
    } else {
      attributes["spatial:transform_type"] = "coordinates"
    }
    return attributes
  }

  /// A code where there is one, else WKT; nothing for a grid whose cells have places of their own.
  private var crsAttributes: JSONObject {
    guard case .rectilinear = grid.geometry else { return [:] }
    if let epsg = grid.crs.epsg { return ["proj:code": .string("EPSG:\(epsg)")] }
    // CRS84 is EPSG:4326 with longitude first, which `spatial:` says for itself.
    if grid.crs == .geographic { return ["proj:code": "EPSG:4326"] }
    return grid.crs.wkt2.map { ["proj:wkt2": .string($0)] } ?? [:]
  }

  fileprivate func layout(level: Int) -> JSONValue {
    var entry: JSONObject = ["asset": .string(String(level))]
    if level > 0 { entry["derived_from"] = .string(String(level - 1)) }
    let scale: Double = level > 0 ? 2 : 1
    // The centre of a cell of a level lies half a cell of the finer one from that of its first cell.
    let translation: Double = level > 0 ? 0.5 : 0
    entry["transform"] = [
      "scale": [.number(scale), .number(scale)],
      "translation": [.number(translation), .number(translation)],
    ]
    entry["spatial:shape"] = shape(level: level)
    if let transform = transform(level: level) { entry["spatial:transform"] = transform }
    return .object(entry)
  }

  private func shape(level: Int) -> JSONValue {
    [.integer(Int64(rows(level: level))), .integer(Int64(columns(level: level)))]
  }
}

/// The conventions, as they are registered in the attribute `zarr_conventions`.
private enum Convention {
  static let multiscales: JSONValue = entry(
    "multiscales", "zarr-conventions/multiscales", "d35379db-88df-4056-af3a-620245f8e347",
    "Multiscale layout of zarr datasets")
  static let proj: JSONValue = entry(
    "proj:", "zarr-experimental/geo-proj", "f17cb550-5864-4468-aeb7-f3180cfb622f",
    "Coordinate reference system information for geospatial data")
  static let spatial: JSONValue = entry(
    "spatial:", "zarr-conventions/spatial", "689b58e2-cf7b-45e0-9fff-9cfc0883d6b4",
    "Spatial coordinate information")

  private static func entry(
    _ name: String, _ repository: String, _ uuid: String, _ description: String
  ) -> JSONValue {
    [
      "schema_url": .string(
        "https://raw.githubusercontent.com/\(repository)/refs/tags/v1/schema.json"),
      "spec_url": .string("https://github.com/\(repository)/blob/v1/README.md"),
      "uuid": .string(uuid), "name": .string(name), "description": .string(description),
    ]
  }
}
