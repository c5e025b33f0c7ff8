internal import Synchronization

/// Notebooks of which no page could be made: for a while they are not tried again, however often they are asked for.
final class StoryFailures: Sendable {
  private typealias Failure = (error: WorkspaceError, until: ContinuousClock.Instant)

  /// After this a machine that was too busy may have time.
  private static let rest = Duration.seconds(600)
  /// The most that are remembered; then all are tried again.
  private static let most = 1000
  /// By the folder of the pages, which is another one for each content.
  private let failures = Mutex<[String: Failure]>([:])

  func failure(of target: String) -> WorkspaceError? {
    failures.withLock { failures in
      guard let known = failures[target] else { return nil }
      guard known.until > .now else {
        failures[target] = nil
        return nil
      }
      return known.error
    }
  }

  /// Remembers what is wrong with the notebook itself; a full disk is not.
  func remember(_ error: WorkspaceError, of target: String) {
    guard error.kind == .invalid else { return }
    failures.withLock { failures in
      if failures.count >= Self.most { failures = [:] }
      failures[target] = (error, .now + Self.rest)
    }
  }
}
