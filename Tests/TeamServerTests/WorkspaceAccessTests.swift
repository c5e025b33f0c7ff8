import Foundation
import HTTPTypes
import Hummingbird
import Teams
import Testing

@testable import TeamServer

/// Every route of workspaces × everybody with a token: who gets what, and that everything else looks as if
/// it did not exist.
struct WorkspaceAccessTests {
  private struct Route: CustomStringConvertible {
    let method: HTTPRequest.Method
    let path: String
    var headers: HTTPFields = [:]
    var body = ""
    let users: [String]
    /// What those get who may.
    var status = 200

    var description: String { "\(method) \(path)" }
  }

  private static let team = ["owner", "editor", "reader"]
  private static let editors = ["owner", "editor"]
  private static let allWhoRead = team + ["guest"]
  private static let tus = fields([
    ("Tus-Resumable", "1.0.0"), ("Upload-Length", "10"), ("Upload-Metadata", "dataset bmV3"),
  ])

  private static let replacing = fields([
    ("Tus-Resumable", "1.0.0"), ("Upload-Length", "10"),
    // dataset: elevation
    ("Upload-Metadata", "dataset ZWxldmF0aW9u,replace"),
  ])
  private static let content =
    "/teams/ice/datasets/elevation/versions/\(Workspace.elevationContent)"

  private static func fields(_ pairs: [(String, String)]) -> HTTPFields {
    HTTPFields(
      pairs.compactMap { name, value in
        HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
      })
  }

  private static let json: HTTPFields = [.contentType: "application/json"]
  private static let patch = #"{"properties":{"depth":3}}"#

  private static let routes: [Route] = [
    .init(method: .get, path: "/teams/ice/datasets", users: team),
    .init(method: .get, path: "/teams/ice/datasets/elevation", users: team),
    .init(method: .get, path: "/teams/ice/datasets/elevation/data/cube.nc", users: team),
    .init(method: .head, path: "/teams/ice/datasets/elevation/data/cube.nc", users: team),
    .init(method: .get, path: "/teams/ice/datasets/elevation/data/../cube.nc", users: []),
    .init(method: .get, path: "/teams/ice/datasets/elevation/data/%2e%2e/x", users: []),
    .init(
      method: .get, path: "/teams/ice/datasets/elevation/data/..%2f..%2f..%2fcubepress.sqlite",
      users: []),
    .init(method: .get, path: "/teams/ice/datasets/none", users: []),
    .init(method: .get, path: content + "/cube.nc", users: team),
    .init(method: .head, path: content + "/cube.nc", users: team),
    .init(method: .get, path: content + "/..%2f..%2fcubepress.sqlite", users: []),
    .init(method: .get, path: "/teams/ice/datasets/elevation/versions/other/cube.nc", users: []),
    .init(method: .get, path: "/teams/ice/datasets/elevation/versions/%2e%2e/cube.nc", users: []),
    // With a token that writes: one that only reads makes an editor a reader.
    .init(method: .get, path: "/teams/ice/uploads", users: []),
    .init(method: .post, path: "/teams/ice/uploads", headers: tus, users: editors, status: 201),
    .init(
      method: .post, path: "/teams/ice/uploads", headers: replacing, users: editors, status: 201),
    .init(method: .head, path: "/teams/ice/uploads/none", headers: tus, users: []),
    .init(method: .patch, path: "/teams/ice/uploads/none", headers: tus, users: []),
    .init(method: .delete, path: "/teams/ice/uploads/none", headers: tus, users: []),
    .init(method: .get, path: "/teams/ice/places", users: team),
    .init(
      method: .post, path: "/teams/ice/places", headers: json, body: #"{"id":"seas"}"#,
      users: editors, status: 201),
    .init(method: .get, path: "/teams/ice/places/lakes", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/places/none", users: []),
    .init(method: .get, path: "/teams/ice/places/lakes/features?name=eq.A", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/places/lakes/features/1", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/places/lakes/features/99", users: []),
    .init(
      method: .post, path: "/teams/ice/places/lakes/features", body: Workspace.lake, users: editors,
      status: 201),
    .init(
      method: .put, path: "/teams/ice/places/lakes/features/1", body: Workspace.lake,
      users: editors, status: 204),
    .init(
      method: .patch, path: "/teams/ice/places/lakes/features/1", body: patch, users: editors,
      status: 204),
    .init(
      method: .patch, path: "/teams/ice/places/lakes/features?id=eq.1", body: patch, users: editors),
    .init(method: .delete, path: "/teams/ice/places/lakes/features?id=eq.2", users: editors),
    .init(method: .delete, path: "/teams/ice/places/lakes/features/1", users: editors, status: 204),
    .init(method: .delete, path: "/teams/ice/places/lakes", users: editors, status: 204),
    .init(method: .get, path: "/teams/ice/files", users: team),
    .init(method: .get, path: "/teams/ice/files?prefix=notes/", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/files?prefix=notes", users: team),
    .init(method: .get, path: "/teams/ice/files/notes/a.txt", users: allWhoRead),
    .init(method: .head, path: "/teams/ice/files/notes/a.txt?version=1", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/files/notes/a.txt?version=2", users: []),
    .init(method: .get, path: "/teams/ice/files/notes/a.txt?versions", users: allWhoRead),
    .init(method: .get, path: "/teams/ice/files/notes/../notes/a.txt", users: []),
    .init(method: .get, path: "/teams/ice/files/notes%2f..%2f..%2fcubepress.sqlite", users: []),
    .init(
      method: .put, path: "/teams/ice/files/notes/b.txt", body: "b", users: editors, status: 201),
    .init(method: .delete, path: "/teams/ice/files/notes/b.txt", users: editors, status: 204),
    .init(method: .get, path: "/teams/ice/publications", users: team),
    .init(method: .delete, path: "/teams/ice/datasets/elevation", users: editors, status: 204),
  ]

  @Test("with a token", arguments: Workspace.users)
  func tokens(user: String) async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let reading = try await workspace.token(user, .read)
    let writing = try await workspace.token(user, .write)
    for route in Self.routes {
      let changes = ![.get, .head].contains(route.method)
      var headers = route.headers
      headers[.authorization] = changes ? writing[.authorization] : reading[.authorization]
      if changes {
        var readOnly = headers
        readOnly[.authorization] = reading[.authorization]
        let refused = try await client.send(route.method, route.path, readOnly, body: route.body)
        #expect(refused.status == .notFound, "\(user) \(route) with a token that only reads")
      }
      let answer = try await client.send(route.method, route.path, headers, body: route.body)
      if route.users.contains(user) {
        #expect(
          answer.status.code == route.status, "\(user) \(route): \(answer.status) \(answer.text)")
      } else {
        #expect(answer.status == .notFound, "\(user) \(route): \(answer.status)")
        #expect(
          route.method == .head || answer.text == "There is nothing here, or you may not see it.\n",
          "\(user) \(route): \(answer.text)")
      }
    }
  }

