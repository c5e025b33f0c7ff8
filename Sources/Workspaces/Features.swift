internal import Foundation
internal import GRDB
public import JSON
public import Teams

/// Features that answer a query.
public struct FeaturePage: Sendable {
  /// Each feature as a GeoJSON text.
  public let features: [String]
  /// How many there are without limit and offset.
  public let matched: Int
  /// Where the next page begins; `nil` at the end.
  public let nextOffset: Int?
}

extension Workspace {
  /// The most features of a collection.
  public static let mostFeatures = 1_000_000
  /// An answer ends before it has more bytes than this.
  private static let largestAnswer = 32 << 20

  /// The features of a collection that a query asks for.
  ///
  /// - Throws: ``WorkspaceError``, also where it takes too long or very much of the team is asked for at once;
  ///   `CancellationError` where nobody waits for it any more.
  public func features(
    _ query: FeatureQuery, in collection: PlaceCollection
  ) async throws -> FeaturePage {
    let attempt = "ask for places"
    let condition = try query.condition(inCollection: collection.id)
    return try await queries.run(of: String(collection.team), to: attempt) { [self] in
      try await look(attempt, within: settings.queryTime) { database in
        try Self.page(of: query, where: condition, database)
      }
    }
  }

  private static func page(
    of query: FeatureQuery, where condition: SQL, _ database: Database
  ) throws -> FeaturePage {
    database.add(function: Self.geometryMeets)
    let count: SQLRequest<Int> = "SELECT count(*) FROM feature WHERE \(condition)"
    let matched = try count.fetchOne(database) ?? 0
    let request: SQLRequest<Row> = """
      SELECT id, geometry, properties FROM feature WHERE \(condition)
      ORDER BY \(query.ordering) LIMIT \(query.limit) OFFSET \(query.offset)
      """
    var features: [String] = []
    var size = 0
    let rows = try request.fetchCursor(database)
    while let row = try rows.next() {
      let text = Self.feature(row, properties: query.properties)
      size += text.utf8.count
      guard features.isEmpty || size <= Self.largestAnswer else { break }
      features.append(text)
    }
    let end = query.offset + features.count
    return FeaturePage(
      features: features, matched: matched,
      nextOffset: end < matched && !features.isEmpty ? end : nil)
  }

  /// A feature as GeoJSON; `nil` where there is none.
  public func feature(
    _ id: Int64, in collection: PlaceCollection
  ) async throws(WorkspaceError) -> String? {
    try await look("look up a place") { database in
      try Row.fetchOne(
        database,
        sql: "SELECT id, geometry, properties FROM feature WHERE id = ? AND collection = ?",
        arguments: [id, collection.id]
      ).map { Self.feature($0, properties: nil) }
    }
  }

