internal import GRDB

/// The tables, as the steps that made them.
///
/// A step that was released is never changed; a new one follows.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("users, teams and grants") { database in
      try database.execute(sql: usersAndTeams)
    }
    migrator.registerMigration("live cubes") { database in
      try database.execute(sql: liveCubes)
    }
    migrator.registerMigration("uploads, datasets, files and places") { database in
      try database.execute(sql: workspaces)
    }
    migrator.registerMigration("replaced datasets") { database in
      try database.execute(sql: replacedDatasets)
    }
    migrator.registerMigration("the log is cut, things are counted") { database in
      try database.execute(sql: logAndLimits)
    }
    return migrator
  }

  /// Times are seconds since 1970.
  ///
  /// A role or scope is the name of the case.
  private static let usersAndTeams = """
    CREATE TABLE user (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      password TEXT,
      subject TEXT UNIQUE,
      administrator INTEGER NOT NULL DEFAULT 0,
      disabled INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE team (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL
    ) STRICT;
    CREATE TABLE member (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
      role TEXT NOT NULL,
      PRIMARY KEY (team, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX member_user ON member (user);
    CREATE TABLE dataset_grant (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      dataset TEXT NOT NULL,
      to_team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      role TEXT NOT NULL,
      PRIMARY KEY (team, dataset, to_team)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dataset_grant_to ON dataset_grant (to_team);
    CREATE TABLE token (
      id INTEGER PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
      hash BLOB NOT NULL UNIQUE,
      label TEXT NOT NULL,
      scope TEXT NOT NULL,
      created INTEGER NOT NULL,
      expires INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE session (
      hash BLOB PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
      form_secret TEXT NOT NULL,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE invitation (
      hash BLOB PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
      expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      object TEXT NOT NULL,
      team TEXT
    ) STRICT;
    CREATE INDEX audit_team ON audit (team, id);
    """
}
