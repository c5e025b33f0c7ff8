import Foundation
import HTTPTypes
import Hummingbird
import Images
import JSON
import LiveCubes
import Teams
import TestKit
import Testing

@testable import TeamServer

extension Workspace {
  /// The same with two cubes that are read where they lie: `bed`, which is shared, and `surface`.
  ///
  /// Their value is the latitude plus the number of the day.
  static func withCubes(
    _ change: (inout ServerSettings) -> Void = { _ in }
  ) async throws -> Workspace {
    let workspace = try await Workspace(change)
    let y = TestCube.centres(from: 85, step: -10, count: 18)
    var cube = TestCube(x: TestCube.centres(from: -175, step: 10, count: 36), y: y)
    cube.days = [0, 1]
    cube.type = "f8"
    let ice = try #require(try await workspace.database.team(named: "ice"))
    for dataset in ["bed", "surface"] {
      _ = try cube.write(
        to: workspace.folder, name: "teams/ice/cubes/\(dataset).zarr"
      ) { time, row, _ in y[row] + Double(time) }
      try await workspace.database.setCubeSource(
        try CubeSource(dataset: dataset, title: "", path: "cubes/\(dataset).zarr"), of: ice)
    }
    try workspace.folder.write(
      #"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Pole"},"geometry":{"type":"Point","coordinates":[0,80]}}]}"#,
      to: "teams/ice/site/datasets/surface/places.geojson")
    return workspace
  }
}

/// The API after xcube's routes: who gets what, what is answered, and what is refused.
struct CubeAPITests {
  private static let team = ["owner", "editor", "reader"]
  private static let all = team + ["guest"]
  private static let api = "/teams/ice/api"

