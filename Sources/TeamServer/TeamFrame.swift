internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Teams
internal import Workspaces

/// What all pages of a team have in common: its name, the way to the others, how much it keeps.
struct TeamFrame: Sendable {
  let workspace: Workspace
  let pages: PageRenderer

  private static let entries: [(key: String, title: String, needed: Role)] = [
    ("", "Overview", .reader), ("uploads", "Upload", .editor), ("files", "Files", .reader),
    ("places", "Places", .reader), ("publications", "Publish", .reader),
    ("members", "Members", .reader), ("log", "Log", .owner),
  ]

  /// A page of a team.
  ///
  /// Guests, with whom only something is shared, have no way to the other pages and do not read how much the
  /// team keeps.
  ///
  /// - Parameters:
  ///   - template: its name.
  ///   - title: of the page; `nil` where the team's is enough.
  ///   - member: who looks at it.
  ///   - isMember: whether they belong to the team.
  ///   - current: which page of the team it is.
  ///   - status: of the answer.
  ///   - script: the name of the one script that the page loads.
  ///   - values: what the template is filled with, besides what every page has.
  /// - Returns: the page.
  /// - Throws: `WorkspaceError` where the database fails.
  func page(
    _ template: String, title: String?, of member: TeamAccess.Member, isMember: Bool = true,
    current: String, status: HTTPResponse.Status = .ok, script: String? = nil,
    _ values: [String: PageValue]
  ) async throws -> Response {
    let (principal, team, role) = member
    let common = isMember ? try await self.values(team, role, current) : Self.guestValues(team)
    return try pages.page(
      template, title: title.map { "\($0) · \(team.title)" } ?? team.title, principal: principal,
      status: status, script: script, values.merging(common) { own, _ in own })
  }

  /// The values of `team-nav.mustache` for a guest.
  private static func guestValues(_ team: Team) -> [String: PageValue] {
    [
      "team": .text(team.name), "teamTitle": .text(team.title), "isMember": false,
      "editor": false, "owner": false, "teamPages": [],
    ]
  }

  /// The values of `team-nav.mustache` for a member.
  private func values(
    _ team: Team, _ role: Role, _ current: String
  ) async throws -> [String: PageValue] {
    let use = try await workspace.storageUse(of: team)
    let share = use.quota > 0 ? Double(use.total) / Double(use.quota) : 1
    return [
      "team": .text(team.name), "teamTitle": .text(team.title),
      "isMember": true, "editor": .flag(role >= .editor), "owner": .flag(role == .owner),
      "teamPages": .list(
        Self.entries.filter { role >= $0.needed }.map { entry in
          [
            "pageHref": .text("/teams/\(team.name)" + (entry.key.isEmpty ? "" : "/" + entry.key)),
            "pageName": .text(entry.title), "isCurrent": .flag(entry.key == current),
          ]
        }),
      "storageTotal": .text(ByteText.of(use.total)), "storageQuota": .text(ByteText.of(use.quota)),
      "storageParts": .list(
        [
          ("Datasets", use.datasets), ("Uploads under way", use.uploads), ("Files", use.files),
          ("Places", use.places),
        ].map { ["partName": .text($0.0), "partSize": .text(ByteText.of($0.1))] }),
      "storageHundredths": .number(min(100, max(0, Int((share * 100).rounded())))),
    ]
  }
}
