import JSON
import Pyramids
import Recipes

/// The root of the static catalogue: `catalog.json` (STAC 1.1.0).
///
/// Links are relative, so that a copy of the site is a catalogue too; only the root names itself,
/// where the recipe says under which address it lies (a "relative published" catalogue of STAC's
/// best practices).
struct STACCatalogue {
  static let version = "1.1.0"

  let site: SiteRecipe
  let entries: [Entry]
  /// The scenes of the site's globe.
  var scenes: [SceneRecipe] = []
  /// The stories of the site.
  var stories: [StoryLink] = []

  var document: JSONValue {
    var links: [JSONValue] = [
      STACLink("root", "./catalog.json", title: site.title).json,
      STACLink("alternate", "./index.html", type: "text/html", title: "The site for people").json,
      STACLink(
        "service-desc", "./api/openapi.json", type: "application/vnd.oai.openapi+json;version=3.1",
        title: "What programs can ask for"
      ).json,
      STACLink("search-index", "./search.json", title: "All datasets in one list").json,
      STACLink(
        "wmts", "./wmts/1.0.0/WMTSCapabilities.xml", type: "application/xml",
        title: "WMTS of all datasets"
      ).json,
    ]
    if site.baseURL != nil {
      links.insert(STACLink("self", site.serviceBaseURL + "catalog.json").json, at: 1)
    }
    links.append(
      STACLink(
        "preview", "./viewer/index.html", type: "text/html", title: "The map of all datasets"
      )
      .json)
    links += scenes.map {
      STACLink(
        "preview", SceneLink(scene: $0).href(root: "./"), type: "text/html",
        title: "On the globe: \($0.title)"
      ).json
    }
    links += stories.map {
      STACLink("related", "./" + $0.page, type: "text/html", title: "Story: \($0.title)").json
    }
    links += entries.map {
      STACLink("child", "./\($0.folder)collection.json", title: $0.dataset.title).json
    }
    return [
      "type": "Catalog", "stac_version": .string(Self.version),
      "id": .string(Self.identifier(site.title)), "title": .string(site.title),
      "description": .string(site.description ?? "Data cubes as maps, values and map services."),
      "conformsTo": [], "links": .array(links),
    ]
  }

  /// A title as an identifier: small letters, digits and hyphens.
  private static func identifier(_ title: String) -> String {
    let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "catalogue" : words.joined(separator: "-")
  }
}

/// A link of a STAC document.
struct STACLink {
  var members: JSONObject

  init(_ relation: String, _ href: String, type: String = "application/json", title: String? = nil)
  {
    members = ["rel": .string(relation), "href": .string(href), "type": .string(type)]
    members["title"] = title.map { .string($0) }
  }

  var json: JSONValue { .object(members) }
}
