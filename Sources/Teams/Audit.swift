internal import GRDB

/// One thing that somebody did.
public struct AuditEntry: Sendable, Hashable {
  /// Seconds since 1970.
  public let at: Int64
  /// The name of a user; of what was tried, where nobody had signed in.
  public let actor: String
  /// What was done.
  public let action: String
  /// What it was done to; never a secret.
  public let object: String
}

extension TeamDatabase {
  /// Writes down what somebody did.
  ///
  /// - Parameters:
  ///   - action: what was done.
  ///   - object: what it was done to; never a secret.
  ///   - actor: the name of a user, or what was tried in place of one.
  ///   - team: whose owners may read of it; `nil` for what concerns administrators.
  ///   - now: seconds since 1970.
  /// - Throws: ``TeamsError`` where it cannot be written.
  public func record(
    _ action: String, on object: String, by actor: String, team: String? = nil, now: Int64
  ) async throws(TeamsError) {
    try await write("write the audit log") { database in
      try database.execute(
        sql: "INSERT INTO audit (at, actor, action, object, team) VALUES (?, ?, ?, ?, ?)",
        arguments: [now, actor, action, object, team])
    }
  }

  /// Removes entries that are older than the log is kept, a few in each transaction, so that nobody waits for long.
  ///
  /// In each log from which something went an entry says so, in place of the earlier one that did.
  ///
  /// - Parameters:
  ///   - limit: entries before this time go, in seconds since 1970; of the future there are none.
  ///   - now: seconds since 1970.
  /// - Throws: ``TeamsError`` where they cannot be removed; those that are gone stay so.
  public func cutAudit(before limit: Int64, now: Int64) async throws(TeamsError) {
    let limit = min(limit, now)
    while try await cutAuditOnce(before: limit, now: now) {}
  }

  /// How many entries go in one transaction.
  static let auditStep = 500

  /// - Returns: whether there may be more.
  private func cutAuditOnce(before limit: Int64, now: Int64) async throws(TeamsError) -> Bool {
    try await write("cut the log") { database in
      let removed = try Row.fetchAll(
        database,
        sql: """
          DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)
          RETURNING team
          """, arguments: [limit, Self.auditStep])
      for team in Set(removed.map { $0["team"] as String? }) {
        // The action is written out, as in the index that finds it.
        try database.execute(
          sql: "DELETE FROM audit WHERE team IS ? AND action = 'removed old entries'",
          arguments: [team])
        try database.execute(
          sql: """
            INSERT INTO audit (at, actor, action, object, team)
            VALUES (?, 'the server', 'removed old entries',
              'all from before ' || strftime('%Y-%m-%d %H:%M', ?, 'unixepoch'), ?)
            """, arguments: [now, limit, team])
      }
      return removed.count == Self.auditStep
    }
  }

  /// The latest entries of a team, or of what concerns no team, newest first.
  public func audit(
    team: String?, limit: Int
  ) async throws(TeamsError) -> [AuditEntry] {
    try await read("read the audit log") { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM audit WHERE team IS ? ORDER BY id DESC LIMIT ?",
        arguments: [team, limit]
      ).map {
        AuditEntry(at: $0["at"], actor: $0["actor"], action: $0["action"], object: $0["object"])
      }
    }
  }
}
