internal import GRDB

/// A token of somebody's, without its secret, which nobody can show again.
public struct AccessToken: Sendable, Hashable {
  /// Its number among all tokens.
  public let id: Int64
  /// What its owner calls it.
  public let label: String
  /// What it may be used for.
  public let scope: TokenScope
  /// When it was made, in seconds since 1970.
  public let created: Int64
  /// When it ends, in seconds since 1970.
  public let expires: Int64
}

extension TeamDatabase {
  /// The longest that a token may live: a year and a day, in seconds.
  public static let longestTokenLife: Int64 = 366 * 86_400

  /// Makes a token for programs: QGIS, xarray, scripts.
  ///
  /// - Parameters:
  ///   - user: who may what the token may.
  ///   - label: what its owner calls it.
  ///   - scope: what it may be used for.
  ///   - lifetime: in seconds.
  ///   - now: seconds since 1970.
  /// - Returns: the secret, which is not kept.
  /// - Throws: ``TeamsError`` for a lifetime that is not positive or is too long, or an overlong label; of kind
  ///   `full` for somebody who has many.
  public func addToken(
    for user: User, label: String, scope: TokenScope, lifetime: Int64, now: Int64
  ) async throws(TeamsError) -> String {
    guard lifetime > 0, lifetime <= Self.longestTokenLife, label.utf8.count <= 200 else {
      throw TeamsError(
        .invalid, "make this token", because: "its time or its label is out of bounds",
        remedy: "let it live between one second and a year, with a label of at most 200 bytes")
    }
    let secret = try Secrets.make(prefix: "cpt_")
    let hash = Secrets.hash(secret)
    let attempt = "make a token"
    try await write(attempt) { [limits] database in
      try database.execute(
        sql: "DELETE FROM token WHERE user = ? AND expires <= ?", arguments: [user.id, now])
      try TeamsError.requireFewer(
        than: limits.tokens, "you have \(limits.tokens) tokens", to: attempt,
        remedy: "end those that no program uses any more",
        counting: "SELECT 1 FROM token WHERE user = ?", [user.id], database)
      try database.execute(
        sql: """
          INSERT INTO token (user, hash, label, scope, created, expires)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [user.id, hash.databaseBytes, label, scope.rawValue, now, now + lifetime])
    }
    return secret
  }

  /// The tokens of somebody that still live, newest first.
  public func tokens(of user: User, now: Int64) async throws(TeamsError) -> [AccessToken] {
    try await read("list tokens") { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM token WHERE user = ? AND expires > ? ORDER BY id DESC",
        arguments: [user.id, now]
      ).compactMap { row in
        TokenScope(rawValue: row["scope"]).map {
          AccessToken(
            id: row["id"], label: row["label"], scope: $0, created: row["created"],
            expires: row["expires"])
        }
      }
    }
  }

  /// Ends a token of somebody's own.
  public func removeToken(_ id: Int64, of user: User) async throws(TeamsError) {
    try await write("end a token") { database in
      try database.execute(
        sql: "DELETE FROM token WHERE id = ? AND user = ?", arguments: [id, user.id])
    }
  }

  /// Whose token a secret is; `nil` for one that is unknown or has expired.
  public func principal(token secret: String, now: Int64) async throws(TeamsError) -> Principal? {
    try await principal(
      of: secret, in: recent.tokens, now: now,
      """
      SELECT user.*, token.scope, token.expires FROM token JOIN user ON user.id = token.user
      WHERE token.hash = ? AND user.disabled = 0
      """
    ) { row in
      TokenScope(rawValue: row["scope"]).map {
        Principal(user: User(row), scope: $0, formSecret: nil)
      }
    }
  }

  /// Begins a session in a browser, and forgets those that are over, and the oldest of somebody who has many.
  ///
  /// - Parameters:
  ///   - user: who has signed in.
  ///   - lifetime: in seconds.
  ///   - now: seconds since 1970.
  /// - Returns: the secret for the cookie.
  /// - Throws: ``TeamsError`` where it cannot be written.
  public func beginSession(
    of user: User, lifetime: Int64, now: Int64
  ) async throws(TeamsError) -> String {
    let secret = try Secrets.make(prefix: "")
    let formSecret = try Secrets.make(prefix: "")
    let hash = Secrets.hash(secret)
    try await write("begin a session") { [limits] database in
      try database.execute(sql: "DELETE FROM session WHERE expires <= ?", arguments: [now])
      try database.execute(
        sql: "INSERT INTO session (hash, user, form_secret, expires) VALUES (?, ?, ?, ?)",
        arguments: [hash.databaseBytes, user.id, formSecret, now + lifetime])
      try database.execute(
        sql: """
          DELETE FROM session WHERE hash IN (
            SELECT hash FROM session WHERE user = ? ORDER BY hash = ? DESC, expires DESC
            LIMIT -1 OFFSET ?)
          """, arguments: [user.id, hash.databaseBytes, limits.sessions])
    }
    return secret
  }

  /// Whose session a cookie is; `nil` for one that is unknown or over.
  public func principal(session secret: String, now: Int64) async throws(TeamsError) -> Principal? {
    try await principal(
      of: secret, in: recent.sessions, now: now,
      """
      SELECT user.*, session.form_secret, session.expires FROM session
      JOIN user ON user.id = session.user WHERE session.hash = ? AND user.disabled = 0
      """
    ) { row in Principal(user: User(row), scope: nil, formSecret: row["form_secret"]) }
  }

  /// Who stands behind a secret until it expires.
  ///
  /// - Parameters:
  ///   - secret: of a token or a session.
  ///   - recent: what was answered a moment ago, by the secret's hash.
  ///   - now: seconds since 1970.
  ///   - query: finds the row of a hash, with `expires`.
  ///   - read: what the row says.
  /// - Returns: `nil` for a secret that is unknown or over.
  /// - Throws: ``TeamsError`` where the database fails.
  private func principal(
    of secret: String, in recent: RecentAnswers<[UInt8], RecentReads.Bearer?>, now: Int64,
    _ query: String, _ read: @escaping @Sendable (Row) -> Principal?
  ) async throws(TeamsError) -> Principal? {
    let hash = Secrets.hash(secret)
    let bearer = try await recent.answer(to: hash) { () throws(TeamsError) in
      try await self.read("look up who asks") { database in
        try Row.fetchOne(database, sql: query, arguments: [hash.databaseBytes]).flatMap { row in
          read(row).map { ($0, row["expires"]) }
        }
      }
    }
    return bearer.flatMap { $0.expires > now ? $0.principal : nil }
  }

  /// Ends a session.
  public func endSession(_ secret: String) async throws(TeamsError) {
    let hash = Secrets.hash(secret)
    try await write("end a session") { database in
      try database.execute(
        sql: "DELETE FROM session WHERE hash = ?", arguments: [hash.databaseBytes])
    }
  }

  /// A secret with which somebody may set their password once, in place of any earlier one.
  public func invite(
    _ user: User, lasting lifetime: Int64, now: Int64
  ) async throws(TeamsError) -> String {
    let secret = try Secrets.make(prefix: "")
    let hash = Secrets.hash(secret)
    try await write("invite '\(user.name)'") { database in
      try database.execute(sql: "DELETE FROM invitation WHERE user = ?", arguments: [user.id])
      try database.execute(
        sql: "INSERT INTO invitation (hash, user, expires) VALUES (?, ?, ?)",
        arguments: [hash.databaseBytes, user.id, now + lifetime])
    }
    return secret
  }

  /// Whom an invitation is for; `nil` for one that is unknown, used or over.
  public func invited(by secret: String, now: Int64) async throws(TeamsError) -> User? {
    let hash = Secrets.hash(secret)
    return try await read("look up an invitation") { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT user.* FROM invitation JOIN user ON user.id = invitation.user
          WHERE invitation.hash = ? AND invitation.expires > ? AND user.disabled = 0
          """, arguments: [hash.databaseBytes, now]
      ).map(User.init)
    }
  }

  /// Sets the password of whoever was invited and uses the invitation up.
  ///
  /// - Returns: the user; `nil` where the invitation is unknown, used or over.
  public func accept(
    invitation secret: String, password: String, now: Int64
  ) async throws(TeamsError) -> User? {
    guard let user = try await invited(by: secret, now: now) else { return nil }
    try Passwords.check(password)
    let hash = Secrets.hash(secret)
    // Taken before the password is set: of two who use it at once, one gets nothing.
    let taken = try await write("use an invitation") { database in
      try database.execute(
        sql: "DELETE FROM invitation WHERE hash = ?", arguments: [hash.databaseBytes])
      return database.changesCount == 1
    }
    guard taken else { return nil }
    try await setPassword(password, of: user)
    return user
  }
}
