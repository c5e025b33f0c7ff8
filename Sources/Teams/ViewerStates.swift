internal import GRDB

extension TeamDatabase {
  /// How many states a team keeps; the oldest go.
  public static let mostViewerStates = 1000

  /// Keeps what a viewer shows, so that its link can be given to others of the team.
  ///
  /// - Returns: the key, which nobody guesses.
  public func keepViewerState(_ state: String, ofTeam team: String) async throws(TeamsError)
    -> String
  {
    let key = try Secrets.make(prefix: "")
    try await write("keep a view") { database in
      try database.execute(
        sql: "INSERT INTO viewer_state (team, key, state) SELECT id, ?, ? FROM team WHERE name = ?",
        arguments: [key, state, team])
      try database.execute(
        sql: """
          DELETE FROM viewer_state WHERE team = (SELECT id FROM team WHERE name = ?) AND id NOT IN (
            SELECT viewer_state.id FROM viewer_state JOIN team ON team.id = viewer_state.team
            WHERE team.name = ? ORDER BY viewer_state.id DESC LIMIT ?)
          """, arguments: [team, team, Self.mostViewerStates])
    }
    return key
  }

  /// What a viewer showed; `nil` for a key that is unknown to the team.
  public func viewerState(_ key: String, ofTeam team: String) async throws(TeamsError) -> String? {
    try await read("look up a view") { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT state FROM viewer_state JOIN team ON team.id = viewer_state.team
          WHERE team.name = ? AND key = ?
          """, arguments: [team, key])
    }
  }
}
