import HTTPTypes
import Hummingbird
import Teams
import Testing

@testable import TeamServer

/// Every path × everybody: who gets what, and that everything else looks as if it did not exist.
struct AccessTests {
  private static let everybody = Workspace.users
  private static let team = ["owner", "editor", "reader"]

  /// Who may read each path of the team's site.
  private static let readers: [(path: String, users: [String])] = [
    ("/sites/ice/index.html", team),
    ("/sites/ice/assets/a.js", team + ["guest"]),
    ("/sites/ice/viewer/index.html", team + ["guest"]),
    ("/sites/ice/api/datasets.json", team + ["guest"]),
    ("/sites/ice/api/datasets/bed.json", team + ["guest"]),
    ("/sites/ice/api/datasets/surface.json", team),
    ("/sites/ice/datasets/bed/index.html", team + ["guest"]),
    ("/sites/ice/datasets/bed/cube.zarr/0/z/c/0/0", team + ["guest"]),
    ("/sites/ice/datasets/bed/tiles/z/2017-01-16T10%3A09%3A21Z/0.png", team + ["guest"]),
    ("/sites/ice/datasets/surface/index.html", team),
    ("/sites/ice/datasets/surface/cube.zarr/zarr.json", team),
    ("/sites/ice/datasets/bed/none", []),
    ("/sites/ice/datasets/none/index.html", []),
    ("/sites/none/index.html", []),
    ("/sites/ice/.cubepress/journal", []),
    ("/sites/ice/%2ecubepress/journal", []),
    ("/sites/ice/../notes.txt", []),
    ("/sites/ice/%2e%2e/notes.txt", []),
    ("/sites/ice/..%2fnotes.txt", []),
    ("/sites/ice/datasets/bed/..%2fsurface/index.html", []),
    ("/sites/ice/datasets/bed/../surface/index.html", []),
    ("/sites/ice/datasets/bed//index.html", team + ["guest"]),
    ("/sites/ice/datasets//surface/index.html", team),
    ("/sites/ice/datasets/bed", []),
    ("/sites/%2e%2e/index.html", []),
  ]

  @Test("files of a site", arguments: everybody)
  func files(user: String) async throws {
    let workspace = try await Workspace()
    let headers = try await workspace.token(user)
    let client = try workspace.client()
    for (path, users) in Self.readers {
      let response = try await client.get(path, headers)
      let wanted: HTTPResponse.Status = users.contains(user) ? .ok : .notFound
      #expect(response.status == wanted, "\(user) \(path): \(response.status)")
      if wanted == .notFound {
        #expect(response.text == "There is nothing here, or you may not see it.\n")
      }
    }
  }

