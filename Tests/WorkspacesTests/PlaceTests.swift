import GRDB
import JSON
import Testing

@testable import Workspaces

/// Places: what queries find.
///
/// Boxes are compared with shapely by `Tests/Clients/check_workspace.py`.
struct PlaceTests {
  private let keeping: Keeping
  private let collection: PlaceCollection

  init() async throws {
    keeping = try await Keeping()
    try await keeping.workspace.addCollection(
      "lakes", title: "Lakes", to: keeping.team, by: "ada", now: 1000)
    collection = try #require(
      try await keeping.workspace.collection("lakes", ofTeam: "ice"))
    let document = try JSONValue(
      parsing: """
        {"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":{"type":"Point","coordinates":[10,54]},
         "properties":{"name":"Ä a","depth":5,"salt":true,"kind":"lake"}},
        {"type":"Feature","geometry":{"type":"Polygon","coordinates":
          [[[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]},
         "properties":{"name":"b","depth":12.5,"salt":false,"kind":"pond"}},
        {"type":"Feature","geometry":{"type":"LineString","coordinates":[[170,0],[180,1]]},
         "properties":{"name":"C%","depth":"deep","kind":null}},
        {"type":"Feature","geometry":{"type":"Point","coordinates":[-179,1]},"properties":{}}]}
        """)
    _ = try await keeping.workspace.add(
      try NewFeature.read(document), to: collection, of: keeping.team)
  }

  private func found(_ parameters: [(String, String)]) async throws -> [Int] {
    let query = try FeatureQuery(parameters: parameters.map { (name: $0.0, value: $0.1) })
    let page = try await keeping.workspace.features(query, in: collection)
    return page.features.compactMap { (try? JSONValue(parsing: $0))?["id"]?.intValue }
  }

  @Test(
    "conditions",
    arguments: [
      ("depth", "eq.5", [1]), ("depth", "gt.5", [2]), ("depth", "gte.5", [1, 2]),
      ("depth", "lt.100", [1, 2]), ("depth", "eq.deep", [3]), ("depth", "neq.5", [2, 3]),
      ("name", "eq.b", [2]), ("name", "like.C%", [3]), ("name", "like.c*", []),
      ("name", "ilike.c*", [3]), ("name", "eq.\"Ä a\"", [1]), ("name", "in.(b,\"Ä a\")", [1, 2]),
      ("salt", "is.true", [1]), ("salt", "eq.false", [2]), ("salt", "is.null", [3, 4]),
      ("kind", "is.null", [3, 4]), ("kind", "not.is.null", [1, 2]),
      ("kind", "not.eq.lake", [2, 3, 4]),
      ("or", "(depth.eq.5,name.eq.b)", [1, 2]), ("and", "(depth.gt.1,salt.is.true)", [1]),
      ("or", "(and(depth.gt.1,salt.is.true),not.or(kind.eq.lake,kind.eq.pond))", [1, 3, 4]),
      ("not.or", "(kind.eq.lake,kind.is.null)", [2]), ("id", "gte.3", [3, 4]),
      ("id", "in.(1,4)", [1, 4]),
      ("missing", "eq.1", []), ("depth", "eq.5.0", [1]),
    ] as [(String, String, [Int])])
  func conditions(name: String, value: String, ids: [Int]) async throws {
    #expect(try await found([(name, value)]) == ids)
  }

  @Test(
    "boxes",
    arguments: [
      ("9,53,11,55", [1]), ("-1,-1,11,11", [2]), ("1,1,2,2", [2]), ("4.5,4.5,5.5,5.5", []),
      ("3,3,5,5", [2]), ("10,10,12,12", [2]), ("10.001,0,12,1", []), ("179,0,-178,2", [3, 4]),
      ("174,0.5,176,0.5", [3]), ("174,0.7,174.5,1", []), ("-180,-90,180,90", [1, 2, 3, 4]),
    ] as [(String, [Int])])
  func boxes(box: String, ids: [Int]) async throws {
    #expect(try await found([("bbox", box)]) == ids)
  }

  @Test func orderAndPages() async throws {
    #expect(try await found([("order", "depth.desc"), ("depth", "lt.100")]) == [2, 1])
    #expect(try await found([("order", "kind.asc.nullsfirst,id.desc")]) == [4, 3, 1, 2])
    #expect(try await found([("order", "kind")]) == [1, 2, 3, 4])
    #expect(try await found([("limit", "2"), ("offset", "1")]) == [2, 3])
    var query = FeatureQuery()
    query.limit = 3
    query.properties = ["name"]
    let page = try await keeping.workspace.features(query, in: collection)
    #expect(page.matched == 4 && page.nextOffset == 3)
    #expect(page.features[1].hasSuffix(#""properties":{"name":"b"}}"#))
  }

  @Test(
    "what is no query",
    arguments: [
      ("depth", "5"), ("depth", "is.5"), ("depth", "between.1"), ("limit", "-1"),
      ("limit", "10001"),
      ("bbox", "1,2,3"), ("bbox", "0,91,1,92"), ("bbox", "0,2,1,1"), ("bbox", "0,0,nan,1"),
      ("a\"b", "eq.1"), ("or", "(a.eq.1"), ("or", "()"), ("or", "(a)"), ("a", "in.()"),
      ("a", "eq.\"x"), ("a", "like.*a*a*a*a*a*a*a*"), ("order", "a\"b"), ("id", "eq.x"),
      ("or", "(or(or(or(or(or(or(or(a.eq.1))))))))"),
    ])
  func noQuery(name: String, value: String) async throws {
    let error = await #expect(throws: WorkspaceError.self) { _ = try await found([(name, value)]) }
    #expect(error?.kind == .invalid)
  }

  /// Whatever is asked, it is an answer or an error that says what is wrong; what is asked never becomes SQL.
  @Test func randomQueries() async throws {
    var random = SystemRandomNumberGenerator()
    let parts = [
      "name", "depth", "id", "or", "and", "not.", "eq.", "gt.", "in.", "is.", "like.", "(", ")",
      ",", "\"",
      "\\", "'", "--", ";", "*", "%", "1", "1e999", "null", "true", "ä", "\0", "?", ":a", "$", "|",
      " ",
    ]
    func text(_ most: Int) -> String {
      (0..<Int.random(in: 0...most, using: &random)).compactMap { _ in
        parts.randomElement(using: &random)
      }.joined()
    }
    var answers = 0
    for _ in 0..<3000 {
      let name =
        Bool.random(using: &random) ? text(2) : ["or", "and", "name"].randomElement() ?? ""
      do {
        _ = try await found([(name, text(9))])
        answers += 1
      } catch let error as WorkspaceError {
        #expect(error.kind == .invalid, "\(error)")
      }
    }
    #expect(answers > 0)
    #expect(try await found([]) == [1, 2, 3, 4])
  }

  @Test func changes() async throws {
    var query = try FeatureQuery(parameters: [("kind", "eq.lake")])
    let patch: JSONObject = ["depth": 6, "salt": nil, "new": "x"]
    #expect(
      try await keeping.workspace.change(
        properties: patch, of: query, in: collection, of: keeping.team) == 1)
    let text = try await keeping.workspace.feature(1, in: collection)
    #expect(
      text?.contains(#""properties":{"name":"Ä a","depth":6,"kind":"lake","new":"x"}"#) == true)
    query = try FeatureQuery(parameters: [("bbox", "9,53,11,55")])
    #expect(try await keeping.workspace.remove(query, from: collection) == 1)
    #expect(try await found([("bbox", "-180,-90,180,90")]) == [2, 3, 4])
    let now = try #require(try await keeping.workspace.collection("lakes", ofTeam: "ice"))
    let extent = try await keeping.workspace.extent(of: now)
    #expect(extent == PlaceExtent(count: 3, box: [-179, 0, 180, 10]))
    try await keeping.workspace.addCollection(
      "empty", title: "", to: keeping.team, by: "ada", now: 1)
    let empty = try #require(try await keeping.workspace.collection("empty", ofTeam: "ice"))
    #expect(try await keeping.workspace.extent(of: empty) == PlaceExtent(count: 0, box: nil))
    try await keeping.workspace.removeCollection(now, of: keeping.team)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).places == 0)
    let left = try await keeping.workspace.look("count") { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM feature_box")
    }
    #expect(left == 0)
  }

  @Test(
    "what is no place",
    arguments: [
      #"{"type":"Point","coordinates":[181,0]}"#, #"{"type":"Point","coordinates":[0]}"#,
      #"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1]]]}"#, "null", #"{"type":"Circle"}"#,
      #"{"type":"MultiPoint","coordinates":[]}"#,
    ])
  func noPlace(geometry: String) throws {
    let document = try JSONValue(
      parsing: #"{"type":"Feature","properties":{},"geometry":\#(geometry)}"#)
    #expect(throws: WorkspaceError.self) { try NewFeature.read(document) }
  }

  @Test func limitsOfSize() throws {
    let line = (0...NewFeature.mostPositions).map { _ in "[1,1]" }.joined(separator: ",")
    let document = try JSONValue(
      parsing:
        #"{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[\#(line)]}}"#
    )
    let error = #expect(throws: WorkspaceError.self) { try NewFeature.read(document) }
    #expect(error?.kind == .tooLarge)
  }

  @Test func withoutRoomNothingIsAdded() async throws {
    try await keeping.workspace.setQuota(600, of: keeping.team)
    let document = try JSONValue(
      parsing:
        #"{"type":"Feature","properties":{"text":"\#(String(repeating: "x", count: 500))"},"geometry":{"type":"Point","coordinates":[1,1]}}"#
    )
    let features = try NewFeature.read(document)
    let error = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.workspace.add(features, to: collection, of: keeping.team)
    }
    #expect(error?.kind == .full)
    #expect(try await found([]) == [1, 2, 3, 4])
  }
}
