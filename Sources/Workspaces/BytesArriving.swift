import Synchronization

/// How many bytes of files teams are sending just now, which are on the disk and in no quota yet.
final class BytesArriving: Sendable {
  /// By the number of the team.
  private let counts = Mutex<[Int64: Int64]>([:])

  /// - Returns: how many there are of the team, with these.
  func add(_ bytes: Int64, of team: Int64) -> Int64 {
    counts.withLock { counts in
      counts[team, default: 0] += bytes
      return counts[team, default: 0]
    }
  }

  func remove(_ bytes: Int64, of team: Int64) {
    counts.withLock { counts in
      counts[team, default: 0] -= bytes
      if counts[team] == 0 { counts[team] = nil }
    }
  }
}
