internal import GRDB
internal import Synchronization
public import Teams

/// How many uploads ended how, since the server was started.
final class UploadTally: Sendable {
  private let ended = Mutex((accepted: 0, refused: 0))

  func count(accepted: Bool) {
    ended.withLock { if accepted { $0.accepted += 1 } else { $0.refused += 1 } }
  }

  var counts: (accepted: Int, refused: Int) { ended.withLock { $0 } }
}

/// How uploads fare, over all teams.
public struct UploadCounts: Sendable, Hashable {
  /// Of which pieces are missing.
  public let receiving: Int
  /// Which are being looked at, or wait for that.
  public let checking: Int
  /// Which became datasets since the server was started.
  public let accepted: Int
  /// Which were refused since the server was started.
  public let refused: Int
}

extension Workspace {
  /// How uploads fare, over all teams.
  public func uploadCounts() async throws(WorkspaceError) -> UploadCounts {
    let ended = tally.counts
    return try await look("count uploads") { database in
      func count(_ state: Upload.State) throws -> Int {
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM upload WHERE state = ?", arguments: [state.rawValue])
          ?? 0
      }
      return UploadCounts(
        receiving: try count(.receiving), checking: try count(.checking), accepted: ended.accepted,
        refused: ended.refused)
    }
  }

  /// What every team keeps, those that keep most first.
  public func storageUses() async throws(WorkspaceError) -> [(team: Team, use: StorageUse)] {
    let standard = settings.teamQuota
    let uses = try await look("measure storage") { database in
      try Row.fetchAll(database, sql: "SELECT * FROM team ORDER BY name").map(Team.init).map {
        ($0, try StorageUse(of: $0, standard: standard, database))
      }
    }
    return uses.sorted { $0.1.total > $1.1.total }
  }
}
