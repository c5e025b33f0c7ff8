internal import Foundation
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import NIOPosix
internal import Stores
internal import Teams

/// The sites of teams: `/sites/<team>/` has the layout of a published site, for those who may read it.
///
/// What belongs to one dataset (`datasets/<id>/…`, `api/datasets/<id>.json`) needs a role for that
/// dataset; the list of datasets shows those that the asker may read; everything else, such as pages
/// that name all datasets, needs a role in the team; scripts and style sheets are the same for all.
struct TeamSiteRoutes: Sendable {
  let database: TeamDatabase
  let settings: ServerSettings
  private let files = FileAnswers()

  init(database: TeamDatabase, settings: ServerSettings) {
    self.database = database
    self.settings = settings
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("sites/:team/**", use: file)
    router.head("sites/:team/**", use: file)
  }

  @Sendable private func file(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let principal = try context.principal(askedFor: request)
    let team = try context.parameters.require("team")
    guard let key = Self.key(context.parameters.getCatchAll()) else { throw HTTPError(.notFound) }
    guard try await mayRead(key, of: team, principal) else { throw HTTPError(.notFound) }
    if key == Self.listKey { return try await list(of: team, principal) }
    return try await files.answer(request, key: key, site: settings.siteFolder(ofTeam: team))
  }

  private static let listKey = "api/datasets.json"

  /// The key of a file, from the segments of a path.
  ///
  /// - Returns: `nil` for one that leaves the folder or names a hidden file, such as the build's journal,
  ///   where those are not allowed.
  static func key(_ segments: [Substring], allowingHidden: Bool = false) -> String? {
    let parts = segments.compactMap { percentDecoded($0) }
    guard parts.count == segments.count, !parts.isEmpty,
      parts.allSatisfy({
        !$0.isEmpty
          && (allowingHidden ? $0 != "." && $0 != ".." : $0.utf8.first != UInt8(ascii: "."))
          && !$0.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
      })
    else { return nil }
    return parts.joined(separator: "/")
  }

  /// The dataset to which a key belongs; `nil` for what belongs to the site.
  static func dataset(of key: String) -> String? {
    let parts = key.split(separator: "/")
    if parts.count > 2, parts[0] == "datasets" { return String(parts[1]) }
    if parts.count == 3, parts[0] == "api", parts[1] == "datasets", parts[2].hasSuffix(".json") {
      return String(parts[2].dropLast(".json".count))
    }
    return nil
  }

  private func mayRead(
    _ key: String, of team: String, _ principal: Principal
  ) async throws -> Bool {
    if let dataset = Self.dataset(of: key) {
      return try await database.role(of: principal, forDataset: dataset, ofTeam: team) != nil
    }
    if try await database.role(of: principal, inTeam: team) != nil { return true }
    let isForAll =
      key == Self.listKey || key == "api/colours.json" || key.hasPrefix("assets/")
      || key.hasPrefix("viewer/")
    guard isForAll else { return false }
    return try await database.grants(to: principal.user).contains {
      $0.team == team && $0.kind == .dataset
    }
  }

  /// The list of datasets without those that the asker may not know of.
  private func list(
    of team: String, _ principal: Principal
  ) async throws -> Response {
    let path = settings.siteFolder(ofTeam: team) + "/" + Self.listKey
    let bytes = try await NIOThreadPool.singleton.runIfActive {
      // Not built yet, or taken away since.
      guard let data = FileManager.default.contents(atPath: path) else {
        throw HTTPError(.notFound)
      }
      return Array(data)
    }
    let document = try JSONValue(parsing: bytes)
    // Asked once, not for every dataset of the list.
    let isMember = try await database.role(of: principal, inTeam: team) != nil
    let grants = try await database.grants(to: principal.user)
    let granted = Set(grants.filter { $0.team == team && $0.kind == .dataset }.map(\.item))
    let readable = (document["datasets"]?.arrayValue ?? []).filter { entry in
      entry["id"]?.stringValue.map { isMember || granted.contains($0) } ?? false
    }
    var filtered = document.objectValue ?? JSONObject()
    filtered["datasets"] = .array(readable)
    return Response(
      status: .ok,
      headers: [.contentType: "application/json", .cacheControl: "private, no-cache"],
      body: .init(byteBuffer: ByteBuffer(string: JSONValue.object(filtered).serialized())))
  }
}
