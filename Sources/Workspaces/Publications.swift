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
  /// When an editor asked for it, in seconds since 1970.
  public let requested: Int64
  /// Who asked.
  public let requester: String
  /// When an owner agreed; `nil` before.
  public let published: Int64?
  /// Who agreed.
  public let publisher: String?
}

extension Publication {
  init(_ row: Row) {
    id = row["id"]
    team = row["team_name"]
    dataset = row["dataset"]
    title = row["title"]
    summary = row["summary"]
    licence = row["licence"]
    requested = row["requested"]
    requester = row["requested_by"]
    published = row["published"]
    publisher = row["published_by"]
  }

  static let query = """
    SELECT publication.*, team.name AS team_name FROM publication
    JOIN team ON team.id = publication.team
    """
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
      let isThere = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM dataset WHERE team = ? AND name = ?)",
        arguments: [team.id, dataset])
      guard isThere == true else { throw WorkspaceError.unknown(attempt, "dataset") }
      try database.execute(
        sql: """
          INSERT INTO publication
            (id, team, dataset, title, summary, licence, requested, requested_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [id, team.id, dataset, title, summary, licence, now, creator])
    }
  }

  /// What a team has published or wants to, by id.
  public func publications(of team: Team) async throws(WorkspaceError) -> [Publication] {
    try await look("list publications") { database in
      try Row.fetchAll(
        database, sql: Publication.query + " WHERE team = ? ORDER BY publication.id",
        arguments: [team.id]
      ).map(Publication.init)
    }
  }

  /// Agrees that a dataset be published: the next build of the public site takes it up.
  ///
  /// - Returns: `nil` where the team has not asked for it, or it is published already.
  public func publish(
    _ id: String, of team: Team, by owner: String, now: Int64
  ) async throws(WorkspaceError) -> Publication? {
    let isNew = try await change("publish '\(id)'") { database in
      try database.execute(
        sql: """
          UPDATE publication SET published = ?, published_by = ?
          WHERE id = ? AND team = ? AND published IS NULL
          """, arguments: [now, owner, id, team.id])
      return database.changesCount == 1
    }
    try await writePublishedRecipes()
    return isNew ? try await publications(of: team).first { $0.id == id } : nil
  }

  /// Takes back a publication or the wish for it: the next build of the public site leaves it out.
  ///
  /// - Returns: what was withdrawn; `nil` where there was nothing.
  public func withdraw(_ id: String, of team: Team) async throws(WorkspaceError) -> Publication? {
    let found = try await publications(of: team).first { $0.id == id }
    try await change("withdraw '\(id)'") { database in
      try database.execute(
        sql: "DELETE FROM publication WHERE id = ? AND team = ?", arguments: [id, team.id])
    }
    try await writePublishedRecipes()
    return found
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
            SELECT publication.*, team.name AS team_name, dataset.path FROM publication
            JOIN team ON team.id = publication.team
            JOIN dataset ON dataset.team = publication.team AND dataset.name = publication.dataset
            WHERE published IS NOT NULL
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
