internal import GRDB

/// What the database has answered a moment ago.
///
/// Each transaction of this process makes all of it void before whoever wrote hears that it is done; what
/// another process writes counts within a second.
final class RecentReads: TransactionObserver, Sendable {
  /// Which role is asked for.
  ///
  /// Names are bytes, as in paths: texts that look the same are not equal.
  struct RoleQuestion: Hashable {
    struct Item: Hashable {
      let kind: SharedKind
      let name: [UInt8]
    }

    let user: Int64
    let team: [UInt8]
    /// `nil` for the team itself.
    var item: Item?
  }

  /// Who stands behind a secret, and until when (seconds since 1970).
  typealias Bearer = (principal: Principal, expires: Int64)

  /// By the hash of a token.
  let tokens = RecentAnswers<[UInt8], Bearer?>(trust: .seconds(1))
  /// By the hash of a session's secret.
  let sessions = RecentAnswers<[UInt8], Bearer?>(trust: .seconds(1))
  let roles = RecentAnswers<RoleQuestion, Role?>(trust: .seconds(1))
  /// By the name of a team.
  let cubeSources = RecentAnswers<[UInt8], [CubeSource]>(trust: .seconds(1))

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

  func databaseDidChange(with event: DatabaseEvent) {}

  func databaseDidCommit(_ db: Database) {
    tokens.forget()
    sessions.forget()
    roles.forget()
    cubeSources.forget()
  }

  func databaseDidRollback(_ db: Database) {}
}
