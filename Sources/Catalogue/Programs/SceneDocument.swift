import Cubes
import JSON
import Pages
import Pyramids
import Recipes

/// A scene of the globe for programs: `globe/scenes/<id>.json`.
///
/// Addresses in it are relative to the root of the site, to which its member `root` leads; variables
/// are named by their keys in `api/datasets/<id>.json`, where styles and grids are found too.
struct SceneDocument {
  let scene: SceneRecipe
  let datasets: [BuiltDataset]

  /// The key of the document.
  static func path(of scene: SceneRecipe) -> String { "globe/scenes/\(scene.id).json" }

  /// The document.
  ///
  /// - Throws: `PageError` where the scene shows something that was not made.
  func document() throws(PageError) -> JSONValue {
    var document: JSONObject = [
      "root": "../../", "id": .string(scene.id), "title": .string(scene.title),
      "base": .string(scene.base.rawValue),
    ]
    document["description"] = scene.description.map { .string($0) }
    document["surface"] = try scene.surface.map { surface throws(PageError) in
      try self.surface(surface)
    }
    document["area"] = scene.area.map { .array($0.map { .number($0) }) }
    var layers: [JSONValue] = []
    for layer in scene.layers { layers.append(try self.layer(layer)) }
    document["layers"] = .array(layers)
    document["light"] = scene.light.map(light)
    document["time"] = scene.time.map { .string($0) }
    document["view"] = scene.view.map { .object(view($0)) }
    if !scene.tour.isEmpty { document["tour"] = .array(scene.tour.map(stop)) }
    return .object(document)
  }

  private func surface(_ surface: SceneRecipe.Surface) throws(PageError) -> JSONValue {
    var document: JSONObject = ["exaggeration": .number(surface.exaggeration ?? 1)]
    switch surface.heights {
    case .field(let source, let scale, let offset, let missing):
      document["kind"] = "field"
      for (name, value) in try self.source(source) { document[name] = value }
      document["scale"] = .number(scale)
      document["offset"] = .number(offset)
      document["missing"] = .number(missing)
    case .terrain(let dataset):
      document["kind"] = "terrain"
      document["dataset"] = .string(dataset)
      let (terrain, layer) = try self.terrain(of: dataset)
      document["terrain"] = .string(layer)
      document["exaggeration"] = .number(surface.exaggeration ?? terrain.exaggeration)
      // By how much the tiles have it already.
      document["built"] = .number(terrain.exaggeration)
    }
    return .object(document)
  }

  /// The terrain of a dataset and where it is, with a place-holder for each dimension of its variable.
  private func terrain(
    of id: String
  ) throws(PageError) -> (terrain: BuiltTerrain, layer: String) {
    guard let dataset = datasets.first(where: { $0.id == id }), let terrain = dataset.terrain,
      let variable = dataset.variables.first(where: { $0.key == terrain.variable })
    else {
      throw PageError(
        "describe the scene \(scene.id)", because: "the dataset \(id) has no terrain",
        remedy: "give it the key terrain in the recipe, or name a variable for the surface")
    }
    return (terrain, terrain.layerTemplate(dataset: id, variable))
  }

  private func source(_ source: SceneRecipe.Source) throws(PageError) -> JSONObject {
    guard let variable = variable(source) else {
      throw PageError(
        "describe the scene \(scene.id)",
        because: "the dataset \(source.dataset) shows no \(source.variable ?? "variable")",
        remedy: "name one that has values")
    }
    var document: JSONObject = [
      "dataset": .string(source.dataset), "variable": .string(variable.key),
    ]
    if !source.extras.isEmpty {
      document["dims"] = .object(
        JSONObject(
          source.extras.sorted { $0.key < $1.key }
            .map { (Self.dimension($0.key, of: variable), .string($0.value)) }))
    }
    return document
  }

  /// The name that a dimension of the source has in the document of its dataset.
  private static func dimension(_ name: String, of variable: BuiltVariable?) -> String {
    let known = variable?.arrays?.dimensions ?? variable?.dimensions ?? []
    let key = pathSegment(name).lowercased()
    return known.first { $0.name.lowercased() == key }?.name ?? key
  }

  private func variable(_ source: SceneRecipe.Source) -> BuiltVariable? {
    datasets.first { $0.id == source.dataset }?.variables
      .first { $0.name == source.variable ?? $0.name }
  }

  private func layer(_ layer: SceneRecipe.Layer) throws(PageError) -> JSONValue {
    var document = try source(layer.source)
    document["style"] = layer.style.map { .string($0) }
    document["colours"] = layer.colours.map { .string($0) }
    document["range"] = layer.range.map { .array($0.map { .number($0) }) }
    if layer.opacity != 1 { document["opacity"] = .number(layer.opacity) }
    document["time"] = layer.time.map { .string($0) }
    if layer.pictures { document["pictures"] = true }
    document["stack"] = layer.stack.map { stack in
      var places: JSONObject = [
        "dimension": .string(
          Self.dimension(stack.dimension, of: variable(layer.source))),
        "scale": .number(stack.scale), "base": .number(stack.base),
      ]
      if stack.spacing != .values { places["spacing"] = .string(stack.spacing.rawValue) }
      return .object(places)
    }
    return .object(document)
  }

  private func light(_ light: SceneRecipe.Light) -> JSONValue {
    var document: JSONObject = ["kind": .string(light.kind.rawValue)]
    document["azimuth"] = light.azimuth.map { .number($0) }
    document["elevation"] = light.elevation.map { .number($0) }
    document["ambient"] = light.ambient.map { .number($0) }
    if let place = light.place, place.count == 2 {
      document["lon"] = .number(place[0])
      document["lat"] = .number(place[1])
    } else if let view = scene.view {
      document["lon"] = .number(view.lon)
      document["lat"] = .number(view.lat)
    }
    document["date"] = light.date.map { .string($0) }
    return .object(document)
  }

  private func view(_ view: SceneRecipe.View) -> JSONObject {
    [
      "lon": .number(view.lon), "lat": .number(view.lat), "distance": .number(view.distance),
      "heading": .number(view.heading), "pitch": .number(view.pitch),
    ]
  }

  private func stop(_ stop: SceneRecipe.Stop) -> JSONValue {
    var document: JSONObject = [
      "view": .object(view(stop.view)), "seconds": .number(stop.seconds),
      "hold": .number(stop.hold),
    ]
    document["caption"] = stop.caption.map { .string($0) }
    document["time"] = stop.time.map { .string($0) }
    return .object(document)
  }
}

/// The list of scenes for programs: `api/scenes.json`; paths in it are relative to it.
struct SceneList {
  let scenes: [SceneRecipe]

  var document: JSONValue {
    [
      "scenes": .array(
        scenes.map { scene in
          var entry: JSONObject = ["id": .string(scene.id), "title": .string(scene.title)]
          entry["summary"] = scene.description.map { .string(Prose.summary($0, limit: 200)) }
          entry["document"] = .string("../" + SceneDocument.path(of: scene))
          entry["page"] = .string(SceneLink(scene: scene).href(root: "../"))
          entry["datasets"] = .array(scene.datasets.map { .string($0) })
          return .object(entry)
        })
    ]
  }
}

/// A link to a scene; `Site/globe/state.js` reads it.
struct SceneLink {
  let scene: SceneRecipe

  /// The address from a page from which `root` leads to the root of the site.
  func href(root: String) -> String { "\(root)globe/index.html#scene=\(scene.id)" }
}
