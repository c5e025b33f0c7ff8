internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Teams
internal import Workspaces

/// Notebooks and Markdown texts among a team's files, as pages for those who may read the file.
///
/// `stories/<path>/` is made when it is first asked for; a new version of the file is made anew. Nothing of
/// a notebook runs: what it holds is written anew from lists of what is allowed.
struct StoryRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  private let pages = FileAnswers()
  private var access: TeamAccess { TeamAccess(database: database) }

  init(database: TeamDatabase, workspace: Workspace) {
    self.database = database
    self.workspace = workspace
  }

  /// Separates the path of the file from that of a page or picture of its story.
  private static let separator: Substring = "-"

  static func isStory(_ path: String) -> Bool {
    [".ipynb", ".md"].contains { path.lowercased().hasSuffix($0) }
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/stories/**", use: story)
  }

  @Sendable private func story(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    guard context.principal != nil else { throw TeamSiteRoutes.signInNeeded(request) }
    let segments = context.parameters.getCatchAll()
    let end = segments.lastIndex(of: Self.separator) ?? segments.endIndex
    guard let path = TeamSiteRoutes.key(Array(segments[..<end])), Self.isStory(path) else {
      throw HTTPError(.notFound)
    }
    let member = try await access.user(of: path, kind: .files, request, context, atLeast: .reader)
    let story = try await workspace.story(path, of: member.team)
    guard end < segments.endIndex else {
      let base = request.uri.path.hasSuffix("/") ? request.uri.path : request.uri.path + "/"
      return .redirect(to: "\(base)-/\(story.page)", type: .normal)
    }
    guard let key = TeamSiteRoutes.key(Array(segments[(end + 1)...])) else {
      throw HTTPError(.notFound)
    }
    var response = try await pages.answer(request, key: key, site: story.folder)
    // Styles of the notebook's own tables and pictures within them; nothing from elsewhere, no scripts but
    // those of the pages.
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; media-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    return response
  }
}
