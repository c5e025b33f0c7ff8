/// Slows the guessing of passwords: after some failures, a name or an address has to wait.
actor AttemptLimiter {
  /// How many failures within the span are let pass.
  private let allowed: Int
  /// In seconds.
  private let span: Int64
  /// Times of failures by name or address; forgotten after the span.
  private var failures: [String: [Int64]] = [:]
  /// No more keys than this are remembered: then the whole table is begun anew.
  private static let mostKeys = 100_000

  init(allowed: Int, span: Int64) {
    self.allowed = allowed
    self.span = span
  }

  /// How many seconds a key has to wait; 0 where it may try now.
  func wait(_ key: String, now: Int64) -> Int64 {
    let recent = (failures[key] ?? []).filter { $0 > now - span }
    failures[key] = recent.isEmpty ? nil : recent
    guard recent.count >= allowed, let oldest = recent.first else { return 0 }
    return oldest + span - now
  }

  func recordFailure(_ key: String, now: Int64) {
    if failures.count >= Self.mostKeys { failures = [:] }
    failures[key, default: []].append(now)
  }

  func forget(_ key: String) { failures[key] = nil }
}
