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
