import Grids
import Images
import JSON
import Pyramids
import Recipes

/// The documents that web clients find tiles by.
struct TileDocuments: Sendable {
  let site: SiteRecipe
  let dataset: BuiltDataset

  private var address: ServiceAddress { ServiceAddress(base: site.serviceBaseURL) }

  /// The documents by key.
  var bytesByKey: [String: [UInt8]] {
    var documents = ["datasets/\(dataset.id)/tiles.json": bytes(templates)]
    for variable in dataset.variables {
      for style in variable.styles {
        guard let layer = style.layers.first(where: { $0.tileMatrixSet == .webMercatorQuad })
        else { continue }
        let key = "datasets/\(dataset.id)/tiles/\(variable.key)/\(style.style.id)/tilejson.json"
        documents[key] = bytes(tileJSON(variable, style, layer))
      }
    }
    if let terrain = dataset.terrain, let zooms = terrain.pictureZooms,
      let variable = dataset.variables.first(where: { $0.key == terrain.variable })
    {
      documents[terrain.pictureDocument(dataset: dataset.id)] = bytes(
        tileJSON(
          variable, template: terrain.pictureTemplate(dataset: dataset.id, variable), zooms: zooms,
          ours: ["units": "m", "heightsAbove": .string(terrain.heightsAbove)],
          // What MapLibre calls Terrain-RGB: height = -10000 + 0.1 (65536 R + 256 G + B).
          more: ["encoding": "mapbox"]))
    }
    return documents
  }

  private func bytes(_ value: JSONValue) -> [UInt8] {
    Array(value.serialized(pretty: true).utf8)
  }

  /// The box as TileJSON wants it: west to east without crossing the antimeridian.
  private var bounds: JSONValue {
    let bounds = dataset.bounds
    let (west, east) = bounds.crossesAntimeridian ? (-180, 180) : (bounds.west, bounds.east)
    return [.number(west), .number(bounds.south), .number(east), .number(bounds.north)]
  }

  /// TileJSON 3.0.0 of one style in Web Mercator.
  private func tileJSON(
    _ variable: BuiltVariable, _ style: BuiltStyle, _ layer: TileLayer
  ) -> JSONValue {
    var ours: JSONObject = [
      "legend": .string(address.url(style.legendPNG)),
      "legendSVG": .string(address.url(style.legendSVG)),
      "style": .string(style.style.id),
    ]
    ours["units"] = variable.units.map { .string($0) }
    ours["range"] = range(style)
    return tileJSON(
      variable,
      template: style.tileTemplate(
        dataset: dataset.id, variable: variable, tileMatrixSet: layer.tileMatrixSet),
      zooms: layer.minZoom...layer.maxZoom, ours: ours)
  }

  /// TileJSON 3.0.0 of tiles in Web Mercator; what it has no words for is under `cubepress`.
  private func tileJSON(
    _ variable: BuiltVariable, template: String, zooms: ClosedRange<Int>, ours: JSONObject,
    more: JSONObject = [:]
  ) -> JSONValue {
    let template = address.template(template)
    var document: JSONObject = [
      "tilejson": "3.0.0",
      "name": .string("\(dataset.title): \(variable.title)"),
      "scheme": "xyz",
      "tiles": [.string(template.filling(variable.defaults))],
      "minzoom": .integer(Int64(zooms.lowerBound)),
      "maxzoom": .integer(Int64(zooms.upperBound)),
      "bounds": bounds,
    ]
    for name in more.keys { document[name] = more[name] }
    document["description"] = (variable.description ?? dataset.description).map { .string($0) }
    // Clients may show the attribution as HTML, so it is written as HTML: text without markup.
    document["attribution"] = dataset.attribution.map { .string(XMLWriter.escaped($0)) }
    var cubepress: JSONObject = [
      "template": .string(template),
      "dimensions": .array(variable.dimensions.map(dimension)),
    ]
    for name in ours.keys { cubepress[name] = ours[name] }
    document["cubepress"] = .object(cubepress)
    return .object(document)
  }

  /// Every template of the dataset: for each variable, style and tile matrix set.
  private var templates: JSONValue {
    let variables = dataset.variables.map { variable -> JSONValue in
      var document: JSONObject = [
        "name": .string(variable.name), "key": .string(variable.key),
        "title": .string(variable.title),
      ]
      document["units"] = variable.units.map { .string($0) }
      document["dimensions"] = .array(variable.dimensions.map(dimension))
      document["styles"] = .array(variable.styles.map { self.style($0, of: variable) })
      return .object(document)
    }
    return [
      "id": .string(dataset.id), "title": .string(dataset.title), "bounds": bounds,
      "variables": .array(variables),
    ]
  }

  private func style(_ style: BuiltStyle, of variable: BuiltVariable) -> JSONValue {
    var document: JSONObject = [
      "id": .string(style.style.id), "title": .string(style.style.title),
      "format": .string(style.format.mediaType),
      "legend": .string(address.url(style.legendPNG)),
    ]
    document["range"] = range(style)
    document["tileMatrixSets"] = .array(
      style.layers.map { layer in
        let template = style.tileTemplate(
          dataset: dataset.id, variable: variable, tileMatrixSet: layer.tileMatrixSet)
        return [
          "id": .string(layer.tileMatrixSet.id), "crs": .string(layer.tileMatrixSet.urn),
          "template": .string(address.template(template)), "key": .string(template),
          "minzoom": .integer(Int64(layer.minZoom)), "maxzoom": .integer(Int64(layer.maxZoom)),
          "limits": .object(limits(layer)),
        ]
      })
    return .object(document)
  }

  private func limits(_ layer: TileLayer) -> JSONObject {
    JSONObject(
      layer.limits.sorted { $0.key < $1.key }.map { zoom, limits in
        let sides = [limits.minX, limits.minY, limits.maxX, limits.maxY]
        return ("\(zoom)", .array(sides.map { .integer(Int64($0)) }))
      })
  }

  private func range(_ style: BuiltStyle) -> JSONValue? {
    if case .categorical = style.style.scale { return nil }
    return [.number(style.style.range.lowerBound), .number(style.style.range.upperBound)]
  }

  private func dimension(_ dimension: TileDimension) -> JSONValue {
    var document: JSONObject = [
      "name": .string(dimension.name), "placeholder": .string(dimension.placeholder),
      "title": .string(dimension.title),
    ]
    document["units"] = dimension.units.map { .string($0) }
    document["default"] = .string(dimension.defaultValue)
    document["values"] = .array(dimension.values.map { .string($0) })
    return .object(document)
  }
}
