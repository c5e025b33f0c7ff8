internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Pages
internal import Teams
internal import Workspaces

/// Collections of places: making and removing them, their features as GeoJSON in longitude and latitude
/// (CRS84), queries by box and properties.
///
/// Properties are asked for as clients of geoDB and PostgREST do (`FeatureFilter`); the answer has the
/// members `numberMatched`, `numberReturned` and `links` of OGC API Features.
struct CollectionRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  private static let geoJSON = "application/geo+json"

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/places", use: list)
    router.post("teams/:team/places", use: make)
    router.get("teams/:team/places/:collection", use: describe)
    Removal(
      access: access, settings: settings, path: "teams/:team/places/:collection", remove: remove
    ).add(to: router, leadingTo: "/places")
    router.get("teams/:team/places/:collection/features", use: features)
    router.post("teams/:team/places/:collection/features", use: insert)
    router.patch("teams/:team/places/:collection/features", use: changeMany)
    router.delete("teams/:team/places/:collection/features", use: removeMany)
    router.get("teams/:team/places/:collection/features/:feature", use: feature)
    router.put("teams/:team/places/:collection/features/:feature", use: replace)
    router.patch("teams/:team/places/:collection/features/:feature", use: changeOne)
    router.delete("teams/:team/places/:collection/features/:feature", use: removeOne)
  }

  // MARK: Collections

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .reader)
    guard request.wantsPage else {
      var documents: [JSONValue] = []
      for one in try await workspace.collections(of: member.team) {
        documents.append(try await json(one, member.team))
      }
      return .json(["collections": .array(documents)])
    }
    return try await page(member, problem: nil)
  }

  private func page(_ member: TeamAccess.Member, problem: String?) async throws -> Response {
    var rows: [PageValue] = []
    for one in try await workspace.collections(of: member.team) {
      let count = try await workspace.extent(of: one).count
      rows.append([
        "collection": .text(one.name), "collectionTitle": .text(one.title),
        "count": .text(Self.places(count)), "size": .text(ByteText.of(one.bytes)),
      ])
    }
    return try await frame.page(
      "places", title: "Places", of: member, current: "places",
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "problem": .optional(problem),
        "collections": .list(rows),
      ])
  }

  /// So many places, for people.
  static func places(_ count: Int) -> String { count == 1 ? "1 place" : "\(count) places" }

  private func json(
    _ collection: Workspaces.PlaceCollection, _ team: Team
  ) async throws -> JSONValue {
    let extent = try await workspace.extent(of: collection)
    let href = "\(settings.baseURL)/teams/\(team.name)/places/\(collection.name)"
    return [
      "id": .string(collection.name), "title": .string(collection.title),
      "itemType": "feature", "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
      "count": .integer(Int64(extent.count)), "bytes": .count(collection.bytes),
      "extent": [
        "spatial": ["bbox": extent.box.map { [.array($0.map(JSONValue.number))] } ?? []]
      ],
      "created": .count(collection.created), "creator": .string(collection.creator),
      "links": [
        ["rel": "items", "type": .string(Self.geoJSON), "href": .string(href + "/features")]
      ],
    ]
  }

  /// Makes a collection from a form or a JSON object with `id` and `title`.
  @Sendable private func make(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .editor)
    let (principal, team, _) = member
    let isForm = request.headers[.contentType]?.hasPrefix("application/json") != true
    let (name, title): (String, String)
    if isForm {
      let form = try await Form(request, limit: settings.largestBody)
      try form.requireSecret(of: principal)
      (name, title) = (form.text("id"), form.text("title"))
    } else {
      try request.requireIntent(of: principal)
      let document = try await request.json(limit: settings.largestBody)
      (name, title) = (
        document["id"]?.stringValue ?? "", document["title"]?.stringValue ?? ""
      )
    }
    do {
      try await workspace.addCollection(
        name, title: title, to: team, by: principal.user.name, now: secondsNow())
    } catch {
      guard isForm, error.kind != .storage else { throw error }
      return try await page(member, problem: error.description)
    }
    try await access.note("made a collection of places", on: name, member)
    let path = "/teams/\(team.name)/places"
    if isForm { return .redirect(to: path, type: .normal) }
    return Response(status: .created, headers: [.location: "\(settings.baseURL)\(path)/\(name)"])
  }

  /// A collection for whoever may use it: its team, and teams with which it is shared.
  private func collection(
    _ request: Request, _ context: TeamRequestContext, atLeast needed: Role
  ) async throws -> (member: TeamAccess.Member, collection: Workspaces.PlaceCollection) {
    let name = try context.parameters.require("collection")
    let member = try await access.user(of: name, kind: .places, request, context, atLeast: needed)
    guard let collection = try await workspace.collection(name, ofTeam: member.team.name) else {
      throw HTTPError(.notFound)
    }
    return (member, collection)
  }

  @Sendable private func describe(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, collection) = try await collection(request, context, atLeast: .reader)
    guard request.wantsPage else { return .json(try await json(collection, member.team)) }
    var query = FeatureQuery()
    query.limit = 100
    let found = try await workspace.features(query, in: collection)
    let isMember = try await access.isMember(member)
    let count = try await workspace.extent(of: collection).count
    return try await frame.page(
      "collection", title: collection.title, of: member, isMember: isMember, current: "places",
      [
        "collection": .text(collection.name), "collectionTitle": .text(collection.title),
        "count": .text(Self.places(count)), "shown": .number(found.features.count),
        "baseURL": .text(settings.baseURL),
        "map": PlaceSketch(features: found.features).value,
        "table": PlaceTable(features: found.features).value,
      ])
  }

  /// For editors of the team itself: others may change what a collection holds, not remove it.
  @Sendable private func remove(
    _ context: TeamRequestContext, _ member: TeamAccess.Member
  ) async throws {
    let name = try context.parameters.require("collection")
    guard let collection = try await workspace.collection(name, ofTeam: member.team.name) else {
      throw HTTPError(.notFound)
    }
    try await workspace.removeCollection(collection, of: member.team)
    try await access.note("removed a collection of places", on: collection.name, member)
  }

  // MARK: Features

  @Sendable private func features(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (_, collection) = try await collection(request, context, atLeast: .reader)
    let parameters = try request.parameters()
    let query = try FeatureQuery(parameters: parameters)
    let found = try await context.untilClientLeaves {
      try await workspace.features(query, in: collection)
    }
    var links = ""
    if let next = found.nextOffset {
      let query = (parameters.filter { $0.name != "offset" } + [("offset", String(next))])
        .map { "\(FormText.encoded($0.name))=\(FormText.encoded($0.value))" }.joined(separator: "&")
      let href = settings.baseURL + request.uri.path + "?" + query
      links = JSONValue.array([
        ["rel": "next", "type": .string(Self.geoJSON), "href": .string(href)]
      ]).serialized()
    }
    let text =
      #"{"type":"FeatureCollection","numberMatched":\#(found.matched),"numberReturned":"#
      + #"\#(found.features.count),"links":\#(links.isEmpty ? "[]" : links),"features":["#
      + found.features.joined(separator: ",") + "]}"
    return .json(text: text, type: Self.geoJSON)
  }

  @Sendable private func feature(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (_, collection) = try await collection(request, context, atLeast: .reader)
    guard let id = context.parameters.get("feature", as: Int64.self),
      let text = try await workspace.feature(id, in: collection)
    else { throw HTTPError(.notFound) }
    return .json(text: text, type: Self.geoJSON)
  }

  /// The collection, for a request that changes what is in it.
  private func changing(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> (member: TeamAccess.Member, collection: Workspaces.PlaceCollection) {
    let found = try await collection(request, context, atLeast: .editor)
    try request.requireIntent(of: found.member.principal)
    return found
  }

  @Sendable private func insert(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, collection) = try await changing(request, context)
    let features = try NewFeature.read(try await request.json(limit: settings.largestPlaces))
    let ids = try await workspace.add(features, to: collection, of: member.team)
    try await access.note("added \(Self.places(ids.count))", on: collection.name, member)
    return .json(["ids": .array(ids.map(JSONValue.integer))], status: .created)
  }

  @Sendable private func replace(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, collection) = try await changing(request, context)
    let features = try NewFeature.read(try await request.json(limit: settings.largestPlaces))
    guard let feature = features.first, features.count == 1 else {
      throw HTTPError(.unprocessableContent, message: "Send one Feature.")
    }
    guard let id = context.parameters.get("feature", as: Int64.self),
      try await workspace.replace(id, with: feature, in: collection, of: member.team)
    else { throw HTTPError(.notFound) }
    try await access.note("changed the place \(id)", on: collection.name, member)
    return Response(status: .noContent)
  }

  /// The condition that the id of the path be the feature's.
  private func one(_ context: TeamRequestContext) throws -> FeatureQuery {
    guard let id = context.parameters.get("feature", as: Int64.self) else {
      throw HTTPError(.notFound)
    }
    var query = FeatureQuery()
    query.filters = [.compare(property: "id", .eq, String(id))]
    return query
  }

  /// The features that the query of the address names.
  ///
  /// - Throws: 422 where it names all of them by naming none: that is more often a mistake than meant.
  private func several(_ request: Request) throws -> FeatureQuery {
    let query = try FeatureQuery(parameters: try request.parameters())
    guard query.box != nil || !query.filters.isEmpty else {
      throw HTTPError(
        .unprocessableContent,
        message: "Say which places: by bbox or a property; id=gt.0 means all of them.")
    }
    return query
  }

  private func change(
    _ query: FeatureQuery, _ request: Request, _ context: TeamRequestContext
  ) async throws -> Int {
    let (member, collection) = try await changing(request, context)
    let document = try await request.json(limit: settings.largestBody)
    guard let properties = document["properties"]?.objectValue, document["geometry"] == nil else {
      throw HTTPError(
        .unprocessableContent,
        message: "Send {\"properties\": {…}}; to change a geometry put the whole Feature.")
    }
    let count = try await workspace.change(
      properties: properties, of: query, in: collection, of: member.team)
    try await access.note("changed \(Self.places(count))", on: collection.name, member)
    return count
  }

  @Sendable private func changeMany(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    _ = try await changing(request, context)
    return .json(["changed": .integer(Int64(try await change(several(request), request, context)))])
  }

  @Sendable private func changeOne(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    guard try await change(one(context), request, context) == 1 else { throw HTTPError(.notFound) }
    return Response(status: .noContent)
  }

  @Sendable private func removeMany(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, collection) = try await changing(request, context)
    let count = try await workspace.remove(try several(request), from: collection)
    try await access.note("removed \(Self.places(count))", on: collection.name, member)
    return .json(["removed": .integer(Int64(count))])
  }

  @Sendable private func removeOne(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, collection) = try await changing(request, context)
    guard try await workspace.remove(try one(context), from: collection) == 1 else {
      throw HTTPError(.notFound)
    }
    try await access.note("removed a place", on: collection.name, member)
    return Response(status: .noContent)
  }
}
