/// The key tables of scenes.
extension RecipeKeys {
  static let scene = KeyTable(
    name: "a scene", id: "scene",
    summary: "A scene of the globe: a surface, layers draped over it, light, camera.",
    keys: [
      .init(
        name: "id", summary: "The part of its address that names it.", shape: .identifier,
        isRequired: true),
      .init(name: "title", summary: "What people call it.", shape: .text, isRequired: true),
      .init(name: "description", summary: "What it shows, in Markdown.", shape: .text),
      .init(
        name: "surface", summary: "The earth's surface; smooth without.", shape: .table("surface")),
      .init(
        name: "base",
        summary: "What is below the layers: natural (land and sea, the default) or plain.",
        shape: .word(SceneRecipe.Base.allCases.map(\.rawValue))),
      .init(
        name: "area",
        summary: "The part of the earth that is drawn: [west, south, east, north]; all without.",
        shape: .list(.number, count: 4)),
      .init(
        name: "layers", summary: "What is shown, the first on top.",
        shape: .list(.table("scene-layer"))),
      .init(name: "light", summary: "Where light comes from.", shape: .table("light")),
      .init(
        name: "time", summary: "The time that is shown first, in ISO 8601; the last without.",
        shape: .text),
      .init(name: "view", summary: "How the camera stands first.", shape: .table("view")),
      .init(
        name: "tour", summary: "The stops of a tour, in order.", shape: .list(.table("stop"))),
    ])

  private static let sourceDataset = KeyTable.Key(
    name: "dataset", summary: "The id of the dataset.", shape: .identifier, isRequired: true)
  private static let sourceVariable = KeyTable.Key(
    name: "variable", summary: "The name of the variable in the source; the first without.",
    shape: .text)
  private static let sourceExtras = KeyTable.Key(
    name: "extras",
    summary: "By name of a dimension other than time, its value; the first without.",
    shape: .named(.either([.number, .text])))

  static let surface = KeyTable(
    name: "a surface", id: "surface",
    summary: "Heights of the earth's surface, from any variable or from terrain tiles.",
    keys: [
      sourceDataset, sourceVariable, sourceExtras,
      .init(
        name: "terrain",
        summary: "Whether the terrain tiles of the dataset are taken instead of a variable.",
        shape: .truth),
      .init(
        name: "exaggeration",
        summary:
          "By how much heights are exaggerated in all; without, as the terrain tiles are, else 1.",
        shape: .positiveNumber),
      .init(
        name: "scale", summary: "Metres for each unit of the variable; 1 without.", shape: .number),
      .init(
        name: "offset", summary: "Metres above the ellipsoid of the value 0; 0 without.",
        shape: .number),
      .init(
        name: "missing", summary: "The value that stands where values are missing; 0 without.",
        shape: .number),
    ])

  static let sceneLayer = KeyTable(
    name: "a layer of a scene", id: "scene-layer",
    summary: "A variable, draped over the surface or stacked above it.",
    keys: [
      sourceDataset, sourceVariable, sourceExtras,
      .init(name: "style", summary: "The id of a style; the first without.", shape: .identifier),
      .init(
        name: "colours", summary: "Another colour map than that of the style.", shape: .colourMap),
      .init(
        name: "range", summary: "Another range than that of the style: [low, high].",
        shape: .list(.number, count: 2)),
      .init(name: "opacity", summary: "From 0 to 1 (the default).", shape: .number),
      .init(
        name: "time", summary: "A time that it keeps; it follows the time that is shown without.",
        shape: .text),
      .init(
        name: "pictures", summary: "Whether published tiles are shown instead of values.",
        shape: .truth),
      .init(
        name: "stack", summary: "Shows all places of a dimension as sheets one above the other.",
        shape: .table("stack")),
    ])

  static let stack = KeyTable(
    name: "a stack", id: "stack",
    summary: "How the places of a dimension become sheets one above the other.",
    keys: [
      .init(name: "dimension", summary: "The dimension.", shape: .text, isRequired: true),
      .init(
        name: "scale",
        summary: "Metres for each unit of it, below zero where it counts downwards; for each "
          + "sheet where they lie evenly.",
        shape: .number, isRequired: true),
      .init(
        name: "base",
        summary: "Metres above the ellipsoid of its value 0, of the first sheet where they lie "
          + "evenly; 0 without.",
        shape: .number),
      .init(
        name: "spacing",
        summary: "How far apart sheets lie: as far as their values (the default), or evenly.",
        shape: .word(SceneRecipe.Stack.Spacing.allCases.map(\.rawValue))),
    ])

  static let light = KeyTable(
    name: "a light", id: "light", summary: "Where light comes from.",
    keys: [
      .init(
        name: "kind",
        summary: "none (colours as in the legend), camera (a lamp that comes along), fixed (a lamp "
          + "over a place) or sun.",
        shape: .word(SceneRecipe.Light.Kind.allCases.map(\.rawValue)), isRequired: true),
      .init(
        name: "azimuth", summary: "From where a lamp shines, in degrees from north over east.",
        shape: .number),
      .init(
        name: "elevation", summary: "How high a lamp stands above the horizon, in degrees.",
        shape: .number),
      .init(name: "ambient", summary: "How bright the shade is, 0 to 1.", shape: .number),
      .init(
        name: "place", summary: "The place of a fixed lamp: [longitude, latitude].",
        shape: .list(.number, count: 2)),
      .init(
        name: "date",
        summary: "The date of the sun in ISO 8601; it follows the time that is shown without.",
        shape: .text),
    ])

  private static let viewKeys: [KeyTable.Key] = [
    .init(name: "lon", summary: "The longitude to look at.", shape: .number, isRequired: true),
    .init(name: "lat", summary: "The latitude to look at.", shape: .number, isRequired: true),
    .init(
      name: "distance", summary: "Metres from there.", shape: .positiveNumber, isRequired: true),
    .init(
      name: "heading", summary: "Where the camera looks, in degrees from north over east.",
      shape: .number),
    .init(
      name: "pitch", summary: "How far it looks up from the horizon; -90, straight down, without.",
      shape: .number),
  ]

  static let view = KeyTable(
    name: "a view", id: "view", summary: "How the camera stands: it looks at a place.",
    keys: viewKeys)

  static let stop = KeyTable(
    name: "a stop", id: "stop", summary: "A stop of a tour.",
    keys: viewKeys + [
      .init(name: "seconds", summary: "How long it takes to get there; 4 without.", shape: .number),
      .init(name: "hold", summary: "How many seconds to stay; 4 without.", shape: .number),
      .init(name: "caption", summary: "What is told there.", shape: .text),
      .init(name: "time", summary: "The time that is shown there, in ISO 8601.", shape: .text),
    ])

  static let sceneTables = [scene, surface, sceneLayer, stack, light, view, stop]
}
