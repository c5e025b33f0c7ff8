import Grids
import Images
import JSON
import Pyramids
import Recipes

/// A dataset as a STAC collection: `datasets/<id>/collection.json`.
///
/// A cube is a whole, so the collection has no items; the cube, series and services are its assets.
/// Fields are those of STAC 1.1.0 and of the extensions that `extensions` names.
struct STACCollection {
  let entry: Entry
  let related: [Entry]
  /// The scenes of the globe that show it.
  var scenes: [SceneRecipe] = []
  /// The stories that use it.
  var stories: [StoryLink] = []

  private static let all = "https://stac-extensions.github.io/"

  /// The extensions whose fields a document has: who declares one without using it breaks its rules.
  private func extensions(of document: JSONObject) -> [String] {
    let assets = (document["assets"]?.objectValue ?? [:]).compactMap(\.value.objectValue)
    let summaries = document["summaries"]?.objectValue ?? [:]
    func has(_ name: String) -> Bool { document[name] != nil }
    func hasAsset(_ prefix: String) -> Bool {
      assets.contains { $0.contains { $0.key.hasPrefix(prefix) } }
    }
    let used: [(name: String, isUsed: Bool)] = [
      ("cf/v0.2.0", has("cf:parameter")), ("datacube/v2.2.0", has("cube:dimensions")),
      ("file/v2.1.0", hasAsset("file:")), ("osc/v1.0.0", has("osc:type")),
      ("processing/v1.2.0", true),
      ("projection/v2.0.0", hasAsset("proj:") || summaries["proj:code"] != nil),
      ("raster/v2.0.0", hasAsset("bands")), ("render/v2.0.0", has("renders")),
      ("scientific/v1.0.0", has("sci:citation")), ("themes/v1.0.0", has("themes")),
      ("version/v1.2.0", has("version")), ("web-map-links/v1.2.0", true),
      ("xarray-assets/v1.0.0", hasAsset("xarray:")),
    ]
    return used.filter(\.isUsed).map { "\(Self.all)\($0.name)/schema.json" }
  }

  private var cube: STACCube { STACCube(entry: entry) }

  var document: JSONValue {
    let dataset = entry.dataset
    var document: JSONObject = [
      "type": "Collection", "stac_version": .string(STACCatalogue.version),
      "stac_extensions": [], "id": .string(dataset.id),
      "title": .string(dataset.title), "description": .string(entry.plainDescription),
      "license": .string(entry.licenceIdentifier ?? "other"),
    ]
    let keywords = entry.keywords
    if !keywords.isEmpty { document["keywords"] = .array(keywords.map { .string($0) }) }
    document["providers"] = .array(providers)
    document["extent"] = extent
    document["version"] = entry.version.map { .string($0) }
    document["created"] = entry.publication.changes.last.map { .string($0.date + "T00:00:00Z") }
    document["updated"] = entry.day.map { .string($0 + "T00:00:00Z") }
    document["sci:doi"] = dataset.doi.map { .string($0) }
    document["sci:citation"] = .string(Citation(entry: entry).text)
    if !entry.publication.papers.isEmpty {
      document["sci:publications"] = .array(entry.publication.papers.map(paper))
    }
    if !cube.dimensions.isEmpty {
      document["cube:dimensions"] = .object(cube.dimensions)
      document["cube:variables"] = .object(cube.variables)
    }
    if !renders.isEmpty { document["renders"] = .object(renders) }
    document["summaries"] = .object(summaries)
    if let project = entry.publication.project {
      for (key, value) in openScience(project) { document[key] = value }
    }
    document["assets"] = .object(STACAssets(entry: entry).assets)
    document["links"] = .array(links)
    document["stac_extensions"] = .array(extensions(of: document).map { .string($0) })
    return .object(document)
  }

  // MARK: Where and when

  private var extent: JSONValue {
    let bounds = entry.dataset.bounds
    let range = entry.dataset.timeRange
    let ends = [range?.first, range?.last].map { text -> JSONValue in
      text.flatMap(Stamp.init)?.rfc3339.map { .string($0) } ?? .null
    }
    return [
      "spatial": [
        "bbox": [bounds.boxJSON]
      ],
      "temporal": ["interval": [.array(ends)]],
    ]
  }

  // MARK: Who

  private var providers: [JSONValue] {
    var providers: [JSONValue] = []
    var names: Set<String> = []
    for author in entry.authors where names.insert(author.name).inserted {
      var provider: JSONObject = ["name": .string(author.name), "roles": ["producer"]]
      provider["description"] = author.affiliation.map { .string($0) }
      provider["url"] = author.orcid.map { .string("https://orcid.org/" + $0) }
      providers.append(.object(provider))
    }
    var host: JSONObject = ["name": .string(entry.publisher), "roles": ["processor", "host"]]
    host["url"] = entry.site.provider?.url.map { .string($0) }
    host["processing:lineage"] = .string(Lineage(entry: entry).text)
    host["processing:software"] = ["Cubepress": "1"]
    providers.append(.object(host))
    return providers
  }

  private func paper(_ paper: PaperRecipe) -> JSONValue {
    var members: JSONObject = ["citation": .string(paper.citation)]
    members["doi"] = paper.doi.map { .string($0) }
    return .object(members)
  }

