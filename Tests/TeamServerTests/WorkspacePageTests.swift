import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Teams
import TestKit
import Testing
import Workspaces

@testable import TeamServer

/// What the pages of workspaces show, to whom, and where their forms lead.
struct WorkspacePageTests {
  /// Sends `elevation` a new content and waits until it is there.
  private func replace(_ workspace: TeamServerTests.Workspace, with text: String) async throws {
    let kept = Workspaces.Workspace(
      database: workspace.database, settings: workspace.settings.workspace)
    let ice = try #require(try await workspace.database.team(named: "ice"))
    let upload = try await kept.beginUpload(
      length: Int64(text.utf8.count), dataset: "elevation", replacing: true, title: "", sha256: nil,
      for: ice, by: "editor", now: secondsNow())
    _ = try await kept.receive(
      Pieces([Array(text.utf8)]), of: upload, at: 0, checksum: nil, now: secondsNow)
    while try await kept.upload(upload.id, of: ice)?.state == .checking {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await kept.upload(upload.id, of: ice)?.state == .accepted)
  }

  @Test func aReplacedDatasetKeepsItsAddressAndTheEarlierContentItsOwn() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let path = "/teams/ice/datasets/elevation"
    let versions = path + "/versions/"
    let before = try await client.get(path + "/data/cube.nc", headers)
    // Where exactly this content is: it names another one as soon as there is another one.
    let first = try #require(before.headers[.contentLocation])
    #expect(
      first == workspace.settings.baseURL + versions
        + TeamServerTests.Workspace.elevationContent + "/cube.nc")
    try await replace(workspace, with: "CDF\u{1} of another hour")
    let after = try await client.get(path + "/data/cube.nc", headers)
    #expect(after.text == "CDF\u{1} of another hour")
    #expect(after.headers[.eTag] != before.headers[.eTag])
    #expect(after.headers[.contentLocation] != first)
    var known = headers
    known[.ifNoneMatch] = before.headers[.eTag]
    #expect(try await client.get(path + "/data/cube.nc", known).status == .ok)
    let earlier = versions + TeamServerTests.Workspace.elevationContent + "/cube.nc"
    #expect(try await client.get(earlier, headers).text == before.text)
    let description = try await client.get(path, headers).text
    #expect(description.contains(earlier))
    // Guests of nothing do not learn of it by either address.
    #expect(try await client.get(earlier, workspace.token("guest")).status == .notFound)
    // A reader of Zarr would take 404 for a chunk without values.
    try await replace(workspace, with: "CDF\u{1} of a third hour")
    #expect(try await client.get(earlier, headers).status == .gone)
    #expect(try await client.get(earlier, workspace.token("guest")).status == .notFound)
    #expect(try await client.get(versions + "other/cube.nc", headers).status == .notFound)
  }

  @Test func whoAskedToPublishTakesItBack() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let editor = try await workspace.session("editor")
    let base = "/teams/ice/publications"
    let wish = [
      "dataset": "elevation", "id": "ice", "title": "Ice", "licence": "CC0-1.0",
      "form": editor.form,
    ]
    #expect(try await client.post(base, editor.headers, wish).status == .seeOther)
    let owners = try await client.get(base, workspace.session("owner").headers).text
    #expect(owners.contains("Decline") && !owners.contains("Take back"))
    #expect(try await client.get(base, editor.headers).text.contains("Take back"))
    let back = try await client.post(
      base + "/ice/withdraw", editor.headers, ["form": editor.form])
    #expect(back.status == .seeOther)
    #expect(try await client.get(base, editor.headers).text.contains("Nothing is published"))
  }

  @Test func anOwnerAgreesToWhatTheyHaveSeen() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let owner = try await workspace.session("owner")
    let base = "/teams/ice/publications"
    let wish = [
      "dataset": "elevation", "id": "ice", "title": "Ice", "licence": "CC0-1.0", "form": owner.form,
    ]
    #expect(try await client.post(base, owner.headers, wish).status == .seeOther)
    let seen = ["content": TeamServerTests.Workspace.elevationContent, "form": owner.form]
    try await replace(workspace, with: "CDF\u{1} of another hour")
    let page = try await client.get(base, owner.headers)
    #expect(page.text.contains("The dataset was replaced since."))
    let stale = try await client.post(base + "/ice/publish", owner.headers, seen)
    #expect(stale.status == .unprocessableContent && stale.text.contains("as it is now"))
    let content = try #require(page.text.firstMatch(of: /name="content" value="([0-9a-f]{64})"/)?.1)
    let agreed = ["content": String(content), "form": owner.form]
    #expect(
      try await client.post(base + "/ice/publish", owner.headers, agreed).status == .seeOther)
    try await replace(workspace, with: "CDF\u{1} of yet another hour")
    let later = try await client.get(base, owner.headers)
    #expect(later.text.contains("keeps what was agreed to"))
    #expect(later.text.contains("Publish the new content of"))
  }

  @Test func whatIsSharedIsSeenAndCanBeReached() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let guest = try await workspace.session("guest")
    for page in ["/", "/teams/sea"] {
      let text = try await client.get(page, guest.headers).text
      let shared = text.components(separatedBy: "<h3>From Ice</h3>").last ?? ""
      let addresses = shared.matches(of: /href="([^"#]+)/).map { String($0.1) }
        .filter { $0.contains("/ice/") }
      #expect(
        Set(addresses) == [
          "/sites/ice/datasets/bed/index.html", "/sites/ice/viewer/index.html",
          "/teams/ice/datasets/registered", "/teams/ice/places/lakes",
          "/teams/ice/files?prefix=notes%2F", "/teams/ice/files/notes/a.txt",
        ], "\(page)")
      for address in addresses {
        #expect(try await client.get(address, guest.headers).status == .ok, "\(address)")
      }
    }
    // Their pages lead a guest to no page that is not there for them.
    for page in [
      "/teams/ice/datasets/registered", "/teams/ice/places/lakes", "/teams/ice/files?prefix=notes/",
    ] {
      let text = try await client.get(page, guest.headers).text
      for link in text.matches(of: /<a [^>]*href="(\/[^"]*)"/) {
        let answer = try await client.get(String(link.1), guest.headers)
        #expect(answer.status == .ok, "\(page) leads to \(link.1)")
      }
      #expect(!text.contains("cubes/depth.nc") && !text.contains("Storage"), "\(page)")
    }
    // And with nothing shared there is nothing of it.
    #expect(
      try await !client.get("/", workspace.session("stranger").headers).text.contains("From Ice"))
  }

  @Test(
    "only what lies below a root of the team is registered",
    arguments: [
      "cubes/../../sea/cubes/secret.nc", "../cubes/depth.nc", "/etc/passwd", "cubes//etc/passwd",
      "cubes/none.nc", "cubes/link.nc", "none/depth.nc", "uploaded/x/cube.nc", "cubes",
      "http://127.0.0.1/x.zarr", "s3://bucket/x.zarr", "cubes/https://x/y.zarr", "cubes/.hidden.nc",
      "cubes/*.nc", "file:///etc/passwd", "other/secret.nc",
    ])
  func registering(path: String) async throws {
    let workspace = try await Workspace(keeping: true) {
      // Another team's root, and what lies there.
      $0.cubeRoots = [CubeRoot("sea/other=" + $0.dataFolder + "/elsewhere")].compactMap(\.self)
    }
    try workspace.folder.write("CDF\u{1}", to: "elsewhere/secret.nc")
    try workspace.folder.write("CDF\u{1}", to: "teams/ice/cubes/.hidden.nc")
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.path + "/teams/ice/cubes/link.nc",
      withDestinationPath: workspace.folder.path + "/elsewhere/secret.nc")
    let client = try workspace.client()
    let owner = try await workspace.session("owner")
    let refused = try await client.post(
      "/teams/ice/cubes", owner.headers, ["id": "evil", "path": path, "form": owner.form])
    #expect(refused.status == .unprocessableContent)
    #expect(refused.text.contains("role=\"alert\""))
    let known = try await workspace.database.cubeSources(ofTeam: "ice").map(\.dataset)
    #expect(known == ["elevation", "registered"])
  }

  @Test func aRegisteredCubeIsProposedShownAndForgotten() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let owner = try await workspace.session("owner")
    let page = try await client.get("/teams/ice", owner.headers).text
    #expect(page.contains("<option value=\"cubes/depth.nc\">"))
    let fields = ["id": "depth", "path": "cubes/depth.nc", "title": "", "form": owner.form]
    #expect(
      try await client.post("/teams/ice/cubes", owner.headers, fields).headers[.location]
        == "/teams/ice")
    #expect(try await client.get("/teams/ice/datasets/depth", owner.headers).status == .ok)
    // What was uploaded stays what it is.
    let taken = try await client.post(
      "/teams/ice/cubes", owner.headers, fields.merging(["id": "elevation"]) { $1 })
    #expect(taken.status == .unprocessableContent)
    for (id, status) in [("depth", 303), ("elevation", 422), ("none", 404)] {
      let answer = try await client.post(
        "/teams/ice/cubes/\(id)/forget", owner.headers, ["form": owner.form])
      #expect(answer.status.code == status, "\(id)")
    }
    #expect(try await client.get("/teams/ice/datasets/depth", owner.headers).status == .notFound)
    let log = try await client.get("/teams/ice/log", owner.headers).text
    #expect(log.contains("registered a cube") && log.contains("forgot a cube"))
  }

  @Test("only what there is can be shared")
  func onlyWhatThereIsCanBeShared() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    let (headers, form) = try await workspace.session("owner")
    let ice = try #require(try await workspace.database.team(named: "ice"))
    for (kind, item, isThere) in [
      ("dataset", "elevation", true), ("dataset", "surface", true), ("dataset", "none", false),
      ("dataset", "../../site/datasets/bed", false), ("places", "lakes", true),
      ("places", "none", false), ("files", "notes/a.txt", true), ("files", "notes/", true),
      ("files", "notes", false), ("files", "none/", false),
    ] {
      let before = try await workspace.database.grants(of: ice).count
      let answer = try await client.post(
        "/teams/ice/grants", headers,
        ["form": form, "kind": kind, "item": item, "other": "sea", "role": "reader"])
      #expect(answer.status == (isThere ? .seeOther : .unprocessableContent), "\(kind) \(item)")
      if !isThere {
        #expect(answer.text.contains("nothing of this name"))
        #expect(try await workspace.database.grants(of: ice).count == before)
      }
    }
  }

  @Test func metricsTellWhatTeamsKeep() async throws {
    let workspace = try await Workspace(keeping: true)
    let owner = try #require(try await workspace.database.user(named: "owner"))
    for number in 0..<StorageMetrics.mostTeams {
      try await workspace.database.addTeam("team-\(number)", title: "", owner: owner)
    }
    let text = try await workspace.client().get("/metrics", workspace.token("admin")).text
    let bytes = TeamServerTests.Workspace.elevation.count + 4
    let lines = text.split(separator: "\n")
    let ice = try #require(
      lines.first { $0.hasPrefix("cubepress_team_storage_bytes{team=\"ice\"}") })
    #expect((ice.split(separator: " ").last.flatMap { Int($0) } ?? 0) > bytes)
    #expect(text.contains("cubepress_team_quota_bytes{team=\"ice\"} 1048576\n"))
    #expect(text.contains("cubepress_uploads{state=\"receiving\"} 0\n"))
    // 52 teams: two of them share a label.
    let labels = lines.filter { $0.hasPrefix("cubepress_team_quota_bytes{") }
    #expect(labels.count == StorageMetrics.mostTeams + 1)
    #expect(labels.last == "cubepress_team_quota_bytes{team=\"_others\"} 2097152.0")
    let free = lines.first { $0.hasPrefix("cubepress_data_free_bytes ") }
    #expect((free?.split(separator: " ").last.flatMap { Int64($0) } ?? 0) > 0)
  }

  @Test(
    "a full disk is told, and the server stays ready",
    arguments: [
      (DiskRoom(bytes: 1 << 30, files: 9), "ready\n"),
      (DiskRoom(bytes: 1 << 30, files: nil), "ready\n"),
      (
        DiskRoom(bytes: 0, files: 9),
        "ready for reading only: the disk of the data folder is full\n"
      ),
      (
        DiskRoom(bytes: 1 << 30, files: 0),
        "ready for reading only: the disk of the data folder is full\n"
      ), (nil, "ready\n"),
    ] as [(DiskRoom?, String)])
  func readiness(room: DiskRoom?, words: String) {
    #expect(OperationRoutes.readiness(room) == words)
  }

  @Test func theLogSaysHowLongItIsKept() async throws {
    let workspace = try await Workspace { $0.logDays = 77 }
    let client = try workspace.client()
    try await workspace.database.record(
      "did", on: "something", by: "ada", team: "ice", now: secondsNow())
    for (user, path) in [("owner", "/teams/ice/log"), ("admin", "/administration")] {
      let page = try await client.get(path, workspace.session(user).headers)
      #expect(page.text.contains("Entries are kept for 77 days."), "\(path)")
    }
    #expect(
      try await client.get("/teams/ice/log", workspace.session("owner").headers).text
        .contains("<td>something</td>"))
    #expect(workspace.settings.workspace.logLifetime == 77 * 86_400)
  }

  @Test func whatIsTooManyIsToldToPeopleAndPrograms() async throws {
    let workspace = try await Workspace()
    let ice = try #require(try await workspace.database.team(named: "ice"))
    try await workspace.database.pool.write { database in
      for number in 0..<TeamLimits().collections {
        try database.execute(
          sql: """
            INSERT INTO collection (team, name, title, created, created_by)
            VALUES (?, ?, '', 0, 'editor')
            """, arguments: [ice.id, "c\(number)"])
      }
    }
    let client = try workspace.client()
    var headers = try await workspace.token("editor", .write)
    headers[.contentType] = "application/json"
    let answer = try await client.send(
      .post, "/teams/ice/places", headers, body: #"{"id":"more"}"#)
    #expect(answer.status.code == 507)
    #expect(answer.text.contains("the team has 1000 collections"))
    #expect(answer.text.contains("remove some"))
    let (session, form) = try await workspace.session("editor")
    let page = try await client.post("/teams/ice/places", session, ["form": form, "id": "more"])
    #expect(page.status == .unprocessableContent)
    #expect(page.text.contains("the team has 1000 collections"))
  }

  @Test func aStoryHasTheFrameOfTheServer() {
    let title = "<title>&lt;main id=&quot;main&quot;&gt;</title>"
    let page = StoryFrame(
      story: "<head>\(title)</head><main id=\"main\"><p><main id=\"main\"></p></main>",
      head: "<header></header><main id=\"main\"><nav></nav>"
    ).page
    #expect(
      page
        == "<head>\(title)</head><header></header><main id=\"main\"><nav></nav><p><main id=\"main\"></p></main>"
    )
  }
}
