internal import JSON

extension APIOperation {
  private static func kept(
    _ method: String, _ path: String, _ words: String, query: [Parameter] = [],
    body: Content = .none, isBodyOptional: Bool = false, _ answer: Content, status: Int = 200
  ) -> APIOperation {
    APIOperation(
      method: method, path: "/teams/{team}" + path, tag: "workspace", words: words, query: query,
      body: body, isBodyOptional: isBodyOptional, answer: answer, status: status)
  }

  /// What teams keep: uploads, files, places, publications.
  static let workspaces = uploads + keptFiles + places + publications

  private static let uploads: [APIOperation] = [
    kept("get", "/datasets", "The cubes that were uploaded.", .json(object("datasets"))),
    kept(
      "get", "/datasets/{dataset}", "One of them, with earlier contents that are still there.",
      .json(object("id", "href", "versionHref", "earlier"))),
    kept("delete", "/datasets/{dataset}", "Removes it.", .none, status: 204),
    form("/teams/{team}/datasets/{dataset}/remove", "Removes it, by a form.", []),
    kept("get", "/datasets/{dataset}/data/{path}", "Its bytes; parts of them by a range.", .bytes),
    kept("head", "/datasets/{dataset}/data/{path}", "What is said of its bytes.", .none),
    kept(
      "get", "/datasets/{dataset}/versions/{version}/{path}",
      "The bytes of one content, present or earlier, and never of another.", .bytes),
    kept(
      "head", "/datasets/{dataset}/versions/{version}/{path}",
      "What is said of the bytes of one content.", .none),
    kept(
      "get", "/uploads", "Uploads under way.",
      query: [query("replace", "On the page: the dataset that is to be replaced.")],
      .json(object("uploads"))),
    kept("options", "/uploads", "Which extensions of tus 1.0 are spoken.", .none, status: 204),
    kept(
      "post", "/uploads",
      "Begins an upload by tus 1.0, or takes all of it as a form, of which the file is the last field; with replace yes, of a dataset that is there.",
      body: .formWithFile(["form", "dataset", "title", "replace", "sha256"], file: "file"),
      isBodyOptional: true, .none, status: 201),
    kept("get", "/uploads/{upload}", "How far an upload is.", .json(object("state", "received"))),
    kept("head", "/uploads/{upload}", "Where an upload goes on.", .none),
    kept("patch", "/uploads/{upload}", "The next piece of an upload.", .none, status: 204),
    kept("delete", "/uploads/{upload}", "Ends an upload.", .none, status: 204),
    form("/teams/{team}/uploads/{upload}/remove", "Ends an upload, by a form.", []),
  ]

  private static let version = query("version", "The number of a version.", ["type": "integer"])

  private static let keptFiles: [APIOperation] = [
    kept(
      "get", "/files", "The files of a team.",
      query: [
        query("prefix", "How paths begin."), query("after", "The path after which it goes on."),
        query("limit", "At most so many.", ["type": "integer", "minimum": 1, "maximum": 1000]),
      ], .json(object("files"))),
    kept(
      "get", "/files/{path}", "A file.",
      query: [version, query("versions", "Lists the versions instead.")], .bytes),
    kept("head", "/files/{path}", "What is said of a file.", query: [version], .none),
    kept(
      "put", "/files/{path}", "Keeps a new version of a file.", body: .bytes,
      .json(object("version", "sha256")), status: 201),
    kept(
      "delete", "/files/{path}", "Removes a file, or one version.", query: [version], .none,
      status: 204),
    form("/teams/{team}/files/remove", "Removes a file, by a form.", ["path"]),
    kept("get", "/stories/{path}", "A notebook or text among the files, as a page.", .html),
  ]

  private static let conditions = [
    query("bbox", "west,south,east,north in degrees; across the antimeridian west is the larger."),
    query("or", "Several conditions of which one holds, as in (kind.eq.lake,area.gte.5)."),
    query("and", "Several conditions that all hold."),
  ]

  private static let properties: Content = .json(object("properties"))

  private static let places: [APIOperation] = [
    kept("get", "/places", "The collections of places.", .json(object("collections"))),
    kept("post", "/places", "Makes a collection.", body: .json(object("id")), .none, status: 201),
    kept("get", "/places/{collection}", "What a collection is.", .json(object("id", "count"))),
    kept("delete", "/places/{collection}", "Removes a collection.", .none, status: 204),
    form("/teams/{team}/places/{collection}/remove", "Removes a collection, by a form.", []),
    kept(
      "get", "/places/{collection}/features",
      "Places; a property's name with an operator, as in population=gt.1000, is a condition.",
      query: conditions + [
        query("order", "Properties to sort by, as in population.desc,name."),
        query("select", "The properties that are wanted, parted by commas."),
        query("limit", "At most so many.", ["type": "integer", "minimum": 0, "maximum": 10000]),
        query("offset", "How many are left out.", ["type": "integer", "minimum": 0]),
      ], .geoJSON),
    kept(
      "post", "/places/{collection}/features", "Adds places.", body: .geoJSON, .json(object("ids")),
      status: 201),
    kept(
      "patch", "/places/{collection}/features", "Changes properties of places.", query: conditions,
      body: properties, .json(object("changed"))),
    kept(
      "delete", "/places/{collection}/features", "Removes places.", query: conditions,
      .json(object("removed"))),
    kept("get", "/places/{collection}/features/{feature}", "One place.", .geoJSON),
    kept(
      "put", "/places/{collection}/features/{feature}", "Puts a place in its place.",
      body: .geoJSON,
      .none, status: 204),
    kept(
      "patch", "/places/{collection}/features/{feature}", "Changes properties of a place.",
      body: properties, .none, status: 204),
    kept(
      "delete", "/places/{collection}/features/{feature}", "Removes a place.", .none, status: 204),
  ]

  private static let publications: [APIOperation] = [
    kept("get", "/publications", "What is published or is to be.", .json(object("publications"))),
    form(
      "/teams/{team}/publications", "Asks that a dataset be published.",
      ["dataset", "id", "title", "summary", "licence"]),
    form(
      "/teams/{team}/publications/{publication}/publish",
      "Publishes the content that was looked at, for owners.",
      ["content"]),
    form(
      "/teams/{team}/publications/{publication}/withdraw",
      "Withdraws it, for owners, and for who asked until an owner agrees.", []),
  ]
}
