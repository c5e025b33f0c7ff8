internal import Hummingbird
internal import Teams

/// The two ways to remove something that a team has: `DELETE` for programs, and a form for browsers, which
/// send nothing else.
struct Removal: Sendable {
  let access: TeamAccess
  let settings: ServerSettings
  /// The path of the thing, as the router knows it.
  let path: String
  /// What removes it; throws where there is none.
  let remove: @Sendable (TeamRequestContext, TeamAccess.Member) async throws -> Void

  /// - Parameters:
  ///   - router: that of the server.
  ///   - page: the page of the team to which a browser is led afterwards.
  func add(to router: Router<TeamRequestContext>, leadingTo page: String) {
    router.delete(RouterPath(path)) { request, context in
      let member = try await access.member(request, context, atLeast: .editor)
      try request.requireIntent(of: member.principal)
      try await remove(context, member)
      return Response(status: .noContent)
    }
    router.post(RouterPath(path + "/remove")) { request, context in
      let member = try await access.member(request, context, atLeast: .editor)
      try await Form(request, limit: settings.largestBody).requireSecret(of: member.principal)
      try await remove(context, member)
      return Response.redirect(to: "/teams/\(member.team.name)\(page)", type: .normal)
    }
  }
}
