import Grids
import Images
import Pages
import Pyramids
import Recipes

/// How to get a dataset: code for Python, Julia and R, addresses for QGIS and web maps, and how large
/// everything is.
struct AccessSection {
  let entry: Entry

  private var dataset: BuiltDataset { entry.dataset }
  private var base: String { entry.site.serviceBaseURL }

  var context: [String: PageValue] {
    var context: [String: PageValue] = [
      "service": [
        "copyText": .text(base + entry.folder + "wmts/1.0.0/WMTSCapabilities.xml"),
        "copyLabel": "the address of the map service",
      ],
      "hasTiles": .flag(
        dataset.variables.contains { $0.styles.contains { !$0.layers.isEmpty } }),
      "hasTime": .flag(dataset.timeRange.map { $0.count > 1 } ?? false),
      "manyTimes": .optional(dataset.timeRange.map(Words.period)),
      "downloadRows": .list(downloads),
      "firstLayer": .text(Self.short(dataset.variables.first?.title ?? dataset.title)),
      "stepsFrom": .text(String((dataset.timeRange?.first ?? "").prefix(10))),
      "stepsTo": .text(String((dataset.timeRange?.last ?? "").prefix(10))),
    ]
    context.merge(tiles) { first, _ in first }
    if let terrain { context["terrain"] = terrain }
    if let viewerLayers { context["viewerLayers"] = viewerLayers }
    if let code { context["code"] = code } else { context["source"] = source }
    return context
  }

  /// As much of a title as fits into a drawing.
  private static func short(_ title: String) -> String {
    title.count > 15 ? title.prefix(14) + "…" : title
  }

  // MARK: Sizes

  private var downloads: [PageValue] {
    var rows: [PageValue] = []
    func add(_ title: String, _ text: String, _ href: String, _ size: String) {
      rows.append([
        "downloadTitle": .text(title), "downloadText": .text(text), "downloadHref": .text(href),
        "downloadSize": .text(size),
      ])
    }
    if let arrays = dataset.arrays, arrays.cube != nil {
      add(
        "cube.zarr", "Values at all resolutions, cut for maps", arrays.head(of: "cube.zarr"),
        Words.bytes(arrays.cubeBytes))
    }
    if let arrays = dataset.arrays, arrays.series != nil {
      add(
        "series.zarr", "The same values, cut for time series", arrays.head(of: "series.zarr"),
        Words.bytes(arrays.seriesBytes))
    }
    add(
      "tiles", "Pictures for maps, \(Words.grouped(dataset.tileCount)) of them", "tiles.json",
      Words.bytes(dataset.tileBytes))
    return rows
  }

  // MARK: Code

  private var code: PageValue? {
    guard let arrays = dataset.arrays, let cube = arrays.cube,
      let variable = dataset.variables.first(where: { $0.arrays != nil }),
      let axes = variable.arrays?.axes
    else { return nil }
    var context: [String: PageValue] = [
      "cubeText": .text(Python.literal(base + cube)),
      "cubeFolder": .text(base + cube), "arrayText": .text(Python.literal(variable.key)),
      "arrayName": .text(variable.key), "isVersion2": .flag(arrays.format == 2),
      "collectionText": .text(Python.literal(base + entry.folder + "collection.json")),
    ]
    if let series = arrays.series, variable.arrays?.dimensions.contains(where: \.isTime) ?? false {
      context["seriesCode"] = [
        "seriesText": .text(Python.literal(base + series)),
        "cellText": .text(Self.middle(of: axes)),
      ]
    }
    return .table(context)
  }

  /// The call that chooses the cell in the middle.
  private static func middle(of axes: [CellAxis]) -> String {
    guard axes.count == 2 else { return "" }
    let named = axes.compactMap { axis -> String? in
      guard let first = axis.first, let last = axis.last else { return nil }
      return "\(axis.name)=\(Words.coordinate((first + last) / 2))"
    }
    if named.count == 2 { return ".sel(\(named.joined(separator: ", ")), method=\"nearest\")" }
    return ".isel(\(axes.map { "\($0.name)=\($0.count / 2)" }.joined(separator: ", ")))"
  }

