internal import Foundation
internal import GRDB
internal import JSON
public import Teams

/// A dataset that a team wants to publish, or has published.
public struct Publication: Sendable, Hashable {
  /// Its id on the public site, unique among all teams.
  public let id: String
  /// The team whose it is.
  public let team: String
  /// The id of the dataset within the team.
  public let dataset: String
  /// The title on the public site.
  public let title: String
  /// What it is about, in Markdown.
  public let summary: String
  /// Its licence, such as `CC-BY-4.0`.
  public let licence: String
  /// The content that was asked for, and once an owner agreed the one that is public: the SHA-256 of the
  /// uploaded file.
  public let sha256: String
  /// The content that the dataset has now.
  public let present: String
  /// When an editor asked for it, in seconds since 1970.
  public let requested: Int64
  /// Who asked.
  public let requester: String
  /// When an owner agreed; `nil` before.
  public let published: Int64?
  /// Who agreed.
  public let publisher: String?

  /// Whether the dataset was replaced since somebody asked or an owner agreed.
  public var isOutdated: Bool { sha256 != present }
}

extension Publication {
  init(_ row: Row) {
    id = row["id"]
    team = row["team_name"]
    dataset = row["dataset"]
    title = row["title"]
    summary = row["summary"]
    licence = row["licence"]
    sha256 = row["sha256"]
    present = row["present"]
    requested = row["requested"]
    requester = row["requested_by"]
    published = row["published"]
    publisher = row["published_by"]
  }

  static let query = """
    SELECT publication.*, team.name AS team_name, dataset.sha256 AS present FROM publication
    JOIN team ON team.id = publication.team
    JOIN dataset ON dataset.team = publication.team AND dataset.name = publication.dataset
    """

  fileprivate static func fetch(
    _ id: String, of team: Team, _ database: Database
  ) throws -> Publication? {
    try Row.fetchOne(
      database, sql: query + " WHERE publication.id = ? AND publication.team = ?",
      arguments: [id, team.id]
    ).map(Publication.init)
  }
}

