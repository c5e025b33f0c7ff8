import Cubes
import Grids
import JSON

/// The `layer.json` by which CesiumJS reads the terrain of a field.
///
/// TileJSON 2.1 with what Cesium adds: tiles of longitude and latitude, two at zoom 0, rows counted
/// from the south. What it has no words for stands under `cubepress`.
struct LayerDocument {
  let plan: TerrainPlan
  let field: FieldSelection
  /// By zoom, the tiles that exist.
  let tiles: [[TileAddress]]
  /// By zoom, how far tiles may be off, in metres.
  let errors: [Double]

  var json: JSONValue {
    let bounds = plan.variable.grid.geographicBounds
    let (west, east) = bounds.crossesAntimeridian ? (-180, 180) : (bounds.west, bounds.east)
    var extensions = [QuantizedMeshFile.Extension.octVertexNormals]
    if plan.options.water != nil { extensions.append(.waterMask) }
    var document: JSONObject = [
      "tilejson": "2.1.0", "name": .string(plan.title), "version": "1.0.0",
      "format": "quantized-mesh-1.0", "scheme": "tms", "projection": "EPSG:4326",
      "tiles": ["{z}/{x}/{y}.terrain"],
      "extensions": .array(extensions.map { .string($0.name) }),
      "bounds": .array([west, bounds.south, east, bounds.north].map { .number($0) }),
      "minzoom": 0, "maxzoom": .integer(Int64(plan.maxZoom)),
      "available": TileAvailability(tiles).json,
    ]
    document["attribution"] = plan.attribution.map { .string($0) }
    var ours: JSONObject = [
      "variable": .string(plan.key), "units": "m",
      "heightsAbove": .string(plan.options.reference.rawValue),
      "exaggeration": .number(plan.options.exaggeration),
      "missing": .number(plan.options.missing),
      // Of the heights as they are drawn, exaggerated.
      "maximumErrors": .array(errors.map { .number($0) }),
    ]
    ours["water"] = plan.options.water.map { water in
      switch water {
      case .belowZero: "below-zero"
      case .missing: "missing"
      case .values(let values, let mask):
        [
          "variable": .string(pathSegment(mask.name)),
          "values": .array(values.map { .number($0) }),
        ]
      }
    }
    let labels = plan.variable.labels(of: field)
    if !labels.isEmpty { ours["field"] = .array(labels.map { .string($0) }) }
    document["cubepress"] = .object(ours)
    return .object(document)
  }
}