  /// Who may read each path; for everybody else it does not exist.
  private static let readers: [(path: String, users: [String])] = [
    ("", all), ("/datasets", all), ("/datasets?details=1", all), ("/openapi.json", Workspace.users),
    ("/datasets/bed", all), ("/datasets/surface", team), ("/datasets/none", []),
    ("/datasets/bed/coords/time", all), ("/datasets/surface/coords/time", team),
    ("/datasets/bed/coords/none", []),
    ("/tiles/bed/v/0/0/0", all), ("/tiles/surface/v/0/0/0", team), ("/tiles/bed/none/0/0/0", []),
    ("/tiles/bed/v/0/0/7", []), ("/tiles/bed/v/a/0/0", []), ("/tiles/none/v/0/0/0", []),
    ("/tiles/bed/v/0/0/0?retina=1&crs=EPSG:3857&format=webp", all),
    ("/tiles/bed/v/legend", all), ("/tiles/surface/v/legend", team),
    ("/colorbars", all), ("/statistics/bed/v?lon=1&lat=2", all),
    ("/statistics/surface/v?lon=1&lat=2", team),
    ("/places", all), ("/places/surface-places", team), ("/places/none", []),
    ("/places/surface-places/surface", team), ("/places/surface-places/bed", team),
    ("/datasets/surface/places/surface-places", team),
    ("/datasets/bed/places/surface-places", team),
    ("/wmts/1.0.0/WMTSCapabilities.xml", all),
    ("/datasets/bed/wmts/1.0.0/WMTSCapabilities.xml", all),
    ("/datasets/surface/wmts/1.0.0/WMTSCapabilities.xml", team),
    ("/datasets/bed/tiles/v/default/WorldCRS84Quad/2020-01-02T00:00:00Z/0/0/0.png", all),
    ("/datasets/surface/tiles/v/default/WorldCRS84Quad/2020-01-02T00:00:00Z/0/0/0.png", team),
    ("/datasets/bed/tiles/v/default/WorldCRS84Quad/2020-01-03T00:00:00Z/0/0/0.png", []),
    ("/datasets/bed/tiles/v/other/WorldCRS84Quad/2020-01-02T00:00:00Z/0/0/0.png", []),
    ("/datasets/bed/legends/v/default.png", all), ("/datasets/surface/legends/v/default.svg", team),
    ("/wmts/kvp?SERVICE=WMTS&REQUEST=GetCapabilities", all),
    (
      "/wmts/kvp?SERVICE=WMTS&REQUEST=GetTile&LAYER=bed.v&TILEMATRIX=0&TILEROW=0&TILECOL=0", all
    ),
    (
      "/wmts/kvp?SERVICE=WMTS&REQUEST=GetTile&LAYER=surface.v&TILEMATRIX=0&TILEROW=0&TILECOL=0",
      team
    ),
    ("/wmts/1.0.0/WorldCRS84Quad/WMTSCapabilities.xml", all),
    ("/wmts/1.0.0/tile/bed/v/0/0/0.png", all), ("/wmts/1.0.0/tile/surface/v/0/0/0.png", team),
    ("/wmts/1.0.0/tile/bed/v/WorldCRS84Quad/0/0/0.png", all),
    ("/wmts/1.0.0/tile/surface/v/WorldCRS84Quad/0/0/0.png", team),
    ("/wmts/1.0.0/tile/none/v/WorldCRS84Quad/0/0/0.png", []),
    ("/s3/datasets", all), ("/s3/datasets?list-type=2&prefix=surface.zarr/", all),
    ("/s3/pyramids", all), ("/s3/none", []), ("/s3/..", []), ("/s3/%2e%2e", []),
    ("/s3/datasets/bed.zarr", []), ("/s3/datasets/bed.zarr/v", []),
    ("/s3/datasets/bed.zarr/none", []), ("/s3/datasets/bed.zarr/v%00/0", []),
    ("/s3/pyramids/bed.levels/0.zarr/.zgroup", all),
    ("/s3/pyramids/surface.levels/0.zarr/.zgroup", team),
    ("/s3/pyramids/bed.levels/1.zarr/.zgroup", []), ("/s3/pyramids/bed.zarr/.zgroup", []),
    ("/s3/pyramids/bed.levels/0.zarr/%2e%2e/surface.zarr/.zgroup", []),
    ("/s3/datasets/bed.zarr/.zgroup", all), ("/s3/datasets/bed.zarr/v/0.0.0", all),
    ("/s3/datasets/surface.zarr/v/.zarray", team), ("/s3/datasets/none.zarr/.zgroup", []),
    ("/s3/datasets/bed.zarr/%2e%2e/surface.zarr/.zgroup", []),
    ("/s3/datasets/bed.zarr/..%2fsurface.zarr/.zgroup", []),
    ("/s3/datasets/bed.zarr/.hidden", []), ("/s3/datasets/bed/.zgroup", []),
    ("/maintenance/update", all), ("/viewer/config/config.json", all), ("/viewer/state", all),
    ("/viewer/state?key=sentinel", all), ("/viewer/state?key=none", []),
    ("/expressions/capabilities", all), ("/expressions/validate/bed/v%20%2A%202", all),
    ("/expressions/validate/surface/v", team), ("/expressions/validate/none/v", []),
    ("/tiles/bed/twice%3Dv%2F2/0/0/0", all), ("/tiles/surface/twice%3Dv%2F2/0/0/0", team),
    ("/tiles/bed/twice%3Dv%2F2/legend", all), ("/statistics/bed/x%3Dv%2B1?lon=1&lat=2", all),
    ("/statistics/surface/x%3Dv%2B1?lon=1&lat=2", team), ("/none", []),
  ]

  @Test("who may read", arguments: Workspace.users)
  func reading(user: String) async throws {
    let workspace = try await Workspace.withCubes()
    let headers = try await workspace.token(user)
    let client = try workspace.client()
    for (path, users) in Self.readers {
      let answer = try await client.get(Self.api + path, headers)
      let wanted: HTTPResponse.Status = users.contains(user) ? .ok : .notFound
      #expect(answer.status == wanted, "\(user) \(path): \(answer.status) \(answer.text)")
      if wanted == .notFound {
        #expect(answer.text.contains("There is nothing here, or you may not see it."))
      }
      #expect(answer.headers[.cacheControl]?.contains("public") != true)
    }
  }

