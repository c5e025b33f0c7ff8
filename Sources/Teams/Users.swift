internal import GRDB

/// Somebody who may sign in.
public struct User: Sendable, Hashable {
  let id: Int64
  /// The name to sign in with; an id, unique.
  public let name: String
  /// The name that people read.
  public let title: String
  /// Whether they may make users and teams; that alone shows them no team's data.
  public let isAdministrator: Bool
}

extension User {
  init(_ row: Row) {
    id = row["id"]
    name = row["name"]
    title = row["title"]
    isAdministrator = row["administrator"]
  }
}

extension TeamDatabase {
  /// Adds a user without a password: an invitation (``invite(_:lasting:now:)``) lets them set one.
  ///
  /// - Throws: ``TeamsError`` where the name is no id or is taken.
  @discardableResult
  public func addUser(
    _ name: String, title: String, isAdministrator: Bool = false
  ) async throws(TeamsError) -> User {
    try Names.check(name, of: "user")
    return try await write("add the user '\(name)'") { database in
      try database.execute(
        sql: "INSERT INTO user (name, title, administrator) VALUES (?, ?, ?)",
        arguments: [name, title, isAdministrator])
      return User(
        id: database.lastInsertedRowID, name: name, title: title, isAdministrator: isAdministrator)
    }
  }

  /// The user of a name; `nil` where there is none, or they may no longer sign in.
  public func user(named name: String) async throws(TeamsError) -> User? {
    try await read("look up a user") { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM user WHERE name = ? AND disabled = 0", arguments: [name]
      ).map(User.init)
    }
  }

  /// Every user, by name.
  public func users() async throws(TeamsError) -> [User] {
    try await read("list the users") { database in
      try Row.fetchAll(database, sql: "SELECT * FROM user WHERE disabled = 0 ORDER BY name")
        .map(User.init)
    }
  }

  /// Whether nobody can sign in yet, as in a new database.
  public func isEmpty() async throws(TeamsError) -> Bool {
    try await read("count the users") { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM user") == 0
    }
  }

  /// Sets a password and ends every session that was begun with the former one.
  ///
  /// - Throws: ``TeamsError`` for a password that is too short or too long.
  public func setPassword(_ password: String, of user: User) async throws(TeamsError) {
    let hash = try await Passwords.hash(password)
    try await write("set a password") { database in
      try database.execute(
        sql: "UPDATE user SET password = ? WHERE id = ?", arguments: [hash, user.id])
      try database.execute(sql: "DELETE FROM session WHERE user = ?", arguments: [user.id])
    }
  }

  /// The user whose name and password these are.
  ///
  /// Takes as long for a name that does not exist.
  public func user(named name: String, password: String) async throws(TeamsError) -> User? {
    let found = try await read("look up a user") { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM user WHERE name = ? AND disabled = 0", arguments: [name]
      ).map { (user: User($0), password: $0["password"] as String?) }
    }
    guard await Passwords.matches(password, found?.password) else { return nil }
    return found?.user
  }

  /// The user whom an identity provider knows under a subject; added at their first visit.
  ///
  /// - Parameters:
  ///   - subject: the provider's issuer and subject, which together are unique for ever.
  ///   - wantedName: the name for a new user; where it belongs to somebody else, a number is added, so
  ///     that nobody gets an account by choosing its name.
  ///   - title: the name that people read; the other one where there is none.
  /// - Returns: `nil` for a user who was disabled.
  /// - Throws: ``TeamsError`` where the name is no id.
  public func user(
    subject: String, wantedName: String, title: String?
  ) async throws(TeamsError) -> User? {
    try Names.check(wantedName, of: "user")
    return try await write("sign '\(wantedName)' in") { database in
      let query = "SELECT * FROM user WHERE subject = ?"
      if let row = try Row.fetchOne(database, sql: query, arguments: [subject]) {
        return row["disabled"] ? nil : User(row)
      }
      let name = try Self.freeName(wantedName, database)
      try database.execute(
        sql: "INSERT INTO user (name, title, subject) VALUES (?, ?, ?)",
        arguments: [name, title ?? name, subject])
      return User(
        id: database.lastInsertedRowID, name: name, title: title ?? name, isAdministrator: false)
    }
  }

  private static func freeName(_ wanted: String, _ database: Database) throws -> String {
    var name = wanted
    var number = 1
    while try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE name = ?)", arguments: [name]) == true
    {
      number += 1
      name = "\(wanted)-\(number)"
    }
    return name
  }

  /// Keeps a user from signing in, and ends their sessions and tokens at once.
  public func disable(_ user: User) async throws(TeamsError) {
    try await write("disable a user") { database in
      try database.execute(
        sql: "UPDATE user SET disabled = 1, password = NULL WHERE id = ?", arguments: [user.id])
      for table in ["session", "token", "invitation"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE user = ?", arguments: [user.id])
      }
    }
  }
}