  /// The fields of a product in the Open Science Catalogue.
  private func openScience(_ project: ProjectRecipe) -> JSONObject {
    var fields: JSONObject = [
      "osc:type": "product", "osc:status": .string(project.status.rawValue),
      "osc:project": .string(project.name),
      "osc:variables": .array(entry.dataset.variables.map { .string($0.standardName ?? $0.title) }),
    ]
    fields["osc:region"] = project.region.map { .string($0) }
    if !project.missions.isEmpty {
      fields["osc:missions"] = .array(project.missions.map { .string($0) })
    }
    if !project.themes.isEmpty {
      fields["themes"] = [
        [
          "scheme": "https://github.com/stac-extensions/osc#theme",
          "concepts": .array(project.themes.map { ["id": .string($0)] }),
        ]
      ]
    }
    let names = entry.dataset.variables.compactMap(\.standardName)
    if !names.isEmpty {
      fields["cf:parameter"] = .array(names.map { ["name": .string($0)] })
    }
    return fields
  }

  private var summaries: JSONObject {
    var summaries = JSONObject()
    if let code = entry.dataset.crs.code { summaries["proj:code"] = [.string(code)] }
    if let level = entry.attribute("processing_level") {
      summaries["processing:level"] = [.string(level)]
    }
    if let platform = entry.attribute("platform") { summaries["platform"] = [.string(platform)] }
    if let sensor = entry.attribute("instrument", "sensor") {
      summaries["instruments"] = [.string(sensor)]
    }
    return summaries
  }

  // MARK: How it is drawn

  /// The styles by variable and id, as the render extension has them.
  private var renders: JSONObject {
    var renders = JSONObject()
    guard entry.dataset.arrays?.cube != nil else { return renders }
    for variable in entry.dataset.variables {
      for built in variable.styles {
        var render: JSONObject = [
          "assets": ["cube"], "title": .string("\(variable.title), \(built.style.title)"),
          "expression": .string(variable.key),
          "resampling": .string(built.style.interpolation.rawValue),
        ]
        if case .categorical(let categories) = built.style.scale {
          render["colormap"] = .object(
            JSONObject(
              categories.map { (Words.rounded($0.value, digits: 6), .string($0.colour.hex)) })
          )
        } else {
          let range = built.style.range
          render["rescale"] = [[.number(range.lowerBound), .number(range.upperBound)]]
          render["colormap_name"] = .string(built.style.colourMap.name)
        }
        if let layer = built.layers.first {
          render["minmax_zoom"] = [
            .integer(Int64(layer.minZoom)), .integer(Int64(layer.maxZoom)),
          ]
        }
        renders["\(variable.key)-\(built.style.id)"] = .object(render)
      }
    }
    return renders
  }

  // MARK: Links

  private var links: [JSONValue] {
    let dataset = entry.dataset
    var links = [
      STACLink("root", "../../catalog.json", title: entry.site.title),
      STACLink("parent", "../../catalog.json", title: entry.site.title),
      STACLink(
        "alternate", "./index.html", type: "text/html", title: "\(dataset.title), for people"),
      STACLink(
        "describedby", "./croissant.json", type: "application/ld+json",
        title: "schema.org and Croissant"),
      STACLink("describedby", "./datacite.json", title: "DataCite"),
    ]
    if let address = entry.licenceAddress {
      links.append(STACLink("license", address, type: "text/html", title: dataset.licence))
    }
    if let doi = dataset.doi {
      links.append(STACLink("cite-as", "https://doi.org/" + doi, type: "text/html"))
    }
    links += dataset.links.map { STACLink("about", $0.url, type: "text/html", title: $0.title) }
    links += related.map {
      STACLink("related", "../\($0.dataset.id)/collection.json", title: $0.dataset.title)
    }
    // Pages on which people see it; "preview" as other catalogues name their maps.
    links.append(
      STACLink(
        "preview", ViewerLink(dataset: dataset).href(root: "../../"), type: "text/html",
        title: "\(dataset.title) on the map"))
    links += scenes.map {
      STACLink(
        "preview", SceneLink(scene: $0).href(root: "../../"), type: "text/html",
        title: "On the globe: \($0.title)")
    }
    links += stories.map {
      STACLink("related", "../../" + $0.page, type: "text/html", title: "Story: \($0.title)")
    }
    return links.map(\.json) + webMapLinks
  }

  /// The services as the web-map-links extension has them.
  private var webMapLinks: [JSONValue] {
    var links: [JSONValue] = []
    for variable in entry.dataset.variables {
      var wmts = STACLink(
        "wmts", "./wmts/1.0.0/WMTSCapabilities.xml", type: "application/xml", title: variable.title)
      wmts.members["wmts:layer"] = .string("\(entry.dataset.id).\(variable.key)")
      let fixed = variable.dimensions.map { dimension in
        (
          dimension.isTime ? "Time" : dimension.placeholder,
          JSONValue.string(dimension.defaultValue)
        )
      }
      if !fixed.isEmpty { wmts.members["wmts:dimensions"] = .object(JSONObject(fixed)) }
      links.append(wmts.json)
      for built in variable.styles where built.layers.contains(where: \.isMercator) {
        var link = STACLink(
          "tilejson", "./tiles/\(variable.key)/\(built.style.id)/tilejson.json",
          title: "\(variable.title), \(built.style.title)")
        let render = "\(variable.key)-\(built.style.id)"
        if renders[render] != nil { link.members["render"] = .string(render) }
        links.append(link.json)
      }
    }
    return links
  }
}

extension TileLayer {
  var isMercator: Bool { tileMatrixSet == .webMercatorQuad }
}

extension CRS {
  /// The authority and code, such as `EPSG:3031`.
  var code: String? {
    epsg.map { "EPSG:\($0)" } ?? (isPlainLongitudeLatitude ? "OGC:CRS84" : nil)
  }
}
