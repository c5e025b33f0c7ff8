import Cubes
import Grids
import Images
import JSON
import Pages
import Pyramids
import Recipes

/// The page of one dataset.
struct DatasetPage {
  let site: SiteRecipe
  let dataset: BuiltDataset
  /// The scenes of the globe that show it.
  var scenes: [SceneRecipe] = []

  var summary: String {
    dataset.description.map { Prose.summary($0, limit: 200) }
      ?? "Maps and map services of \(dataset.title)."
  }

  var context: [String: PageValue] {
    var context: [String: PageValue] = [
      "datasetID": .text(dataset.id),
      "datasetTitle": .text(dataset.title),
      "viewerHref": .text(ViewerLink(dataset: dataset).href(root: "../../")),
      "scenes": .list(
        scenes.map { scene in
          [
            "sceneHref": .text(SceneLink(scene: scene).href(root: "../../")),
            "sceneTitle": .text(scene.title),
          ]
        }),
      "still": .optional(dataset.thumbnail.map { "../../" + $0 }),
      "stillLabel": .text("Map of \(dataset.title)"),
      "variables": .list(
        dataset.variables.map { variable in
          VariableSection(dataset: dataset, variable: variable, root: "../../").context
        }),
      "service": [
        "copyText": .text(serviceURL), "copyLabel": "the address of the map service",
      ],
      "hasTiles": .flag(
        dataset.variables.contains { $0.styles.contains { !$0.layers.isEmpty } }),
      "hasTime": .flag(dataset.timeRange.map { $0.count > 1 } ?? false),
      "manyTimes": .optional(dataset.timeRange.map(Words.period)),
      "extent": .table(ExtentMap(bounds: dataset.bounds).context),
      "areaText": .text(Words.area(dataset.bounds)),
      "links": .list(
        dataset.links.map { ["linkURL": .text($0.url), "linkTitle": .text($0.title)] }),
    ]
    if let text = dataset.description {
      context["datasetProse"] = ["proseBlocks": Prose.blocks(text)]
    }
    if !dataset.keywords.isEmpty {
      context["keywords"] = ["words": .list(dataset.keywords.map { .text($0) })]
    }
    if !dataset.notes.isEmpty {
      context["notes"] = [
        "noteRows": .list(
          dataset.notes.map { ["noteText": .text($0.text), "noteID": .text($0.id)] })
      ]
    }
    for part in [facts, origin, tiles] { context.merge(part) { first, _ in first } }
    context["python"] = python
    return context
  }

  private var serviceURL: String {
    "\(site.serviceBaseURL)datasets/\(dataset.id)/wmts/1.0.0/WMTSCapabilities.xml"
  }

  private var facts: [String: PageValue] {
    let cells = "\(Words.grouped(dataset.columns)) × \(Words.grouped(dataset.rows)) cells"
    let tiles = "\(Words.grouped(dataset.tileCount)) tiles, \(Words.bytes(dataset.tileBytes))"
    // What everybody assumes needs no line.
    let usual = ["standard", "gregorian", "proleptic_gregorian"]
    return [
      "period": .optional(dataset.timeRange.map(Words.period)),
      "steps": .optional(dataset.timeRange.map { Words.grouped($0.count) }),
      "calendar": .optional(dataset.calendar.flatMap { usual.contains($0) ? nil : $0 }),
      "resolution": .text(dataset.resolution),
      "gridSize": .text(cells),
      "crsName": .text(
        dataset.crs.epsg.map { "\(dataset.crs.name) (EPSG:\($0))" }
          ?? dataset.crs.name),
      "tileText": .text(tiles),
    ]
  }

