internal import JSON

extension APIOperation {
  /// Every route of the server.
  static let all = pages + files + cubes + maps + buckets + workspaces

  static func query(
    _ name: String, _ words: String, _ schema: JSONValue = ["type": "string"]
  ) -> Parameter {
    Parameter(name: name, place: "query", schema: schema, words: words)
  }

  static func page(_ path: String, _ words: String, isOpen: Bool = false) -> APIOperation {
    APIOperation(
      method: "get", path: path, tag: "pages", words: words, answer: .html, isOpen: isOpen)
  }

  static func form(
    _ path: String, _ words: String, _ fields: [String], isOpen: Bool = false
  ) -> APIOperation {
    APIOperation(
      method: "post", path: path, tag: "pages", words: words,
      body: .form(isOpen ? fields : ["form"] + fields), answer: .html, isOpen: isOpen)
  }

  private static let pages: [APIOperation] = [
    page("/", "The teams of whoever is signed in, and what is shared with them."),
    page("/sign-in", "The form for signing in.", isOpen: true),
    form("/sign-in", "Begins a session.", ["name", "password", "to"], isOpen: true),
    form("/sign-out", "Ends a session.", []),
    page("/invitation/{secret}", "The form for a first password.", isOpen: true),
    form(
      "/invitation/{secret}", "Sets a password, once.", ["password", "again"], isOpen: true),
    form("/tokens", "Makes a token for programs.", ["label", "scope", "days"]),
    form("/tokens/{id}/end", "Ends a token.", []),
    page("/teams/{team}", "A team: its datasets, what is shared with it, and how much it keeps."),
    form(
      "/teams/{team}/cubes", "Registers a cube that is read where it lies, for owners.",
      ["id", "path", "title"]),
    form("/teams/{team}/cubes/{dataset}/forget", "Forgets it; its files stay.", []),
    form("/teams/{team}/members", "Gives somebody a role.", ["user", "role"]),
    form("/teams/{team}/members/{user}/remove", "Takes somebody out of the team.", []),
    page("/teams/{team}/members", "Who belongs to a team, and what it shares."),
    page("/teams/{team}/log", "What was done in a team, for its owners."),
    form(
      "/teams/{team}/grants", "Shares a dataset, places or files with another team.",
      ["kind", "item", "other", "role"]),
    form("/teams/{team}/grants/end", "Ends a sharing.", ["kind", "item", "other"]),
    page("/administration", "Users and teams, for administrators."),
    form("/administration/users", "Adds a user.", ["name", "title"]),
    form("/administration/users/{user}/invite", "Makes a new invitation.", []),
    form("/administration/users/{user}/disable", "Takes a user's rights.", []),
    form("/administration/teams", "Adds a team.", ["name", "title", "owner"]),
    form(
      "/administration/teams/{team}/quota", "Decides how much a team may keep.", ["gigabytes"]),
    APIOperation(
      method: "get", path: "/health/live", tag: "operation", words: "Whether the process answers.",
      answer: .text, isOpen: true),
    APIOperation(
      method: "get", path: "/health/ready", tag: "operation",
      words: "Whether the server can do its work; with a full disk it can be read.", answer: .text,
      isOpen: true),
    APIOperation(
      method: "get", path: "/metrics", tag: "operation",
      words: "Counts and what teams keep, in the form of Prometheus, for administrators.",
      answer: .text),
    APIOperation(
      method: "get", path: "/openapi.json", tag: "operation", words: "This document.",
      answer: .json(["type": "object", "required": ["openapi", "paths"]]), isOpen: true),
  ]

  private static let files: [APIOperation] = [
    APIOperation(
      method: "get", path: "/assets/{path}", tag: "files",
      words: "Style sheets and scripts of the pages.", answer: .bytes, isOpen: true),
    APIOperation(
      method: "get", path: "/sites/{team}/{path}", tag: "files",
      words: "A file of a team's site; parts of it by a range.", answer: .bytes),
    APIOperation(
      method: "head", path: "/sites/{team}/{path}", tag: "files",
      words: "What is said of a file of a team's site.", answer: .none),
  ]

  static func cube(
    _ method: String, _ path: String, _ words: String, query: [Parameter] = [],
    body: Content = .none, _ answer: Content
  ) -> APIOperation {
    APIOperation(
      method: method, path: "/teams/{team}/api" + path, tag: "cubes", words: words, query: query,
      body: body, answer: answer)
  }

