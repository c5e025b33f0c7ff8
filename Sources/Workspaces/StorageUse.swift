internal import GRDB
public import Teams

/// What a team keeps, in bytes.
public struct StorageUse: Sendable, Hashable {
  /// Datasets that were uploaded, with earlier contents of which the public site is made.
  public let datasets: Int64
  /// Uploads under way, with the size that they announced.
  public let uploads: Int64
  /// Files, each content once.
  public let files: Int64
  /// Places: their geometries and properties.
  public let places: Int64
  /// How much it may be together.
  public let quota: Int64

  /// All of it.
  public var total: Int64 { datasets + uploads + files + places }
}

extension Workspace {
  /// What a team keeps.
  public func storageUse(of team: Team) async throws(WorkspaceError) -> StorageUse {
    let standard = settings.teamQuota
    return try await look("measure the storage of '\(team.name)'") { database in
      try StorageUse(of: team, standard: standard, database)
    }
  }

  /// Decides how much a team may keep; `nil` for what all may.
  ///
  /// - Throws: ``WorkspaceError`` for a negative number.
  public func setQuota(_ bytes: Int64?, of team: Team) async throws(WorkspaceError) {
    guard bytes ?? 0 >= 0 else {
      throw WorkspaceError(
        .invalid, "set this quota", because: "it is negative", remedy: "give a size in GB")
    }
    try await change("set a quota") { database in
      try database.execute(
        sql: "UPDATE team SET quota = ? WHERE id = ?", arguments: [bytes, team.id])
    }
  }

  /// Refuses what a team has no room for.
  ///
  /// To be called within the transaction that takes the room: transactions run one after the other, so
  /// two that come at once cannot both have the last of it.
  ///
  /// - Parameters:
  ///   - bytes: how much room.
  ///   - earlier: the bytes whose place it takes, which count no more then.
  ///   - team: whose room it is.
  ///   - attempt: what is tried.
  ///   - database: the transaction.
  /// - Throws: ``WorkspaceError`` of kind `full`.
  func requireRoom(
    for bytes: Int64, inPlaceOf earlier: Int64 = 0, of team: Team, to attempt: String,
    _ database: Database
  ) throws {
    let use = try StorageUse(of: team, standard: settings.teamQuota, database)
    // What becomes no larger is allowed also where the quota was lowered meanwhile.
    guard earlier > 0 && bytes <= earlier || bytes - earlier <= use.quota - use.total else {
      let place = earlier > 0 ? " in place of \(ByteText.of(earlier))" : ""
      throw WorkspaceError(
        .full, attempt,
        because:
          "it takes \(ByteText.of(bytes))\(place), and of the team's \(ByteText.of(use.quota)) there are \(ByteText.of(max(0, use.quota - use.total))) left",
        remedy: "remove something, or ask an administrator for a larger quota")
    }
  }
}

extension StorageUse {
  /// Adds up what a team keeps.
  ///
  /// Of an upload that replaces a dataset counts what it has more than that: in the end it takes its place.
  /// What was replaced goes by itself and does not count, unless the public site is made of it.
  ///
  /// - Parameters:
  ///   - team: whose it is.
  ///   - standard: the quota where none was decided for it.
  ///   - ignored: the id of an upload that is left out.
  ///   - database: within a transaction.
  /// - Throws: where the database fails.
  init(
    of team: Team, standard: Int64, without ignored: String? = nil, _ database: Database
  ) throws {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT
          (SELECT coalesce(sum(bytes), 0) FROM dataset WHERE team = :team)
            + (SELECT coalesce(sum(bytes), 0) FROM replaced_dataset
              WHERE team = :team AND public) AS datasets,
          (SELECT coalesce(sum(max(0, length - coalesce(
              (SELECT bytes FROM dataset WHERE upload.replaces
                AND dataset.team = upload.team AND dataset.name = upload.dataset), 0))), 0)
            FROM upload WHERE team = :team AND state IN ('receiving', 'checking')
              AND id IS NOT :ignored) AS uploads,
          (SELECT coalesce(sum(bytes), 0) FROM blob WHERE team = :team) AS files,
          (SELECT coalesce(sum(bytes), 0) FROM collection WHERE team = :team) AS places,
          (SELECT quota FROM team WHERE id = :team) AS quota
        """, arguments: ["team": team.id, "ignored": ignored])
    datasets = row?["datasets"] ?? 0
    uploads = row?["uploads"] ?? 0
    files = row?["files"] ?? 0
    places = row?["places"] ?? 0
    quota = row?["quota"] ?? standard
  }
}

/// Sizes for people, in decimal units.
public enum ByteText {
  /// A size such as `3.4 GB`.
  public static func of(_ bytes: Int64) -> String {
    guard bytes >= 1000 else { return "\(bytes) bytes" }
    var value = Double(bytes)
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let tenths = (value * 10).rounded() / 10
    let text =
      tenths >= 10 || tenths == tenths.rounded() ? "\(Int(value.rounded()))" : "\(tenths)"
    return "\(text) \(units[unit])"
  }
}
