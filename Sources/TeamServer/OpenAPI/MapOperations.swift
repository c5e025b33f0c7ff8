internal import JSON

extension APIOperation {
  /// The map service, in the paths that its documents name and in those of xcube's server.
  static let maps: [APIOperation] = [
    cube("get", "/wmts/1.0.0/WMTSCapabilities.xml", "The map service of all cubes.", .xml),
    cube(
      "get", "/wmts/1.0.0/{set}/WMTSCapabilities.xml",
      "The map service of all cubes in one tile matrix set.", .xml),
    cube(
      "get", "/datasets/{dataset}/wmts/1.0.0/WMTSCapabilities.xml", "The map service of one cube.",
      .xml),
    cube(
      "get", "/datasets/{dataset}/tiles/{variable}/{style}/{set}/{path}",
      "A tile of the map service: time, further labels, zoom, row, column.", .picture),
    cube(
      "get", "/datasets/{dataset}/legends/{variable}/{file}", "A legend of the map service.",
      .picture),
    cube(
      "get", "/wmts/1.0.0/tile/{dataset}/{variable}/{path}",
      "A tile as xcube's server has it: the tile matrix set or none, zoom, row, column.",
      query: style + time + [set], .picture),
    APIOperation(
      method: "get", path: "/teams/{team}/api/wmts/kvp", tag: "cubes",
      words: "The map service asked by keys and values; keys may be written large or small.",
      query: [
        query("SERVICE", "WMTS.", ["type": "string", "enum": ["WMTS"]]),
        query(
          "REQUEST", "The operation.", ["type": "string", "enum": ["GetCapabilities", "GetTile"]]),
        query("VERSION", "1.0.0.", ["type": "string", "enum": ["1.0.0"]]),
        query("LAYER", "An identifier of the capabilities: dataset, dot, variable."),
        query("STYLE", "default.", ["type": "string", "enum": ["default"]]),
        query(
          "FORMAT", "image/png without.", ["type": "string", "enum": ["image/png", "image/webp"]]),
        set, query("TILEMATRIX", "The zoom.", ["type": "integer", "minimum": 0, "maximum": 24]),
        query("TILEROW", "The row, from the north.", ["type": "integer", "minimum": 0]),
        query("TILECOL", "The column.", ["type": "integer", "minimum": 0]),
        query(
          "TIME", "A time; the nearest is taken, the last without. Further dimensions likewise."),
      ], answer: .oneOf([.xml, .picture])),
  ]

  private static let set = query(
    "tilematrixset", "The tile matrix set, WorldCRS84Quad without.",
    [
      "type": "string",
      "enum": [
        "WebMercatorQuad", "WorldWebMercatorQuad", "WorldCRS84Quad", "UPSAntarcticWGS84Quad",
        "UPSArcticWGS84Quad",
      ],
    ])

  /// Cubes as they are stored: what a client needs of Amazon S3's API to read them.
  static let buckets: [APIOperation] = [
    cube(
      "get", "/s3/{bucket}", "The objects of a bucket: ListObjectsV2, and ListObjects without.",
      query: [
        query("list-type", "2: ListObjectsV2.", ["type": "string", "enum": ["1", "2"]]),
        query("prefix", "What keys begin with."),
        query("delimiter", "Keys that are the same up to here are taken together."),
        query(
          "max-keys", "How many at once, 1000 at most.",
          ["type": "integer", "minimum": 0, "maximum": 1000]),
        query("start-after", "Nothing up to this key (ListObjectsV2)."),
        query("marker", "The same of ListObjects."),
        query("continuation-token", "Where the list goes on, as the answer before says it."),
        query("encoding-type", "url: keys percent-encoded.", ["type": "string", "enum": ["url"]]),
      ], .xml),
    cube("head", "/s3/{bucket}", "Whether there is such a bucket.", .none),
    cube(
      "get", "/s3/{bucket}/{path}",
      "An object of a cube that is stored as Zarr, whole or a range of it.", .bytes),
    cube("head", "/s3/{bucket}/{path}", "What is said of such an object.", .none),
  ]
}