  private static let cubes: [APIOperation] = [
    cube("get", "", "What this server is.", .json(object("name", "apis"))),
    cube(
      "get", "/openapi.json", "This document.",
      .json(["type": "object", "required": ["openapi", "paths"]])),
    cube(
      "get", "/datasets", "The cubes that one may read.",
      query: [
        query(
          "details", "1: with all that is known of each.", ["type": "string", "enum": ["0", "1"]]),
        query(
          "point", "Only cubes that hold this place: longitude,latitude.",
          [
            "type": "string",
            "pattern": #"^-?[0-9]{1,3}(\.[0-9]{1,9})?,-?[0-9]{1,2}(\.[0-9]{1,9})?$"#,
          ]),
      ], .json(object("datasets"))),
    cube(
      "get", "/datasets/{dataset}", "All that is known of a cube.", .json(object("id", "variables"))
    ),
    cube(
      "get", "/datasets/{dataset}/coords/{dimension}", "The coordinates of a dimension.",
      .json(object("name", "size", "coordinates"))),
    cube(
      "get", "/tiles/{dataset}/{variable}/{z}/{y}/{x}", "A map tile.",
      query: style + time + [
        query(
          "crs", "The reference system, CRS84 without.",
          ["type": "string", "enum": ["CRS84", "EPSG:3857", "EPSG:5041", "EPSG:5042"]]),
        query(
          "tms", "The tile matrix set, in place of crs.",
          [
            "type": "string",
            "enum": [
              "WebMercatorQuad", "WorldCRS84Quad", "UPSAntarcticWGS84Quad", "UPSArcticWGS84Quad",
            ],
          ]),
        query(
          "format", "The format of the picture.", ["type": "string", "enum": ["png", "webp"]]),
        query("retina", "1: 512 pixels along a side.", ["type": "string", "enum": ["0", "1"]]),
      ], .picture),
    cube(
      "get", "/tiles/{dataset}/{variable}/legend", "A strip of the colours of a variable.",
      query: style + [
        query("width", "In pixels.", ["type": "integer", "minimum": 1, "maximum": 2048]),
        query("height", "In pixels.", ["type": "integer", "minimum": 1, "maximum": 2048]),
      ], .picture),
    cube("get", "/colorbars", "All colour maps, in groups.", .json(["type": "array"])),
    cube(
      "post", "/timeseries/{dataset}/{variable}", "Values at each time under geometries.",
      query: [
        query(
          "aggMethods", "mean, median, std, min, max, count, parted by commas; mean without.",
          [
            "type": "string",
            "pattern": "^(mean|median|std|min|max|count)(,(mean|median|std|min|max|count)){0,5}$",
          ]),
        query("startDate", "The first time.", date), query("endDate", "The last time.", date),
        query("tolerance", "Seconds that either end may be off, 1 without.", ["type": "number"]),
        query(
          "maxValids", "-1: only times with a value; a number: that many of the latest of these.",
          ["type": "integer", "enum": [-1, 1, 2, 10]]),
      ], body: .json(geometry), .json(object("result"))),
    cube(
      "get", "/statistics/{dataset}/{variable}", "The value at a place.",
      query: time + [
        query("lon", "Degrees east.", ["type": "number", "minimum": -360, "maximum": 360]),
        query("lat", "Degrees north.", ["type": "number", "minimum": -90, "maximum": 90]),
      ], .json(object("result"))),
    cube(
      "post", "/statistics/{dataset}/{variable}",
      "What the values under a geometry have in common.",
      query: time, body: .json(geometry), .json(object("result"))),
    cube("get", "/places", "The collections of places.", .json(object("placeGroups"))),
    cube("get", "/places/{group}", "The places of a collection.", .geoJSON),
    cube("get", "/places/{group}/{dataset}", "Those of them that lie in a cube.", .geoJSON),
    cube("get", "/datasets/{dataset}/places/{group}", "The same.", .geoJSON),
    cube("get", "/maintenance/update", "Opens cubes anew.", .json(object("status"))),
    cube(
      "get", "/viewer/config/config.json", "The configuration of xcube's viewer.",
      .json(object("server", "branding"))),
    cube(
      "get", "/viewer/state", "What a viewer showed.",
      query: [query("key", "The key that the state was kept under.")], .json(["type": "object"])),
    cube(
      "put", "/viewer/state", "Keeps what a viewer shows.", body: .json(["type": "object"]),
      .json(object("key"))),
    cube(
      "get", "/expressions/capabilities",
      "What variables of one's own may be made of; `name=expression` stands for the name of one.",
      .json(object("namespace"))),
    cube(
      "get", "/expressions/validate/{dataset}/{expression}",
      "Whether an expression can be computed: its mean over a few cells.", .json(object("result"))),
  ]

  /// Where the server was given the files of xcube's viewer.
  static let viewer: [APIOperation] = [
    cube("get", "/viewer", "Leads to xcube's viewer.", .html),
    cube("get", "/viewer/{path}", "A file of xcube's viewer.", .bytes),
  ]

  /// Where people sign in at an institute.
  static let provider: [APIOperation] = [
    page("/sign-in/provider", "Leads to the identity provider.", isOpen: true),
    page("/sign-in/provider/done", "Where it leads back.", isOpen: true),
  ]

  static let style = [
    query("cmap", "A colour map; JSON makes one."),
    query("vmin", "The value of the first colour.", ["type": "number"]),
    query("vmax", "The value of the last colour.", ["type": "number"]),
    query("norm", "The scale.", ["type": "string", "enum": ["lin", "log", "cat"]]),
  ]

  static let time = [
    query(
      "time", "A time, first, last or current; the nearest is taken. Further dimensions likewise.",
      date)
  ]

  private static let date: JSONValue = [
    "type": "string", "examples": ["2017-01-16T10:09:21Z"],
    "pattern":
      "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])(T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z)?$",
  ]

  static func object(_ members: String...) -> JSONValue {
    ["type": "object", "required": .array(members.map(JSONValue.string))]
  }

  private static let geometry: JSONValue = [
    "type": "object", "required": ["type"],
    "properties": [
      "type": [
        "type": "string",
        "enum": [
          "Point", "MultiPoint", "Polygon", "MultiPolygon", "GeometryCollection", "Feature",
          "FeatureCollection",
        ],
      ]
    ],
    "description": "GeoJSON (RFC 7946) in longitude and latitude.",
  ]
}
