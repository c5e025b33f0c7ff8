internal import Hummingbird
internal import Teams
internal import Workspaces

/// The forms of one page of a team: who may is looked at, what they ask for is done and written down, and the page is
/// shown again.
struct TeamForms: Sendable {
  let access: TeamAccess
  let settings: ServerSettings
  /// The page of the team to which a browser is led afterwards.
  let page: String
  /// The page as it is shown with what could not be done.
  let refused: @Sendable (TeamAccess.Member, String) async throws -> Response

  /// - Parameters:
  ///   - request: the form.
  ///   - context: who sends it.
  ///   - action: what is done, for the log.
  ///   - needed: who may.
  ///   - body: does it, and tells on what.
  /// - Returns: the way back, or the page with what could not be done.
  /// - Throws: 404 for those who may not, 403 for a form of another session.
  func change(
    _ request: Request, _ context: TeamRequestContext, _ action: String, atLeast needed: Role,
    _ body: (Form, TeamAccess.Member) async throws -> String
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: needed)
    let form = try await Form(request, limit: settings.largestBody)
    try form.requireSecret(of: member.principal)
    do {
      try await access.note(action, on: try await body(form, member), member)
    } catch let error as TeamsError where error.kind != .storage {
      return try await refused(member, error.description)
    } catch let error as WorkspaceError where error.kind != .storage {
      return try await refused(member, error.description)
    }
    return .redirect(to: "/teams/\(member.team.name)\(page)", type: .normal)
  }
}
