/// Slows the guessing of passwords: after some failures, a name or an address has to wait.
///
/// An attempt counts from its begin, not from its failure: of many at once no more are let in than one after the
/// other.
actor AttemptLimiter {
  /// How many attempts within the span are let pass.
  private let allowed: Int
  /// In seconds.
  private let span: Int64
  /// Times of attempts by name or address; forgotten after the span, or when one succeeds.
  private var attempts: [String: [Int64]] = [:]
  /// No more keys than this are remembered: then the whole table is begun anew.
  private static let mostKeys = 100_000

  init(allowed: Int, span: Int64) {
    self.allowed = allowed
    self.span = span
  }

  /// Counts an attempt for a name and an address.
  ///
  /// - Returns: how many seconds they have to wait; 0 where the attempt may be made now and was counted.
  func begin(_ keys: [String], now: Int64) -> Int64 {
    let wait = keys.map { self.wait($0, now: now) }.max() ?? 0
    guard wait == 0 else { return wait }
    if attempts.count >= Self.mostKeys { attempts = [:] }
    for key in keys { attempts[key, default: []].append(now) }
    return 0
  }

  private func wait(_ key: String, now: Int64) -> Int64 {
    let recent = (attempts[key] ?? []).filter { $0 > now - span }
    attempts[key] = recent.isEmpty ? nil : recent
    guard recent.count >= allowed, let oldest = recent.first else { return 0 }
    return oldest + span - now
  }

  /// Forgets all attempts of a key.
  func forget(_ key: String) { attempts[key] = nil }

  /// Takes the latest attempt of a key back.
  func takeBack(_ key: String) { _ = attempts[key]?.popLast() }
}
