internal import GRDB
public import Teams

/// A collection of places (features with a geometry and properties) of a team.
public struct PlaceCollection: Sendable, Hashable {
  let id: Int64
  /// The number of the team whose it is.
  let team: Int64
  /// An id, unique within the team.
  public let name: String
  /// The title that people read.
  public let title: String
  /// What geometries and properties take.
  public let bytes: Int64
  /// When it was made, in seconds since 1970.
  public let created: Int64
  /// Who made it: the name of a user.
  public let creator: String
}

/// What the features of a collection are together; found out by going through all of them.
public struct PlaceExtent: Sendable, Hashable {
  /// How many there are.
  public let count: Int
  /// The box around all of them: west, south, east, north; `nil` where there are none.
  public let box: [Double]?
}

extension PlaceCollection {
  init(_ row: Row) {
    id = row["id"]
    team = row["team"]
    name = row["name"]
    title = row["title"]
    bytes = row["bytes"]
    created = row["created"]
    creator = row["created_by"]
  }
}

extension Workspace {
  /// Makes an empty collection.
  ///
  /// - Throws: ``WorkspaceError`` where the name is no id or is taken, or the team has very many.
  public func addCollection(
    _ name: String, title: String, to team: Team, by creator: String, now: Int64
  ) async throws(WorkspaceError) {
    let attempt = "make the collection '\(name.prefix(80))'"
    guard Names.isID(name) else {
      throw WorkspaceError(
        .invalid, attempt, because: "its name is no plain id",
        remedy:
          "use at most \(Names.longest) small letters, digits, dots, dashes and underscores, with a letter or digit first"
      )
    }
    guard title.utf8.count <= 500 else {
      throw WorkspaceError(
        .invalid, attempt, because: "its title is too long", remedy: "use at most 500 bytes")
    }
    try await change(attempt) { [limits = database.limits] database in
      try TeamsError.requireFewer(
        than: limits.collections, "the team has \(limits.collections) collections", to: attempt,
        remedy:
          "remove some, or add the places to one of them, with a property that tells them apart",
        counting: "SELECT 1 FROM collection WHERE team = ?", [team.id], database)
      try database.execute(
        sql: """
          INSERT INTO collection (team, name, title, created, created_by) VALUES (?, ?, ?, ?, ?)
          """, arguments: [team.id, name, title.isEmpty ? name : title, now, creator])
    }
  }

  /// The collections of a team, by name.
  public func collections(of team: Team) async throws(WorkspaceError) -> [PlaceCollection] {
    try await look("list the places of '\(team.name)'") { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM collection WHERE team = ? ORDER BY name",
        arguments: [team.id]
      ).map(PlaceCollection.init)
    }
  }

  /// A collection; `nil` where there is none.
  public func collection(
    _ name: String, ofTeam team: String
  ) async throws(WorkspaceError) -> PlaceCollection? {
    try await look("look up a collection") { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT collection.* FROM collection JOIN team ON team.id = collection.team
          WHERE collection.name = ? AND team.name = ?
          """, arguments: [name, team]
      ).map(PlaceCollection.init)
    }
  }

  /// How many features a collection has, and where.
  public func extent(of collection: PlaceCollection) async throws(WorkspaceError) -> PlaceExtent {
    try await look("measure a collection") { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*) AS features, min(west) AS west, min(south) AS south, max(east) AS east,
            max(north) AS north FROM feature WHERE collection = ?
          """, arguments: [collection.id])
      let sides = ["west", "south", "east", "north"].compactMap { row?[$0] as Double? }
      return PlaceExtent(count: row?["features"] ?? 0, box: sides.count == 4 ? sides : nil)
    }
  }

  /// Removes a collection with all its features, and what other teams may do with it.
  public func removeCollection(
    _ collection: PlaceCollection, of team: Team
  ) async throws(WorkspaceError) {
    try await change("remove '\(collection.name)'") { database in
      try database.execute(sql: "DELETE FROM collection WHERE id = ?", arguments: [collection.id])
      try database.execute(
        sql: "DELETE FROM share WHERE team = ? AND kind = 'places' AND item = ?",
        arguments: [team.id, collection.name])
    }
  }
}
