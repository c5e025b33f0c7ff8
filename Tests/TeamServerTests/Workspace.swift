import Foundation
import HTTPTypes
import Hummingbird
import JSON
import LiveCubes
import Teams
import TestKit
import Workspaces

@testable import TeamServer

/// A server with two teams, a user for each role, and a small site of the first team.
///
/// `ice` has the datasets `bed` and `surface`; `bed` is shared with `sea`. The users are called by what
/// they are: `owner`, `editor` and `reader` of `ice`, `guest` in `sea`, `stranger` in no team, `admin`.
struct Workspace {
  static let users = ["owner", "editor", "reader", "guest", "stranger", "admin"]
  static let password = "correct horse battery"

  let folder: TemporaryFolder
  let database: TeamDatabase
  let settings: ServerSettings
  let server: TeamServer

  /// - Parameters:
  ///   - keeping: whether the team `ice` keeps an uploaded dataset, places and files.
  ///   - change: changes the settings before the server is made.
  /// - Throws: where nothing can be written.
  init(keeping: Bool = false, _ change: (inout ServerSettings) -> Void = { _ in }) async throws {
    folder = try TemporaryFolder()
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    var settings = ServerSettings(
      dataFolder: folder.path, baseURL: "http://cubes.test",
      templatesFolder: repository + "/Templates", siteFolder: repository + "/Site")
    settings.largestBody = 4096
    settings.liveLimits.time = .seconds(3600)
    settings.teamQuota = 1 << 20
    settings.program = folder.path + "/reader"
    // Stands for the program that reads cubes, and finds one variable in each.
    try folder.write(
      "#!/bin/sh\necho '{\"variables\":[{\"name\":\"z\",\"shape\":[2,2]}]}'\n", to: "reader")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: folder.path + "/reader")
    change(&settings)
    self.settings = settings
    server = try TeamServer(settings)
    database = try TeamDatabase(path: settings.databasePath)
    try await database.addUser("admin", title: "Admin", isAdministrator: true)
    let owner = try await database.addUser("owner", title: "Owner")
    let editor = try await database.addUser("editor", title: "Editor")
    let reader = try await database.addUser("reader", title: "Reader")
    let guest = try await database.addUser("guest", title: "Guest")
    try await database.addUser("stranger", title: "Stranger")
    let ice = try await database.addTeam("ice", title: "Ice", owner: owner)
    let sea = try await database.addTeam("sea", title: "Sea", owner: guest)
    try await database.setRole(.editor, of: editor, in: ice)
    try await database.setRole(.reader, of: reader, in: ice)
    try await database.grant(.reader, on: "bed", of: ice, to: sea)
    if keeping { try await keepThings(of: ice, sharedWith: sea) }
    for (key, text) in Self.files { try folder.write(text, to: "teams/ice/site/" + key) }
  }

  /// The dataset `elevation`, the cube `registered`, the collection `lakes` and the file `notes/a.txt` of
  /// `ice`; all but the first are shared with `sea`.
  private func keepThings(of ice: Team, sharedWith sea: Team) async throws {
    let kept = Workspaces.Workspace(database: database, settings: settings.workspace)
    let bytes = Self.elevation
    let upload = try await kept.beginUpload(
      length: Int64(bytes.count), dataset: "elevation", title: "Elevation", sha256: nil, for: ice,
      by: "owner", now: secondsNow())
    _ = try await kept.receive(
      Pieces([bytes]), of: upload, at: 0, checksum: nil, now: secondsNow)
    while try await kept.dataset("elevation", ofTeam: "ice") == nil {
      let problem = try await kept.upload(upload.id, of: ice)?.problem
      if let problem { throw Refused(problem: problem) }
      try await Task.sleep(for: .milliseconds(5))
    }
    try await kept.addCollection("lakes", title: "", to: ice, by: "owner", now: secondsNow())
    let lakes = try await kept.collection("lakes", ofTeam: "ice")
    if let lakes {
      let document = try JSONValue(parsing: Self.lake)
      _ = try await kept.add(try NewFeature.read(document), to: lakes, of: ice)
    }
    _ = try await kept.putFile(
      Pieces([Array("text".utf8)]), path: "notes/a.txt", announced: 4, sha256: nil, of: ice,
      by: "owner", now: secondsNow())
    try await database.grant(.reader, on: "lakes", kind: .places, of: ice, to: sea)
    try folder.write("CDF\u{1} of depths", to: "teams/ice/cubes/depth.nc")
    try await database.setCubeSource(
      try CubeSource(dataset: "registered", title: "Registered", path: "cubes/depth.nc"), of: ice)
    try await database.grant(.reader, on: "registered", of: ice, to: sea)
    try await database.grant(.reader, on: "notes/", kind: .files, of: ice, to: sea)
  }

  /// What `elevation` holds, and its SHA-256 by sha256sum.
  static let elevation = Array("CDF\u{1} and more".utf8)
  static let elevationContent = "98b0659dd6a4160fe3ca28bb9815a7abc4bb89dee8fb862064bb6dfbb0a90958"

  struct Refused: Error { let problem: String }

  static let lake =
    #"{"type":"Feature","geometry":{"type":"Point","coordinates":[10,54]},"properties":{"name":"A"}}"#

  private static let files = [
    "index.html": "<h1>bed, surface</h1>",
    "assets/a.js": "export {};",
    "viewer/index.html": "<h1>viewer</h1>",
    "api/datasets.json":
      #"{"datasets":[{"id":"bed","title":"Bed"},{"id":"surface","title":"Surface"}]}"#,
    "api/datasets/bed.json": #"{"id":"bed"}"#,
    "api/datasets/surface.json": #"{"id":"surface"}"#,
    "datasets/bed/index.html": "<h1>bed</h1>",
    "datasets/bed/cube.zarr/0/z/c/0/0": "0123456789",
    "datasets/bed/tiles/z/2017-01-16T10:09:21Z/0.png": "tile",
    "datasets/surface/index.html": "<h1>surface</h1>",
    "datasets/surface/cube.zarr/zarr.json": "{}",
    ".cubepress/journal": "hidden",
    "../notes.txt": "outside",
  ]

  /// The token of a user, as the header of a request.
  func token(_ user: String, _ scope: TokenScope = .read) async throws -> HTTPFields {
    guard let found = try await database.user(named: user) else { return [:] }
    let secret = try await database.addToken(
      for: found, label: "test", scope: scope, lifetime: 3600, now: secondsNow())
    return [.authorization: "Bearer " + secret]
  }

  /// A session of a user in a browser: the cookie, and what its forms must send back.
  func session(_ user: String) async throws -> (headers: HTTPFields, form: String) {
    guard let found = try await database.user(named: user) else { return ([:], "") }
    let secret = try await database.beginSession(of: found, lifetime: 3600, now: secondsNow())
    let form = try await database.principal(session: secret, now: secondsNow())?.formSecret
    return ([.cookie: "cubepress=" + secret, .accept: "text/html"], form ?? "")
  }

  func client() throws -> TestClient { TestClient(try server.router().buildResponder()) }
}

/// Bytes in pieces, as a request brings them.
struct Pieces: AsyncSequence {
  let pieces: [[UInt8]]

  init(_ pieces: [[UInt8]]) { self.pieces = pieces }

  func makeAsyncIterator() -> AsyncStream<[UInt8]>.Iterator {
    let pieces = pieces
    return AsyncStream { continuation in
      for piece in pieces { continuation.yield(piece) }
      continuation.finish()
    }.makeAsyncIterator()
  }
}