  @Test func withoutSigningInNothingTellsWhatExists() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    var answers: Set<String> = []
    for route in Self.routes {
      let answer = try await client.send(route.method, route.path, route.headers, body: route.body)
      answers.insert("\(answer.status.code) \(answer.headers[.wwwAuthenticate] ?? "")")
    }
    #expect(answers.count == 1, "\(answers)")
    #expect(answers.first?.hasPrefix("401 ") == true)
  }

  @Test("another site's page cannot change anything with the cookie of a session")
  func forgery() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let session = try await workspace.session("owner")
    for route in Self.routes where ![.get, .head].contains(route.method) && !route.users.isEmpty {
      var headers = route.headers
      headers[.cookie] = session.headers[.cookie]
      let plain = try await client.send(route.method, route.path, headers, body: route.body)
      #expect(plain.status == .forbidden, "\(route) without the form secret: \(plain.status)")
      headers.append(contentsOf: Self.fields([("X-Form", session.form)]))
      headers[.origin] = "https://evil.test"
      let foreign = try await client.send(route.method, route.path, headers, body: route.body)
      #expect(foreign.status == .forbidden, "\(route) from another site: \(foreign.status)")
    }
    #expect(
      try await client.get("/teams/ice/places/lakes/features/1", workspace.token("reader")).status
        == .ok)
  }

  @Test("what was uploaded does not act as a page of ours")
  func downloads() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let headers = try await workspace.token("owner", .write)
    let path = "/teams/ice/files/evil.html"
    #expect(
      try await client.send(.put, path, headers, body: "<script>alert(1)</script>").status
        == .created)
    for path in [path, "/teams/ice/datasets/elevation/data/cube.nc"] {
      let answer = try await client.get(path, headers)
      #expect(answer.headers[.contentDisposition]?.hasPrefix("attachment") == true)
      #expect(answer.headers[.contentSecurityPolicy] == "sandbox; default-src 'none'")
      #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }
  }

  @Test(
    "no query changes more than was asked, whatever it holds",
    arguments: [
      "name=eq.A' OR '1'='1", "name=eq.A\"; DROP TABLE feature; --", "name') OR 1=1 --=eq.A",
      "order=name;DELETE FROM feature", "select=name,(SELECT hash FROM token)",
      "bbox=1,2,3,4) OR (1=1", "limit=1;DROP TABLE user", "or=(name.eq.A,1=1)",
      "name=in.(A') UNION SELECT hash,1,1 FROM token --)", "name=like.%' ESCAPE '",
    ])
  func injection(query: String) async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let headers = try await workspace.token("editor", .write)
    let encoded = query.split(separator: "=", maxSplits: 1).map {
      String($0).addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }.joined(separator: "=")
    let path = "/teams/ice/places/lakes/features"
    let answer = try await client.get("\(path)?\(encoded)", headers)
    #expect([200, 422].contains(answer.status.code), "\(answer.status)")
    let removed = try await client.send(.delete, "\(path)?\(encoded)", headers)
    #expect([200, 422].contains(removed.status.code), "\(removed.status)")
    // `order`, `select` and `limit` name no place, so nothing goes; no condition here is true of it.
    #expect(try await client.get(path + "/1", headers).status == .ok)
  }
}