  @Test func withoutSigningInNothingTellsWhatExists() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    var answers: Set<String> = []
    for (path, _) in Self.readers where path.hasPrefix("/sites/") {
      let response = try await client.get(path)
      answers.insert(
        "\(response.status.code) \(response.text) \(response.headers[.wwwAuthenticate] ?? "")")
    }
    #expect(answers.count == 1, "\(answers)")
    #expect(answers.first?.hasPrefix("401 ") == true)
    let page = try await client.get("/sites/ice/index.html", [.accept: "text/html"])
    #expect(page.status == .seeOther)
    #expect(page.headers[.location] == "/sign-in?to=/sites/ice/index.html")
  }

  @Test func theListShowsWhatOneMayRead() async throws {
    let workspace = try await Workspace()
    for (user, wanted) in [("reader", ["bed", "surface"]), ("guest", ["bed"])] {
      let headers = try await workspace.token(user)
      let text = try await workspace.client().get("/sites/ice/api/datasets.json", headers).text
      #expect(["bed", "surface"].filter { text.contains("\"\($0)\"") } == wanted, "\(user)")
    }
  }

  @Test func partsOfFiles() async throws {
    let workspace = try await Workspace()
    var headers = try await workspace.token("guest")
    headers[.range] = "bytes=2-4"
    let path = "/sites/ice/datasets/bed/cube.zarr/0/z/c/0/0"
    let client = try workspace.client()
    let part = try await client.get(path, headers)
    #expect(part.status == .partialContent)
    #expect(part.text == "234")
    #expect(part.headers[.contentRange] == "bytes 2-4/10")
    #expect(part.headers[.cacheControl] == "private, no-cache")
    headers[.range] = "bytes=-3"
    #expect(try await client.get(path, headers).text == "789")
    headers[.range] = "bytes=10-"
    #expect(try await client.get(path, headers).status == .rangeNotSatisfiable)
  }

  /// Pages and forms: who gets an answer that is not "nothing here".
  private static let pages: [(path: String, users: [String])] = [
    ("/teams/ice", team), ("/teams/sea", ["guest"]), ("/teams/none", []),
    ("/teams/ice/members", team), ("/teams/ice/log", ["owner"]),
    ("/teams/ice/uploads", ["owner", "editor"]), ("/teams/ice/places", team),
    ("/teams/ice/files", team), ("/teams/ice/publications", team),
    ("/teams/ice/uploads?replace=elevation", ["owner", "editor"]),
    // `elevation` is not shared, `lakes` and `notes/` are; without the slash it would be other names, too.
    ("/teams/ice/datasets/elevation", team), ("/teams/ice/datasets/none", []),
    ("/teams/ice/datasets/registered", team + ["guest"]),
    ("/teams/ice/places/lakes", team + ["guest"]),
    ("/teams/ice/files?prefix=notes/", team + ["guest"]), ("/teams/ice/files?prefix=notes", team),
    ("/teams/ice/files?prefix=", team), ("/teams/ice/files?prefix=other/", team),
    ("/administration", ["admin"]), ("/metrics", ["admin"]),
  ]

  @Test("pages", arguments: everybody)
  func pages(user: String) async throws {
    let workspace = try await Workspace(keeping: true)
    let session = try await workspace.session(user)
    let client = try workspace.client()
    for (path, users) in Self.pages {
      let response = try await client.get(path, session.headers)
      let wanted: HTTPResponse.Status = users.contains(user) ? .ok : .notFound
      #expect(response.status == wanted, "\(user) \(path)")
    }
    let home = try await client.get("/", session.headers)
    #expect(home.status == .ok)
  }

  private static let forms: [(path: String, fields: [String: String], users: [String])] = [
    ("/teams/ice/members", ["user": "stranger", "role": "reader"], ["owner"]),
    ("/teams/ice/members/stranger/remove", [:], ["owner"]),
    (
      "/teams/ice/grants",
      ["kind": "dataset", "item": "surface", "other": "sea", "role": "reader"], ["owner"]
    ),
    ("/teams/ice/grants/end", ["kind": "dataset", "item": "surface", "other": "sea"], ["owner"]),
    ("/teams/ice/cubes", ["id": "depth", "path": "cubes/depth.nc"], ["owner"]),
    ("/teams/ice/cubes/depth/forget", [:], ["owner"]),
    ("/teams/ice/places", ["id": "rivers"], ["owner", "editor"]),
    ("/teams/ice/places/rivers/remove", [:], ["owner", "editor"]),
    ("/teams/ice/files/remove", ["path": "none.txt"], ["owner", "editor"]),
    (
      "/teams/ice/publications",
      ["dataset": "elevation", "id": "ice-elevation", "title": "Ice", "licence": "CC-BY-4.0"],
      ["owner", "editor"]
    ),
    (
      "/teams/ice/publications/ice-elevation/publish", ["content": Workspace.elevationContent],
      ["owner"]
    ),
    ("/teams/ice/publications/ice-elevation/withdraw", [:], ["owner", "editor"]),
    ("/administration/users", ["name": "new"], ["admin"]),
    ("/administration/users/new/invite", [:], ["admin"]),
    ("/administration/users/new/disable", [:], ["admin"]),
    ("/administration/teams/ice/quota", ["gigabytes": "1"], ["admin"]),
    ("/administration/teams", ["name": "land", "owner": "stranger"], ["admin"]),
    ("/tokens", ["label": "x", "scope": "read", "days": "1"], everybody),
    ("/tokens/1/end", [:], everybody),
  ]

  @Test("forms", arguments: everybody)
  func forms(user: String) async throws {
    let workspace = try await Workspace(keeping: true)
    let session = try await workspace.session(user)
    let token = try await workspace.token(user, .write)
    let client = try workspace.client()
    for (path, fields, users) in Self.forms {
      let may = users.contains(user)
      let forged = try await client.post(path, session.headers, fields)
      #expect(forged.status == (may ? .forbidden : .notFound), "\(user) \(path) without secret")
      let byToken = try await client.post(path, token, fields)
      #expect(byToken.status.code >= 400, "\(user) \(path) with a token")
      var fromElsewhere = session.headers
      fromElsewhere[.origin] = "https://evil.test"
      let full = fields.merging(["form": session.form]) { _, last in last }
      let foreign = try await client.post(path, fromElsewhere, full)
      #expect(foreign.status == .forbidden, "\(user) \(path) from another site")
      let response = try await client.post(path, session.headers, full)
      #expect(
        may ? [200, 303].contains(response.status.code) : response.status == .notFound,
        "\(user) \(path): \(response.status) \(response.text)")
    }
  }
}
