internal import Teams

/// One attempt to sign in through the identity provider, between leaving for it and coming back.
struct SignInAttempt: Sendable, Equatable {
  /// Ties the way back to the browser that left: its cookie holds the same text.
  let state: String
  /// Ties the token to this attempt.
  let nonce: String
  /// Proves to the provider that who fetches the token is who asked for it (RFC 7636).
  let verifier: String
  /// Where to go afterwards.
  let target: String
  /// Seconds since 1970.
  let began: Int64

  init(target: String, now: Int64) throws {
    state = try RandomText.make()
    nonce = try RandomText.make()
    verifier = try RandomText.make()
    self.target = target
    began = now
  }

  /// SHA-256 of the verifier in base64url.
  var challenge: String { RandomText.digest(verifier) }
}

/// The attempts under way, each of which can be ended once.
actor SignInAttempts {
  /// How long the provider's pages may take, in seconds.
  static let patience: Int64 = 600
  /// More than this at once means that somebody only begins: the oldest are forgotten.
  private static let most = 10_000

  private var attempts: [String: SignInAttempt] = [:]

  func begin(_ attempt: SignInAttempt) {
    if attempts.count >= Self.most {
      attempts = attempts.filter { $0.value.began > attempt.began - Self.patience }
      if attempts.count >= Self.most {
        let latest = attempts.sorted { $0.value.began > $1.value.began }.prefix(Self.most / 2)
        attempts = Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
      }
    }
    attempts[attempt.state] = attempt
  }

  /// The attempt of a state, which is then used up; `nil` for one that is unknown or too old.
  func end(_ state: String, now: Int64) -> SignInAttempt? {
    guard let attempt = attempts.removeValue(forKey: state), attempt.began > now - Self.patience
    else { return nil }
    return attempt
  }
}
