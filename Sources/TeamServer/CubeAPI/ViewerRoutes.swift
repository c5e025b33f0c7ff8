internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Teams

/// What xcube's viewer asks for beside data: its configuration, the states behind its links, and, where
/// the server was given them, its own files.
struct ViewerRoutes: Sendable {
  let cubes: TeamCubes
  let settings: ServerSettings
  private let files = FileAnswers()
  /// The bytes of the largest state that is kept.
  private static let largestState = 256 << 10

  init(cubes: TeamCubes, settings: ServerSettings) {
    self.cubes = cubes
    self.settings = settings
  }

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("viewer/config/config.json", use: configuration)
    router.get("viewer/state", use: state)
    router.put("viewer/state", use: keepState)
    if settings.viewerFolder != nil {
      router.get("viewer", use: begin)
      router.get("viewer/**", use: file)
    }
  }

  private func reader(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> CubeRequest {
    let asked = try CubeRequest(request, context)
    try await cubes.requireReader(ofTeam: asked.team, asked.principal)
    return asked
  }

  /// What is not computed here is not offered there.
  @Sendable private func configuration(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try await reader(request, context)
    return APIAnswer.json([
      "name": .string(asked.team),
      "server": [
        "id": .string(asked.team), "name": .string("Cubes of \(asked.team)"),
        "url": .string(DatasetRoutes.address(settings.baseURL, team: asked.team)),
      ],
      "branding": [
        "appBarTitle": .string("Cubes of \(asked.team)"), "windowTitle": .string(asked.team),
        "allowUserVariables": true, "allow3D": false, "allowSharing": true, "allowRefresh": true,
        "defaultAgg": "mean",
      ],
    ])
  }

  @Sendable private func state(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try await reader(request, context)
    // Who asks for no key wants to know whether states are kept; they are not listed.
    guard let key = asked.query("key") else { return APIAnswer.json(["keys": []]) }
    if key == "sentinel" { return APIAnswer.json([:]) }
    guard let text = try await cubes.database.viewerState(key, ofTeam: asked.team),
      let document = try? JSONValue(parsing: Array(text.utf8))
    else { throw HTTPError(.notFound) }
    return APIAnswer.json(document)
  }

  @Sendable private func keepState(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try await reader(request, context)
    let document = try await asked.request.json(limit: min(settings.largestBody, Self.largestState))
    guard document.objectValue != nil else {
      throw HTTPError(.badRequest, message: "A state is a JSON object.")
    }
    let key = try await cubes.database.keepViewerState(document.serialized(), ofTeam: asked.team)
    return APIAnswer.json(["key": .string(key)])
  }

  @Sendable private func begin(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try await reader(request, context)
    return .redirect(to: "/teams/\(asked.team)/api/viewer/index.html", type: .normal)
  }

  @Sendable private func file(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    _ = try await reader(request, context)
    guard let folder = settings.viewerFolder else { throw HTTPError(.notFound) }
    var segments = context.parameters.getCatchAll()
    if segments.isEmpty { return try await begin(request, context) }
    // It looks for logo and texts beside the configuration; they lie beside the page.
    if segments.first == "config" { segments.removeFirst() }
    guard let key = TeamSiteRoutes.key(Array(segments)) else { throw HTTPError(.notFound) }
    return try await files.answer(request, key: key, site: folder)
  }
}