  @Test func unknownAndForbiddenAnswerAlike() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let guest = try await workspace.token("guest")
    let pairs = [
      ("/datasets/surface", "/datasets/none"), ("/tiles/surface/v/0/0/0", "/tiles/none/v/0/0/0"),
      ("/s3/datasets/surface.zarr/.zgroup", "/s3/datasets/none.zarr/.zgroup"),
      (
        "/s3/pyramids/surface.levels/0.zarr/.zgroup", "/s3/pyramids/none.levels/0.zarr/.zgroup"
      ),
      ("/wmts/1.0.0/tile/surface/v/0/0/0.png", "/wmts/1.0.0/tile/none/v/0/0/0.png"),
      ("/statistics/surface/v?lon=1&lat=1", "/statistics/none/v?lon=1&lat=1"),
    ]
    for (forbidden, unknown) in pairs {
      let one = try await client.get(Self.api + forbidden, guest)
      let other = try await client.get(Self.api + unknown, guest)
      #expect(one.status == other.status && one.text == other.text)
    }
    for path in ["/timeseries/surface/v", "/timeseries/none/v"] {
      let answer = try await client.send(.post, Self.api + path, guest, body: Self.point)
      #expect(answer.status == .notFound)
    }
    // A team that does not exist looks like one that is not theirs.
    let stranger = try await workspace.token("stranger")
    for path in ["", "/datasets", "/colorbars", "/viewer/state", "/viewer/config/config.json"] {
      let theirs = try await client.get("/teams/ice/api" + path, stranger)
      let none = try await client.get("/teams/none/api" + path, stranger)
      #expect(theirs.status == .notFound && theirs.text == none.text)
    }
  }

  @Test func withoutSigningInNothingTellsWhatExists() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    var answers: Set<String> = []
    for (path, _) in Self.readers where path != "/none" {
      let answer = try await client.get(Self.api + path)
      answers.insert("\(answer.status.code) \(answer.text)")
    }
    #expect(answers.count == 1, "\(answers)")
    #expect(answers.first?.hasPrefix("401 ") == true)
  }

  private static let point = #"{"type":"Point","coordinates":[1,2]}"#
  private static let area =
    #"{"type":"Polygon","coordinates":[[[-20,-21],[20,-21],[20,21],[-20,21],[-20,-21]]]}"#

  @Test func theListShowsWhatOneMayRead() async throws {
    let workspace = try await Workspace.withCubes()
    for (user, wanted) in [("reader", ["bed", "surface"]), ("guest", ["bed"])] {
      let answer = try await workspace.client().get(
        Self.api + "/datasets?details=1", try await workspace.token(user))
      let document = try JSONValue(parsing: Array(answer.text.utf8))
      let datasets = document["datasets"]?.arrayValue ?? []
      #expect(datasets.compactMap { $0["id"]?.stringValue } == wanted)
      let variable = try #require(datasets.first?["variables"]?[0])
      #expect(variable["name"] == "v")
      #expect(
        variable["tileUrl"] == .string("http://cubes.test\(Self.api)/tiles/bed/v/{z}/{y}/{x}"))
      let dimensions = datasets.first?["dimensions"]?.arrayValue ?? []
      #expect(dimensions.compactMap { $0["name"]?.stringValue } == ["lon", "lat", "time"])
      #expect(dimensions.last?["coordinates"]?[1] == "2020-01-02T00:00:00Z")
      #expect(datasets.first?["bbox"] == [-180, -90, 180, 90])
    }
    let reader = try await workspace.token("reader")
    let here = try await workspace.client().get(Self.api + "/datasets?point=1,2", reader)
    #expect(here.text.contains("\"bed\""))
    #expect(
      try await workspace.client().get(Self.api + "/datasets?point=north", reader).status
        == .badRequest)
  }

  @Test func seriesAndStatistics() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    func post(_ path: String, _ body: String) async throws -> JSONValue {
      let answer = try await client.send(.post, Self.api + path, headers, body: body)
      #expect(answer.status == .ok, "\(path): \(answer.text)")
      return try JSONValue(parsing: Array(answer.text.utf8))["result"] ?? .null
    }
    // The cell around 2° has its centre at 5°.
    let first: JSONValue = ["mean": 5, "time": "2020-01-01T00:00:00Z"]
    let second: JSONValue = ["mean": 6, "time": "2020-01-02T00:00:00Z"]
    #expect(try await post("/timeseries/bed/v", Self.point) == [first, second])
    #expect(
      try await post("/timeseries/bed/v?startDate=2020-01-02&endDate=2020-01-02", Self.point)
        == [second])
    #expect(
      try await post(
        "/timeseries/bed/v",
        #"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":\#(Self.point)},{"type":"Feature","geometry":null}]}"#
      ) == [[first, second], []])
    let area = try await post(
      "/timeseries/bed/v?aggMethods=count,min,max,median,std&maxValids=1", Self.area)
    #expect(area.arrayValue?.count == 1)
    #expect(area[0]?["count"] == 16 && area[0]?["min"] == -14 && area[0]?["max"] == 16)
    #expect(area[0]?["median"] == 1)
    let statistics = try await post("/statistics/bed/v?time=2020-01-01", Self.area)
    #expect(statistics["count"] == 16 && statistics["mean"] == 0)
    #expect(statistics["histogram"]?["values"]?.arrayValue?.count == 100)
    #expect(try await post("/statistics/bed/v", Self.area)["count"] == 32)
    let value = try await client.get(
      Self.api + "/statistics/bed/v?lon=1&lat=2&time=2020-01-02T11:00:00Z", headers)
    #expect(value.text == #"{"result":{"value":6}}"#)
  }

  @Test func tilesHaveTagsAndColours() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    var headers = try await workspace.token("reader")
    let path = Self.api + "/tiles/bed/v/0/0/0"
    let tile = try await client.get(path, headers)
    #expect(tile.headers[.contentType] == "image/png")
    let tag = try #require(tile.headers[.eTag])
    let other = try await client.get(path + "?cmap=magma&vmin=-90&vmax=90", headers)
    #expect(other.headers[.eTag] != tag)
    headers[.ifNoneMatch] = tag
    #expect(try await client.get(path, headers).status == .notModified)
    #expect(try await client.get(path + "?cmap=nothing", headers).status == .badRequest)
    #expect(try await client.get(path + "?vmin=NaN", headers).status == .badRequest)
    #expect(try await client.get(path + "?crs=EPSG:1", headers).status == .badRequest)
    for text in [
      "yesterday", "2020-13-01", "2020-01-32", "2020-01-01T24:00:00Z", "2020-01-01T1:60",
    ] {
      #expect(
        try await client.get(path + "?time=" + text, headers).status == .badRequest, "\(text)")
    }
  }

  @Test func variablesOfOnesOwnAreComputed() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("guest")
    // The value at 2° is 5 on the first day and 6 on the second.
    let name = "y%3D%20where%28v%20%3E%205%2C%20v%20%2F%204%2C%20-v%29"
    let series = try await client.send(
      .post, Self.api + "/timeseries/bed/\(name)", headers, body: Self.point)
    #expect(series.text.contains("\"mean\":-5,") && series.text.contains("\"mean\":1.5,"))
    let statistics = try await client.send(
      .post, Self.api + "/statistics/bed/y%3Dv%2A2?time=2020-01-01", headers, body: Self.area)
    #expect(statistics.text.contains("\"count\":16") && statistics.text.contains("\"mean\":0,"))
    let colours = "?vmin=-90&vmax=90&cmap=magma"
    let plain = try await client.get(Self.api + "/tiles/bed/v/1/0/1" + colours, headers)
    let same = try await client.get(Self.api + "/tiles/bed/y%3Dv%2B0/1/0/1" + colours, headers)
    let other = try await client.get(Self.api + "/tiles/bed/y%3D-v/1/0/1" + colours, headers)
    #expect(plain.status == .ok && same.headers[.eTag] == plain.headers[.eTag])
    #expect(other.status == .ok && other.headers[.eTag] != plain.headers[.eTag])
    // The mean of latitudes 85 and 75 on two days.
    let valid = try await client.get(Self.api + "/expressions/validate/bed/v", headers)
    #expect(valid.text == #"{"result":80.5}"#)
    let none = try await client.get(Self.api + "/expressions/validate/bed/v%2Anan", headers)
    #expect(none.text == #"{"result":null}"#)
    for (text, words) in [
      ("w%20%2B%201", "(name 'w' is not defined)"), ("v%20and%20v", "(a) & (b)"),
      ("v%20%2B", "the end"),
      ("__import__%28%27os%27%29", "has no meaning"), ("%28%28%28%28", "the end"), ("%FF", ""),
    ] {
      for path in ["/expressions/validate/bed/\(text)", "/tiles/bed/y%3D\(text)/0/0/0"] {
        let answer = try await client.get(Self.api + path, headers)
        #expect([400, 404].contains(answer.status.code), "\(path): \(answer.status)")
        #expect(words.isEmpty || answer.text.contains(words), "\(path): \(answer.text)")
      }
    }
    // What is kept of them has an end.
    for number in 0..<150 {
      let answer = try await client.get(
        Self.api + "/statistics/bed/y%3Dv%2B\(number)?lon=1&lat=2", headers)
      #expect(answer.text == #"{"result":{"value":\#(number + 5)}}"#)
    }
    let parts = try await client.get(Self.api + "/expressions/capabilities", headers)
    #expect(parts.text.contains("\"where(C,X,Y)\"") && parts.text.contains("\"X // Y\""))
  }

  @Test func viewsAreKeptForTheTeam() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let path = Self.api + "/viewer/state"
    let answer = try await client.send(
      .put, path, try await workspace.token("reader"), body: #"{"a":[1,2]}"#)
    let key = try #require(
      try JSONValue(parsing: Array(answer.text.utf8))["key"]?.stringValue)
    for (user, status) in [("editor", 200), ("guest", 200), ("stranger", 404)] {
      let found = try await client.get(
        path + "?key=\(key)", try await workspace.token(user))
      #expect(found.status.code == status, "\(user)")
    }
    let elsewhere = try await client.get(
      "/teams/sea/api/viewer/state?key=\(key)", try await workspace.token("guest"))
    #expect(elsewhere.status == .notFound)
    // From another site's page a session does not help.
    var session = try await workspace.session("reader").headers
    session[.origin] = "https://evil.test"
    #expect(try await client.send(.put, path, session, body: "{}").status == .forbidden)
    #expect(
      try await client.send(
        .put, path, try await workspace.token("reader"), body: "[]"
      ).status == .badRequest)
  }

  @Test(arguments: [
    "cubes/../../secret", "/etc/passwd", "cubes//x", "file:///etc/passwd",
    "http://169.254.169.254/x",
    "cubes/http://localhost/x", "cubes/*.nc", "cubes/~/x", "cubes/.ssh", "cubes", "",
    "cubes/a\u{0}b",
    "cubes/a\nb", "s3://bucket/x", "cubes/a\\b", "other/", "cubes/%2e%2e/x/../y",
  ])
  func pathsThatLeaveTheirRootAreNoSources(path: String) {
    #expect(throws: TeamsError.self) { try CubeSource(dataset: "x", title: "", path: path) }
  }

  @Test func linksOutAndOtherTeamsRootsAreNotFollowed() async throws {
    let workspace = try await Workspace.withCubes {
      $0.cubeRoots = [CubeRoot("sea/shared=\($0.dataFolder)/teams/ice/cubes")].compactMap(\.self)
    }
    let ice = try #require(try await workspace.database.team(named: "ice"))
    let cubes = workspace.folder.path + "/teams/ice/cubes"
    try FileManager.default.createSymbolicLink(
      atPath: cubes + "/out.zarr", withDestinationPath: workspace.folder.path + "/teams/ice/site")
    try FileManager.default.createSymbolicLink(
      atPath: cubes + "/in.zarr", withDestinationPath: cubes + "/bed.zarr")
    for (dataset, path) in [
      ("out", "cubes/out.zarr"), ("in", "cubes/in.zarr"), ("theirs", "shared/bed.zarr"),
      ("gone", "cubes/gone.zarr"), ("encoded", "cubes/%2e%2e/site"),
    ] {
      try await workspace.database.setCubeSource(
        try CubeSource(dataset: dataset, title: "", path: path), of: ice)
    }
    let client = try workspace.client()
    let headers = try await workspace.token("owner")
    for (dataset, status) in [
      ("out", 404), ("in", 200), ("theirs", 404), ("gone", 404), ("encoded", 404),
    ] {
      let answer = try await client.get(Self.api + "/datasets/\(dataset)", headers)
      #expect(answer.status.code == status, "\(dataset): \(answer.text)")
    }
    #expect(try await client.get(Self.api + "/datasets?details=1", headers).status == .ok)
    for wrong in ["ice", "ice/cubes=/x", "ice/a=relative", "ice/a=http://x", "a/b/c=/x", "/a=/x"] {
      #expect(CubeRoot(wrong) == nil, "\(wrong)")
    }
  }

  @Test func whatIsTooLargeIsRefused() async throws {
    let workspace = try await Workspace.withCubes {
      $0.largestBody = 8000
      $0.liveLimits.positions = 50
    }
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let ring = (0..<100).map { "[\($0 % 10),\($0 / 10)]" }.joined(separator: ",")
    let bodies = [
      (#"{"type":"Polygon","coordinates":[[\#(ring),[0,0]]]}"#, 400),
      (String(repeating: "[", count: 9000), 413), (String(repeating: "[", count: 7000), 400),
      ("{", 400), ("", 400), (#"{"type":"LineString","coordinates":[[0,0],[1,1]]}"#, 400),
      (#"{"type":"Point","coordinates":[1e999,0]}"#, 400), (#"{"type":"Point"}"#, 400),
      (#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[3,3]]]}"#, 400),
      (
        #"{"type":"GeometryCollection","geometries":[\#(String(repeating: Self.point + ",", count: 150) + Self.point)]}"#,
        200
      ),
    ]
    for route in ["timeseries", "statistics"] {
      for (body, status) in bodies where status != 200 || route == "timeseries" {
        let answer = try await client.send(
          .post, Self.api + "/\(route)/bed/v", headers, body: body)
        #expect(answer.status.code == status, "\(route) \(body.prefix(60)): \(answer.text)")
      }
    }
    for query in [
      "aggMethods=sum", "maxValids=0", "startDate=then", "tolerance=x", "endDate=2020-13-99T99",
    ] {
      let answer = try await client.send(
        .post, Self.api + "/timeseries/bed/v?" + query, headers, body: Self.point)
      #expect(answer.status == .badRequest, "\(query): \(answer.status)")
    }
  }

  @Test func whatTakesTooLongIsGivenUp() async throws {
    let workspace = try await Workspace.withCubes { $0.liveLimits.time = .zero }
    let answer = try await workspace.client().get(
      Self.api + "/tiles/bed/v/0/0/0", try await workspace.token("reader"))
    #expect(answer.status == .serviceUnavailable)
    #expect(answer.headers[.retryAfter] != nil)
  }

  @Test func nothingOfARequestBecomesAHeader() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let line = "%0d%0aX-Evil:%201"
    for path in [
      "/tiles/bed/v/0/0/0?time=\(line)", "/tiles/bed/v/0/0/0?cmap=\(line)", "/datasets/\(line)",
      "/tiles/bed/\(line)/0/0/0", "/datasets?point=\(line)", "/places/\(line)",
      "/s3/datasets/bed.zarr/\(line)", "/s3/\(line)", "/s3/datasets?list-type=\(line)",
      "/wmts/kvp?SERVICE=WMTS&REQUEST=\(line)", "/wmts/1.0.0/\(line)/WMTSCapabilities.xml",
      "/viewer/state?key=\(line)",
      "/expressions/validate/bed/\(line)", "/tiles/bed/v/0/0/0?format=\(line)",
    ] {
      let answer = try await client.get(Self.api + path, headers)
      #expect((400..<500).contains(answer.status.code), "\(path): \(answer.status)")
      for field in answer.headers {
        #expect(!field.value.contains("Evil") && !field.value.contains("\n"), "\(path) \(field)")
      }
    }
  }

  /// What the document describes is what there is.
  @Test func everyRouteIsDescribed() async throws {
    let workspace = try await Workspace { $0.viewerFolder = "/nowhere" }
    let routes = try workspace.server.router().routes.map { route in
      let path = route.path.description.split(separator: "/").map { part in
        part == "**" ? "{path}" : part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
      }.joined(separator: "/")
      return "\(route.method.rawValue.lowercased()) /\(path)"
    }
    let answer = try await workspace.client().get("/openapi.json")
    let paths = try JSONValue(parsing: Array(answer.text.utf8))["paths"]?.objectValue ?? [:]
    let described = Set(
      paths.flatMap { path, methods in (methods.objectValue ?? [:]).map { "\($0.key) \(path)" } })
    // Style sheets and scripts have a route each.
    let known = Set(routes.filter { !$0.hasPrefix("get /assets/") } + ["get /assets/{path}"])
    #expect(known == described, "\(known.symmetricDifference(described).sorted())")
  }
}
