internal import Foundation

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

  /// The addresses that one client may have: a single one of IPv4, the 64 bits of a network of IPv6, within which
  /// everybody chooses addresses as they like.
  static func network(of address: String) -> String {
    var bytes = in6_addr()
    guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
    let digits = withUnsafeBytes(of: bytes) { Array($0) }
    // An address of IPv4 within IPv6 (RFC 4291, section 2.5.5.2).
    if digits.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]) { return address }
    return digits.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
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
