internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Pages
internal import Stores
internal import Teams
internal import Workspaces

/// Files of a team with their versions: put, read, list and remove by path.
struct FileRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  private let contents = FileAnswers()
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  init(
    database: TeamDatabase, workspace: Workspace, pages: PageRenderer, settings: ServerSettings
  ) {
    self.database = database
    self.workspace = workspace
    self.pages = pages
    self.settings = settings
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/files", use: list)
    router.post("teams/:team/files/remove", use: removeByForm)
    router.get("teams/:team/files/**", use: read)
    router.head("teams/:team/files/**", use: read)
    router.put("teams/:team/files/**", use: put)
    router.delete("teams/:team/files/**", use: remove)
  }

  private static let mostListed = 1000

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    // Who is not signed in hears that first, whatever the address asks for.
    try context.principal(askedFor: request)
    let parameters = Dictionary(
      try request.parameters().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let (member, isMember) = try await lister(
      of: parameters["prefix"] ?? "", request, context)
    let (_, team, role) = member
    let limit = min(
      max(parameters["limit"].flatMap(Int.init) ?? Self.mostListed, 1), Self.mostListed)
    let files = try await workspace.files(
      of: team, prefix: parameters["prefix"] ?? "", after: parameters["after"] ?? "", limit: limit)
    guard request.wantsPage else {
      return .json([
        "files": .array(
          files.map {
            [
              "path": .string($0.path), "versions": .integer(Int64($0.versionCount)),
              "latest": Self.json($0.latest),
            ]
          }),
        // Where the list may go on.
        "after": files.count == limit ? .optional(files.last?.path) : .null,
      ])
    }
    return try await frame.page(
      "files", title: "Files", of: member, isMember: isMember, current: "files",
      script: isMember && role >= .editor ? "files.js" : nil,
      [
        "folder": .optional(parameters["prefix"]),
        "files": .list(
          files.map { file in
            [
              "fileLink": Self.link(to: file.path, of: team), "path": .text(file.path),
              "size": .text(ByteText.of(file.latest.bytes)), "creator": .text(file.latest.creator),
              "day": .text(DateText.minute(file.latest.created)),
              "version": .number(file.latest.number), "count": .number(file.versionCount),
            ]
          }),
        "nextHref": files.count == limit
          ? .text(
            "?prefix=\(FormText.encoded(parameters["prefix"] ?? ""))&after=\(FormText.encoded(files.last?.path ?? ""))"
          ) : false,
        "baseURL": .text(settings.baseURL),
      ])
  }

  /// Whoever may list the files below a folder: members of the team, and guests with whom it is shared.
  private func lister(
    of prefix: String, _ request: Request, _ context: TeamRequestContext
  ) async throws -> (member: TeamAccess.Member, isMember: Bool) {
    // Without the slash it would also be the beginning of other names.
    guard prefix.hasSuffix("/") else {
      return (try await access.member(request, context, atLeast: .reader), true)
    }
    let member = try await access.user(
      of: prefix, kind: .files, request, context, atLeast: .reader)
    return (member, try await access.isMember(member))
  }

  /// The values of `file-link.mustache`.
  static func link(to path: String, of team: Team) -> PageValue {
    [
      "filePath": .text(path), "fileHref": .text(href(path, of: team)),
      "readHref": StoryRoutes.isStory(path) ? .text(address(of: path, team)) : false,
    ]
  }

  /// Where people read a file: as a page where it can be one.
  static func address(of path: String, _ team: Team) -> String {
    let href = href(path, of: team)
    return StoryRoutes.isStory(path)
      ? href.replacing("/files/", with: "/stories/", maxReplacements: 1) : href
  }

  private static func href(_ path: String, of team: Team) -> String {
    "/teams/\(team.name)/files/"
      + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")
  }

  private static func json(_ version: FileVersion) -> JSONValue {
    [
      "version": .integer(Int64(version.number)), "sha256": .string(version.sha256),
      "bytes": .count(version.bytes), "created": .count(version.created),
      "creator": .string(version.creator),
    ]
  }

  /// The path of the file that an address names; `nil` where it could be no path.
  static func path(_ context: TeamRequestContext) -> String? {
    TeamSiteRoutes.key(context.parameters.getCatchAll()).flatMap {
      FilePath.isValid($0) ? $0 : nil
    }
  }

  private func file(
    _ request: Request, _ context: TeamRequestContext, atLeast needed: Role
  ) async throws -> (member: TeamAccess.Member, path: String) {
    // Who is not signed in hears that first, whatever the path is.
    try context.principal(askedFor: request)
    guard let path = Self.path(context) else {
      guard needed >= .editor else { throw HTTPError(.notFound) }
      _ = try await access.member(request, context, atLeast: needed)
      throw HTTPError(
        .unprocessableContent,
        message: "Cannot change the file: this is no path of one; \(FilePath.rule).")
    }
    return (
      try await access.user(of: path, kind: .files, request, context, atLeast: needed), path
    )
  }

  /// The number of the version that the address asks for; `nil` for the latest.
  ///
  /// - Throws: 404 where it is no number.
  private static func wantedVersion(_ request: Request) throws -> Int? {
    guard let text = try request.parameters().last(where: { $0.name == "version" })?.value else {
      return nil
    }
    guard let number = Int(text) else { throw HTTPError(.notFound) }
    return number
  }

  @Sendable private func read(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, path) = try await file(request, context, atLeast: .reader)
    let versions = try await workspace.versions(of: path, ofTeam: member.team.name)
    let wanted = try Self.wantedVersion(request)
    let found = wanted.map { number in versions.first { $0.number == number } } ?? versions.first
    guard let found else { throw HTTPError(.notFound) }
    if try request.parameters().contains(where: { $0.name == "versions" }) {
      return .json(["path": .string(path), "versions": .array(versions.map(Self.json))])
    }
    var response = try await contents.answer(
      request, key: found.sha256, site: workspace.blobFolder(ofTeam: member.team.name)
    ).asDownload()
    if response.status == .ok || response.status == .partialContent {
      response.headers[.contentType] = ContentType.of(key: path)
      if let name = HTTPField.Name("X-Version") {
        response.headers[name] = String(found.number)
      }
    }
    return response
  }

  @Sendable private func put(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, path) = try await file(request, context, atLeast: .editor)
    try request.requireIntent(of: member.principal)
    let version = try await workspace.putFile(
      request.body.map { Array($0.readableBytesView) }, path: path,
      announced: request.headers[.contentLength].flatMap { Int64($0) },
      sha256: try Self.digest(of: request), of: member.team, by: member.principal.user.name,
      now: secondsNow())
    try await access.note("put a file", on: "\(path), version \(version.number)", member)
    return .json(Self.json(version), status: .created)
  }

  /// The SHA-256 of `Content-Digest` (RFC 9530) in hexadecimal digits, where it has one.
  ///
  /// - Throws: 400 where it is badly written.
  static func digest(of request: Request) throws -> String? {
    guard let name = HTTPField.Name("Content-Digest"), let field = request.headers[name] else {
      return nil
    }
    for member in field.split(separator: ",") {
      let parts = member.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == "sha-256" else {
        continue
      }
      let value = parts[1].trimmingCharacters(in: .whitespaces)
      guard value.hasPrefix(":"), value.hasSuffix(":"),
        let data = Data(base64Encoded: String(value.dropFirst().dropLast())), data.count == 32
      else { throw HTTPError(.badRequest, message: "Content-Digest is badly written.") }
      return hexadecimal(Array(data))
    }
    return nil
  }

  @Sendable private func remove(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, path) = try await file(request, context, atLeast: .editor)
    try request.requireIntent(of: member.principal)
    guard try await remove(path, version: try Self.wantedVersion(request), member) else {
      throw HTTPError(.notFound)
    }
    return Response(status: .noContent)
  }

  @Sendable private func removeByForm(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .editor)
    let form = try await Form(request, limit: settings.largestBody)
    try form.requireSecret(of: member.principal)
    _ = try await remove(form.text("path"), version: nil, member)
    return .redirect(to: "/teams/\(member.team.name)/files", type: .normal)
  }

  private func remove(
    _ path: String, version: Int?, _ member: TeamAccess.Member
  ) async throws -> Bool {
    guard try await workspace.removeFile(path, version: version, of: member.team) else {
      return false
    }
    try await access.note(
      "removed a file", on: path + (version.map { ", version \($0)" } ?? ""), member)
    return true
  }
}
