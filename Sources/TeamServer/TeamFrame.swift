internal import Pages
internal import Teams
internal import Workspaces

/// What all pages of a team have in common: its name, the way to the others, how much it keeps.
struct TeamFrame: Sendable {
  let workspace: Workspace

  private static let entries: [(key: String, title: String, needed: Role)] = [
    ("", "Overview", .reader), ("uploads", "Upload", .editor), ("files", "Files", .reader),
    ("places", "Places", .reader), ("publications", "Publish", .reader),
    ("members", "Members", .reader), ("log", "Log", .owner),
  ]

  /// The values of `team-nav.mustache` for whoever may see a page of a team.
  ///
  /// Guests, with whom only something is shared, have no way to the other pages and do not read how much the
  /// team keeps.
  ///
  /// - Throws: as ``values(_:_:current:)``.
  func values(
    for member: TeamAccess.Member, isMember: Bool, current: String
  ) async throws -> [String: PageValue] {
    guard !isMember else { return try await values(member.team, member.role, current: current) }
    return [
      "team": .text(member.team.name), "teamTitle": .text(member.team.title), "isMember": false,
      "editor": false, "owner": false, "teamPages": [],
    ]
  }

  /// The values of `team-nav.mustache`.
  ///
  /// - Parameters:
  ///   - team: whose page it is.
  ///   - role: of who looks at it.
  ///   - current: which page of the team it is.
  /// - Returns: the values by name.
  /// - Throws: `WorkspaceError` where the database fails.
  func values(_ team: Team, _ role: Role, current: String) async throws -> [String: PageValue] {
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