  /// How to open the source, where the values are not published.
  private var source: PageValue {
    guard let source = dataset.sources.first else { return false }
    let name = source.split(separator: "?").first.map(String.init) ?? source
    let trimmed = name.hasSuffix("/") ? String(name.dropLast()) : name
    let many = dataset.sources.count > 1
    let list = dataset.sources.prefix(3).map(Python.literal).joined(separator: ", ")
    let (call, text) =
      trimmed.hasSuffix(".zarr")
      ? ("open_zarr", Python.literal(source))
      : trimmed.hasSuffix(".levels")
        ? ("open_zarr", Python.literal(trimmed + "/0.zarr"))
        : many
          ? ("open_mfdataset", dataset.sources.count > 3 ? "[\(list), …]" : "[\(list)]")
          : ("open_dataset", Python.literal(source))
    return [
      "sourceCall": .text(call), "sourceArgument": .text(text),
      "sourceArray": .text(Python.literal(dataset.variables.first?.name ?? "")),
    ]
  }

  // MARK: Tiles

  private var tiles: [String: PageValue] {
    // One example for each tile matrix set is enough; tiles.json has all of them.
    guard let variable = dataset.variables.first(where: { !$0.styles.isEmpty }),
      let style = variable.styles.first
    else { return [:] }
    let templates = style.layers.map { layer -> PageValue in
      let path = style.tileTemplate(
        dataset: dataset.id, variable: variable, tileMatrixSet: layer.tileMatrixSet)
      return [
        "templateTitle": .text(variable.title), "templateSet": .text(layer.tileMatrixSet.id),
        "templateZooms": .text("\(layer.minZoom)–\(layer.maxZoom)"),
        "copyText": .text(base + path),
        "copyLabel": .text("the template for \(layer.tileMatrixSet.id)"),
      ]
    }
    var context: [String: PageValue] = ["templates": .list(templates)]
    let links = dataset.variables.flatMap { variable in
      variable.styles.filter { $0.layers.contains(where: \.isMercator) }.map { style -> PageValue in
        let name =
          variable.styles.count > 1 ? "\(variable.title), \(style.style.title)" : variable.title
        return [
          "tileJSONHref": .text("tiles/\(variable.key)/\(style.style.id)/tilejson.json"),
          "tileJSONTitle": .text(name),
        ]
      }
    }
    if !links.isEmpty { context["tileJSON"] = ["tileJSONLinks": .list(links)] }
    return context
  }
}

extension AccessSection {
  /// From where heights are counted, how they are drawn, and where globes and 3-D maps find them.
  private var terrain: PageValue? {
    guard let terrain = dataset.terrain,
      let variable = dataset.variables.first(where: { $0.key == terrain.variable })
    else { return nil }
    var text = "Heights are metres above the \(terrain.heightsAbove)"
    text += terrain.heightsAbove == "geoid" ? "; globes draw them above the ellipsoid." : "."
    if terrain.exaggeration != 1 {
      text += " The meshes are \(Words.value(terrain.exaggeration)) times as high as that."
    }
    if !variable.dimensions.isEmpty { text += " Replace the words in braces." }
    func part(_ title: String, _ kind: String, _ key: String) -> PageValue {
      [
        "terrainTitle": .text(title), "terrainKind": .text(kind), "copyText": .text(base + key),
        "copyLabel": .text("the address for \(title)"),
      ]
    }
    let layer = terrain.layerTemplate(dataset: dataset.id, variable)
    var parts = [
      part("CesiumJS", "quantized-mesh", String(layer.dropLast("/layer.json".count)))
    ]
    if terrain.pictureZooms != nil {
      parts.append(
        variable.dimensions.isEmpty
          ? part("MapLibre", "raster-dem, TileJSON", terrain.pictureDocument(dataset: dataset.id))
          : part(
            "MapLibre", "raster-dem, encoding mapbox",
            terrain.pictureTemplate(dataset: dataset.id, variable)))
    }
    return ["terrainText": .text(text), "terrainParts": .list(parts)]
  }
}

extension AccessSection {
  /// What the 4D viewer shows of it, and the address that it takes for its server's.
  private var viewerLayers: PageValue? {
    let layers = dataset.variables.compactMap { variable in
      variable.viewerLayer.map { "\(variable.title) (\($0))" }
    }
    guard !layers.isEmpty else { return nil }
    return [
      "viewerLayerTitles": .text(layers.joined(separator: ", ")), "copyText": .text(base),
      "copyLabel": "the address for the 4D viewer",
    ]
  }
}

/// Text of programs; Julia and R write such literals as Python does, `$` apart.
enum Python {
  /// A text as a literal.
  static func literal(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
