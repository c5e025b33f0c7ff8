import JSON
import Pyramids
import Recipes

/// What programs can ask for, as OpenAPI 3.1: `api/openapi.json`.
///
/// Every answer is a file, so there are no queries; the server is where the document lies.
struct OpenAPIDocument {
  let site: SiteRecipe
  let entries: [Entry]

  var document: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": .string(site.title), "version": "1",
        "description":
          "All of it are files: GET and HEAD, ranges where the server has them, 404 for what is not there.",
      ],
      "servers": [["url": "..", "description": "The folder above this document"]],
      "paths": .object(paths), "components": ["parameters": parameters, "schemas": Self.schemas],
    ]
  }

  private var paths: JSONObject {
    var paths: JSONObject = [
      "/api/datasets.json": Self.get(
        "listDatasets", "All datasets in short", schema: "DatasetList"),
      "/api/colours.json": Self.get("listColours", "All colour maps", schema: "Colours"),
      "/search.json": Self.get(
        "searchIndex", "What the search looks through", schema: "SearchIndex"),
      "/catalog.json": Self.get("stacCatalogue", "The root of the STAC catalogue"),
    ]
    guard !entries.isEmpty else { return paths }
    let ofDataset: [(String, String, String, String?, String)] = [
      (
        "/api/datasets/{dataset}.json", "dataset", "Everything about a dataset", "Dataset",
        Self.json
      ),
      (
        "/datasets/{dataset}/collection.json", "stacCollection", "The dataset as a STAC collection",
        nil, Self.json
      ),
      (
        "/datasets/{dataset}/croissant.json", "croissant",
        "The dataset for search engines (schema.org, Croissant)", nil, "application/ld+json"
      ),
      (
        "/datasets/{dataset}/datacite.json", "datacite", "The dataset as DataCite takes it", nil,
        Self.json
      ),
      (
        "/datasets/{dataset}/tiles.json", "tiles", "Templates of the addresses of image tiles", nil,
        Self.json
      ),
      (
        "/datasets/{dataset}/wmts/1.0.0/WMTSCapabilities.xml", "wmts",
        "Capabilities of the map service", nil, "application/xml"
      ),
    ]
    for (path, id, text, schema, type) in ofDataset {
      paths[path] = Self.get(id, text, schema: schema, type: type, parameters: ["dataset"])
    }
    return paths
  }

  private static let json = "application/json"

  private static func get(
    _ id: String, _ summary: String, schema: String? = nil, type: String = json,
    parameters: [String] = []
  ) -> JSONValue {
    let content: JSONValue =
      schema.map { ["schema": ["$ref": .string("#/components/schemas/\($0)")]] }
      ?? .object([:])
    var operation: JSONObject = [
      "operationId": .string(id), "summary": .string(summary),
      "responses": [
        "200": [
          "description": .string(summary), "content": .object(JSONObject([(type, content)])),
        ],
        "404": ["description": "There is no such dataset"],
      ],
    ]
    if !parameters.isEmpty {
      operation["parameters"] = .array(
        parameters.map { ["$ref": .string("#/components/parameters/\($0)")] })
    }
    return ["get": .object(operation)]
  }

  private var parameters: JSONValue {
    [
      "dataset": [
        "name": "dataset", "in": "path", "required": true, "description": "The id of a dataset",
        "schema": ["type": "string", "enum": .array(entries.map { .string($0.dataset.id) })],
      ]
    ]
  }

  private static let schemas: JSONValue = [
    "DatasetList": object(
      required: ["title", "url", "datasets"],
      [
        "title": text, "url": text, "wmts": text,
        "datasets": list(
          object(
            required: ["id", "title", "page", "bounds", "variables"],
            [
              "id": text, "title": text, "description": text, "page": text, "wmts": text,
              "tiles": text, "bounds": bounds, "crs": text, "resolution": text, "licence": text,
              "attribution": text, "doi": text, "keywords": list(text),
              "time": object(
                required: ["first", "last", "count"],
                ["first": text, "last": text, "count": ["type": "integer"]]),
              "variables": list(
                object(
                  required: ["name", "key", "title"],
                  [
                    "name": text, "key": text, "title": text, "units": text, "standardName": text,
                    "thumbnail": text,
                    "cube": [
                      "type": "boolean",
                      "description": "Whether cube/ shows it: it has several times or levels",
                    ],
                  ])),
            ])),
      ]),
    "Dataset": object(
      required: ["root", "id", "title", "page", "bounds", "crs", "resolution", "variables"],
      [
        "root": described("Where relative addresses of the document begin"), "id": text,
        "title": text, "description": text, "page": text, "wmts": text,
        "cube": described("The multiscale Zarr cube"), "series": described("The time series"),
        "bounds": bounds, "resolution": text, "licence": text, "doi": text,
        "crs": object(
          required: ["name", "geographic"],
          ["id": ["type": ["string", "null"]], "name": text, "geographic": ["type": "boolean"]]),
        "grids": ["type": "object"], "variables": list(["type": "object"]),
        "fair": list(
          object(
            required: ["principle", "title", "met", "text"],
            ["principle": text, "title": text, "met": ["type": "boolean"], "text": text])),
      ]),
    "Colours": object(required: ["groups"], ["groups": list(["type": "object"])]),
    "SearchIndex": object(
      required: ["columns", "rows", "storyColumns", "stories"],
      [
        "columns": list(text), "rows": list(["type": "array"]), "storyColumns": list(text),
        "stories": list(["type": "array"]),
      ]),
  ]

  private static let text: JSONValue = ["type": "string"]

  private static let bounds: JSONValue = [
    "type": "array", "items": ["type": "number"], "minItems": 4, "maxItems": 4,
    "description": "West, south, east, north; east is less than west across the antimeridian",
  ]

  private static func described(_ description: String) -> JSONValue {
    ["type": "string", "description": .string(description)]
  }

  private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

  private static func object(required: [String], _ properties: JSONObject) -> JSONValue {
    [
      "type": "object", "required": .array(required.map { .string($0) }),
      "properties": .object(properties),
    ]
  }
}