extension Workspace {
  /// Asks that a dataset be published.
  ///
  /// - Parameters:
  ///   - dataset: its id within the team.
  ///   - id: its id on the public site.
  ///   - title: its title there.
  ///   - summary: what it is about.
  ///   - licence: under which others may use it.
  ///   - team: whose it is.
  ///   - creator: who asks.
  ///   - now: seconds since 1970.
  /// - Throws: ``WorkspaceError`` where something is missing or taken.
  public func requestPublication(
    of dataset: String, as id: String, title: String, summary: String, licence: String,
    of team: Team, by creator: String, now: Int64
  ) async throws(WorkspaceError) {
    let attempt = "ask to publish '\(dataset)'"
    guard Names.isID(id) else {
      throw WorkspaceError(
        .invalid, attempt, because: "'\(id.prefix(80))' is no plain id",
        remedy: "use small letters, digits, dots, dashes and underscores")
    }
    guard !title.isEmpty, !licence.isEmpty, title.utf8.count <= 500, summary.utf8.count <= 5000,
      licence.utf8.count <= 200
    else {
      throw WorkspaceError(
        .invalid, attempt, because: "title or licence is missing or too long",
        remedy: "state both: without a licence nobody may use it")
    }
    try await change(attempt) { database in
      guard let present = try Dataset.named(dataset, of: team, database) else {
        throw WorkspaceError.unknown(attempt, "dataset")
      }
      try database.execute(
        sql: """
          INSERT INTO publication
            (id, team, dataset, title, summary, licence, sha256, requested, requested_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, team.id, dataset, title, summary, licence, present.sha256, now, creator,
        ])
    }
  }

  /// What a team has published or wants to, by id.
  public func publications(of team: Team) async throws(WorkspaceError) -> [Publication] {
    try await look("list publications") { database in
      try Row.fetchAll(
        database, sql: Publication.query + " WHERE publication.team = ? ORDER BY publication.id",
        arguments: [team.id]
      ).map(Publication.init)
    }
  }

  /// Agrees that a content of a dataset be published: the next build of the public site takes it up.
  ///
  /// A dataset that is replaced afterwards stays public as it was agreed to, until an owner agrees to the
  /// new content.
  ///
  /// - Parameters:
  ///   - id: of the publication.
  ///   - sha256: the content that the owner has looked at.
  ///   - team: whose it is.
  ///   - owner: who agrees.
  ///   - now: seconds since 1970.
  /// - Returns: `nil` where the team has not asked for it, or this content is published already.
  /// - Throws: ``WorkspaceError`` of kind `conflict` where the dataset has another content now.
  public func publish(
    _ id: String, content sha256: String, of team: Team, by owner: String, now: Int64
  ) async throws(WorkspaceError) -> Publication? {
    let attempt = "publish '\(id)'"
    let isNew = try await change(attempt) { [self] database in
      guard let wish = try Publication.fetch(id, of: team, database) else { return false }
      guard wish.present == sha256 else {
        throw WorkspaceError(
          .conflict, attempt, because: "the dataset was replaced since this page was shown",
          remedy: "look at it as it is now, and agree to that")
      }
      guard wish.published == nil || wish.isOutdated else { return false }
      try database.execute(
        sql: """
          UPDATE publication SET published = ?, published_by = ?, sha256 = ?
          WHERE id = ? AND team = ?
          """, arguments: [now, owner, sha256, id, team.id])
      try releaseForPublicSite(wish.dataset, of: team, now: now, database)
      return true
    }
    try await writePublishedRecipes()
    return isNew ? try await publications(of: team).first { $0.id == id } : nil
  }

  /// Takes back a publication or the wish for it: the next build of the public site leaves it out.
  ///
  /// - Parameters:
  ///   - id: of the publication.
  ///   - team: whose it is.
  ///   - requester: who takes back a wish of their own that nobody has agreed to; `nil` for owners, who may
  ///     withdraw everything.
  ///   - now: seconds since 1970.
  /// - Returns: what was withdrawn; `nil` where there was nothing.
  /// - Throws: ``WorkspaceError`` of kind `storage` where the database or the folder of recipes fails.
  public func withdraw(
    _ id: String, of team: Team, wishOf requester: String? = nil, now: Int64
  ) async throws(WorkspaceError) -> Publication? {
    let withdrawn = try await change("withdraw '\(id)'") { [self] database -> Publication? in
      guard let found = try Publication.fetch(id, of: team, database) else { return nil }
      if let requester {
        guard found.published == nil, found.requester == requester else { return nil }
      }
      try database.execute(
        sql: "DELETE FROM publication WHERE id = ? AND team = ?", arguments: [id, team.id])
      try releaseForPublicSite(found.dataset, of: team, now: now, database)
      return found
    }
    if withdrawn != nil { try await writePublishedRecipes() }
    return withdrawn
  }

  /// The folder of recipes, one for each published dataset, that the public recipe includes.
  public var publishFolder: String { settings.dataFolder + "/publish" }

  /// Makes the folder of recipes what the database says.
  func writePublishedRecipes() async throws(WorkspaceError) {
    do {
      // In a transaction, so that of two at once the later one knows more.
      try await change("write recipes") { [self] database in
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT wish.*, coalesce(
              (SELECT path FROM replaced_dataset AS earlier WHERE earlier.team = wish.team
                AND earlier.dataset = wish.dataset AND earlier.until IS NULL),
              (SELECT path FROM dataset WHERE dataset.team = wish.team
                AND dataset.name = wish.dataset)) AS path
            FROM (\(Publication.query)) AS wish WHERE published IS NOT NULL
            """)
        let recipes = rows.map {
          (Publication($0), settings.dataFolder + "/" + ($0["path"] as String))
        }
        try write(recipes)
      }
    }
  }

  private func write(_ recipes: [(publication: Publication, source: String)]) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: publishFolder, withIntermediateDirectories: true)
    var wanted: Set<String> = []
    for (publication, source) in recipes {
      let name = publication.id + ".yaml"
      wanted.insert(name)
      let path = publishFolder + "/" + name
      let text = Array(Self.recipe(publication, source: source).utf8)
      if manager.contents(atPath: path).map(Array.init) == text { continue }
      try Data(text).write(to: URL(filePath: path), options: .atomic)
    }
    for name in try manager.contentsOfDirectory(atPath: publishFolder)
    where name.hasSuffix(".yaml") && !wanted.contains(name) {
      try manager.removeItem(atPath: publishFolder + "/" + name)
    }
  }

  /// The recipe of one dataset.
  ///
  /// Every text that somebody wrote is a JSON string, which is one of YAML too, so that none of them can
  /// become a key.
  static func recipe(_ publication: Publication, source: String) -> String {
    func quoted(_ text: String) -> String { JSONValue.string(text).serialized() }
    let place = URL(filePath: source).standardizedFileURL.path(percentEncoded: false)
    var lines = [
      "# \(publication.team)/\(publication.dataset), written by cubepress-server.",
      "datasets:",
      "  - id: \(quoted(publication.id))",
      "    title: \(quoted(publication.title))",
      "    source: \(quoted(place))",
      "    licence: \(quoted(publication.licence))",
    ]
    if !publication.summary.isEmpty {
      lines.append("    description: \(quoted(publication.summary))")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