  /// Adds features, all or none.
  ///
  /// - Returns: their ids, in order.
  /// - Throws: ``WorkspaceError`` where there is no room.
  public func add(
    _ features: [NewFeature], to collection: PlaceCollection, of team: Team
  ) async throws(WorkspaceError) -> [Int64] {
    let attempt = "add places"
    return try await change(attempt) { [self] database in
      let count = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM feature WHERE collection = ?",
        arguments: [collection.id])
      guard (count ?? 0) + features.count <= Self.mostFeatures else {
        throw WorkspaceError(
          .full, attempt, because: "a collection has at most \(Self.mostFeatures) places",
          remedy: "begin another one")
      }
      let insert = try database.makeStatement(
        sql: """
          INSERT INTO feature (collection, geometry, properties, west, south, east, north)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """)
      var ids: [Int64] = []
      for feature in features {
        try insert.execute(arguments: [
          collection.id, feature.geometry, feature.properties, feature.box.west, feature.box.south,
          feature.box.east, feature.box.north,
        ])
        ids.append(database.lastInsertedRowID)
      }
      // With what was added the team must still be within its quota; otherwise nothing was.
      try requireRoom(for: 0, of: team, to: attempt, database)
      return ids
    }
  }

  /// Puts a feature in the place of another one.
  ///
  /// - Returns: whether there was one.
  public func replace(
    _ id: Int64, with feature: NewFeature, in collection: PlaceCollection, of team: Team
  ) async throws(WorkspaceError) -> Bool {
    try await change("change a place") { [self] database in
      try database.execute(
        sql: """
          UPDATE feature SET geometry = ?, properties = ?, west = ?, south = ?, east = ?, north = ?
          WHERE id = ? AND collection = ?
          """,
        arguments: [
          feature.geometry, feature.properties, feature.box.west, feature.box.south,
          feature.box.east, feature.box.north, id, collection.id,
        ])
      // Of the statement, not of its triggers.
      let changed = database.changesCount == 1
      try requireRoom(for: 0, of: team, to: "change a place", database)
      return changed
    }
  }

  /// Changes properties of all features that a query asks for, as RFC 7396 says: what is null goes.
  ///
  /// - Returns: how many were changed.
  /// - Throws: ``WorkspaceError``; then none was.
  public func change(
    properties: JSONObject, of query: FeatureQuery, in collection: PlaceCollection, of team: Team
  ) async throws(WorkspaceError) -> Int {
    let attempt = "change places"
    let condition = try query.condition(inCollection: collection.id)
    let patch = JSONValue.object(properties).serialized()
    guard patch.utf8.count <= NewFeature.largestProperties else {
      throw WorkspaceError(
        .tooLarge, attempt, because: "the properties are too large", remedy: "keep them as a file")
    }
    return try await change(attempt, within: settings.queryTime) { [self] database in
      database.add(function: Self.geometryMeets)
      let update: SQL = """
        UPDATE feature SET properties = json_patch(properties, \(patch)) WHERE \(condition)
        """
      try database.execute(literal: update)
      let count = database.changesCount
      let isTooLarge = try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM feature WHERE collection = ?
            AND length(CAST(properties AS BLOB)) > ?)
          """, arguments: [collection.id, NewFeature.largestProperties])
      guard isTooLarge == false else {
        throw WorkspaceError(
          .tooLarge, attempt, because: "properties would have more than is allowed",
          remedy: "keep at most \(NewFeature.largestProperties) bytes, and larger things as files")
      }
      try requireRoom(for: 0, of: team, to: attempt, database)
      return count
    }
  }

  /// Removes all features that a query asks for.
  ///
  /// - Returns: how many there were.
  public func remove(
    _ query: FeatureQuery, from collection: PlaceCollection
  ) async throws(WorkspaceError) -> Int {
    let condition = try query.condition(inCollection: collection.id)
    return try await change("remove places", within: settings.queryTime) { database in
      database.add(function: Self.geometryMeets)
      try database.execute(literal: "DELETE FROM feature WHERE \(condition)")
      return database.changesCount
    }
  }

  /// `geometry_meets(geometry, west, south, east, north)`: whether they have a point in common.
  private static let geometryMeets = DatabaseFunction(
    "geometry_meets", argumentCount: 5, pure: true
  ) { values in
    let sides = values.dropFirst().compactMap { Double.fromDatabaseValue($0) }
    guard let text = values.first.flatMap({ String.fromDatabaseValue($0) }), sides.count == 4,
      let geometry = try? JSONValue(parsing: text)
    else { return false }
    return Geometry(geometry).meets(
      GeographicBox(west: sides[0], south: sides[1], east: sides[2], north: sides[3]))
  }

  /// A feature as GeoJSON; geometry and properties are texts that were checked when they came in.
  private static func feature(_ row: Row, properties wanted: [String]?) -> String {
    var properties: String = row["properties"]
    if let wanted, let all = try? JSONValue(parsing: properties) {
      properties = JSONValue.object(
        JSONObject(wanted.map { ($0, all[$0] ?? .null) })
      ).serialized()
    }
    let geometry: String = row["geometry"]
    let id: Int64 = row["id"]
    return
      #"{"type":"Feature","id":\#(id),"geometry":\#(geometry),"properties":\#(properties)}"#
  }
}
