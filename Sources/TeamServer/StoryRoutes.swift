internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Pages
internal import Teams
internal import Workspaces

/// Notebooks and Markdown texts among a team's files, as pages for those who may read the file.
///
/// `stories/<path>/` is made when it is first asked for; a new version of the file is made anew. Nothing of
/// a notebook runs: what it holds is written anew from lists of what is allowed.
struct StoryRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  private let files = FileAnswers()
  private var access: TeamAccess { TeamAccess(database: database) }

  init(database: TeamDatabase, workspace: Workspace, pages: PageRenderer) {
    self.database = database
    self.workspace = workspace
    self.pages = pages
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
    try context.principal(askedFor: request)
    let segments = context.parameters.getCatchAll()
    let end = segments.lastIndex(of: Self.separator) ?? segments.endIndex
    guard let path = TeamSiteRoutes.key(Array(segments[..<end])), Self.isStory(path) else {
      throw HTTPError(.notFound)
    }
    let member = try await access.user(of: path, kind: .files, request, context, atLeast: .reader)
    let story = try await context.untilClientLeaves {
      try await workspace.story(path, of: member.team)
    }
    guard end < segments.endIndex else {
      let base = request.uri.path.hasSuffix("/") ? request.uri.path : request.uri.path + "/"
      return .redirect(to: "\(base)-/\(story.page)", type: .normal)
    }
    guard let key = TeamSiteRoutes.key(Array(segments[(end + 1)...])) else {
      throw HTTPError(.notFound)
    }
    var response: Response
    do {
      response =
        key.hasSuffix(".html")
        ? try await page(key, of: story, path, for: member)
        : try await files.answer(request, key: key, site: story.folder)
    } catch let error as HTTPError where error.status == .notFound {
      return try await neighbour(key, of: path, request, context)
    }
    // Styles of the notebook's own tables and pictures within them; nothing from elsewhere, no scripts but
    // those of the pages.
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; media-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    return response
  }

  /// Leads from a story to the file beside it that a link of its author names.
  ///
  /// - Throws: 404 where there is none, or the asker may not read it.
  private func neighbour(
    _ key: String, of path: String, _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    // Behind `stories/<book>/` stands what the link says.
    let parts = key.split(separator: "/")
    guard parts.count > 2, parts[0] == "stories" else { throw HTTPError(.notFound) }
    let other = FilePath.folder(of: path) + parts.dropFirst(2).joined(separator: "/")
    let member = try await access.user(of: other, kind: .files, request, context, atLeast: .reader)
    guard try await !workspace.versions(of: other, ofTeam: member.team.name).isEmpty else {
      throw HTTPError(.notFound)
    }
    return .redirect(to: FileRoutes.address(of: other, member.team), type: .temporary)
  }

  /// A page of a story within the frame of the server: whose it is, the way back, signing out.
  private func page(
    _ key: String, of story: TeamStory, _ path: String, for member: TeamAccess.Member
  ) async throws -> Response {
    let text = try await files.text(key, site: story.folder)
    let isMember = try await access.isMember(member)
    let folder = FilePath.folder(of: path)
    let head = try pages.part(
      "story-head", principal: member.principal,
      [
        "team": .text(member.team.name), "teamTitle": .text(member.team.title),
        "isMember": .flag(isMember),
        "storyName": .text(path.split(separator: "/").last.map(String.init) ?? path),
        "folder": folder.isEmpty ? false : .text(folder),
        "folderQuery": .text(FormText.encoded(folder)),
      ])
    return pages.answer(StoryFrame(story: text, head: head).page)
  }
}

/// Puts a head before the content of a page that stands alone, as `cubepress story` makes it.
struct StoryFrame {
  let story: String
  /// The header of the page, and what its content begins with.
  let head: String

  /// Where the content begins; a notebook cannot write this before it, since titles are escaped.
  private static let content = "<main id=\"main\">"

  var page: String { story.replacing(Self.content, with: head, maxReplacements: 1) }
}