  private var origin: [String: PageValue] {
    var context: [String: PageValue] = [
      "attribution": .optional(dataset.attribution), "doi": .optional(dataset.doi),
      "institution": .optional(dataset.attributes["institution"]?.stringValue),
    ]
    if let licence = dataset.licence {
      context["licence"] = [
        "licenceText": .text(licence), "licenceURL": .optional(Licence.address(licence)),
      ]
    }
    if !dataset.sources.isEmpty {
      let shown = dataset.sources.prefix(4)
      let more = dataset.sources.count - shown.count
      context["sources"] = [
        "sourceRows": .list(
          shown.map { ["sourceName": .text($0), "sourceURL": .optional(webAddress($0))] }),
        "sourceMore": .optional(more > 0 ? "and \(more) more" : nil),
      ]
    }
    return context
  }

  private func webAddress(_ source: String) -> String? {
    source.hasPrefix("https://") || source.hasPrefix("http://") ? source : nil
  }

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
        "copyText": .text(site.serviceBaseURL + path),
        "copyLabel": .text("the template for \(layer.tileMatrixSet.id)"),
      ]
    }
    var context: [String: PageValue] = ["templates": .list(templates)]
    let links = dataset.variables.flatMap { variable in
      variable.styles.filter { style in
        style.layers.contains { $0.tileMatrixSet == .webMercatorQuad }
      }.map { style -> PageValue in
        let name =
          variable.styles.count > 1
          ? "\(variable.title), \(style.style.title)"
          : variable.title
        return [
          "tileJSONHref": .text("tiles/\(variable.key)/\(style.style.id)/tilejson.json"),
          "tileJSONTitle": .text(name),
        ]
      }
    }
    if !links.isEmpty { context["tileJSON"] = ["tileJSONLinks": .list(links)] }
    return context
  }

  private var python: PageValue {
    if let cube = dataset.arrays?.cube {
      let source = Python.literal(site.serviceBaseURL + cube) + ", group=\"0\""
      let lines = dataset.variables.prefix(1).map { variable in
        PageValue.text("ds[\(Python.literal(variable.key))]")
      }
      return [
        "pythonCall": "open_zarr", "pythonSource": .text(source), "pythonLines": .list(lines),
        "pythonCube": .flag(true),
      ]
    }
    guard let source = dataset.sources.first else { return false }
    let quoted = Python.literal(source)
    let name = source.split(separator: "?").first.map(String.init) ?? source
    let trimmed = name.hasSuffix("/") ? String(name.dropLast()) : name
    let lines = dataset.variables.prefix(1).map { variable in
      PageValue.text("ds[\(Python.literal(variable.name))]")
    }
    if trimmed.hasSuffix(".zarr") {
      return [
        "pythonCall": "open_zarr", "pythonSource": .text(quoted), "pythonLines": .list(lines),
      ]
    }
    if trimmed.hasSuffix(".levels") {
      return [
        "pythonCall": "open_zarr", "pythonSource": .text(Python.literal(trimmed + "/0.zarr")),
        "pythonLines": .list(lines),
      ]
    }
    let isMany = dataset.sources.count > 1
    let list = dataset.sources.prefix(3).map(Python.literal).joined(separator: ", ")
    let all = dataset.sources.count > 3 ? "[\(list), …]" : "[\(list)]"
    return [
      "pythonCall": isMany ? "open_mfdataset" : "open_dataset",
      "pythonSource": .text(isMany ? all : quoted), "pythonLines": .list(lines),
    ]
  }
}

/// Text of programs in Python.
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

/// Addresses of licences.
enum Licence {
  /// Where the licence of that name can be read, where that is known.
  static func address(_ licence: String) -> String? {
    if licence.hasPrefix("https://") || licence.hasPrefix("http://") {
      return licence.contains(" ") ? nil : licence
    }
    let isIdentifier = licence.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
    }
    let families = ["CC-", "CC0-", "MIT", "Apache-", "ODbL-", "ODC-", "PDDL-", "OGL-", "BSD-"]
    return isIdentifier && families.contains(where: licence.hasPrefix)
      ? "https://spdx.org/licenses/\(licence).html" : nil
  }
}
