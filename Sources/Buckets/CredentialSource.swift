import Glibc
import Synchronization

/// Finds credentials where tools of AWS look for them, and fetches new ones before they end.
///
/// In this order: the environment; the profile (role, web identity, single sign-on, keys, a
/// program); a container's own address; the address of the instance (IMDSv2). Sources: AWS SDKs and
/// Tools Reference Guide, “Standardized credential providers”.
public final class CredentialSource: Sendable {
  private let finder: CredentialFinder
  private let kept = Mutex<AWSCredentials?>(nil)
  /// Whether every place was looked at in vain, which takes a while.
  private let isBare = Atomic<Bool>(false)
  /// Whether there are no credentials, as far as was looked for them.
  var areNone: Bool { isBare.load(ordering: .relaxed) }

  /// Lent credentials are fetched anew when they are that close to their end.
  private static let margin = 300

  /// Prepares a source; nothing is looked for before credentials are needed.
  ///
  /// - Parameters:
  ///   - environment: the variables of the process.
  ///   - profile: the profile asked for on the command line, which goes before the environment.
  public convenience init(environment: [String: String], profile: String? = nil) {
    self.init(CredentialFinder(environment: environment, profile: profile))
  }

  init(_ finder: CredentialFinder) { self.finder = finder }

  /// Credentials that are good for some minutes at least.
  ///
  /// - Parameters:
  ///   - used: credentials that a server has refused as ended; others are then fetched.
  ///   - seconds: the time, in seconds since 1970-01-01 UTC.
  /// - Returns: the credentials kept, or new ones.
  /// - Throws: ``BucketError`` when none are found.
  func credentials(
    insteadOf used: AWSCredentials? = nil, at seconds: Int = time(nil)
  ) throws(BucketError) -> AWSCredentials {
    if let kept = kept.withLock({ $0 }), kept != used,
      kept.expires.map({ $0 - seconds > Self.margin }) ?? true
    {
      return kept
    }
    let found = try finder.find()
    kept.withLock { $0 = found }
    return found
  }

  /// Credentials that are good for some minutes at least; `nil` where there are none anywhere.
  ///
  /// - Throws: ``BucketError`` when a place is named but holds nothing usable.
  func credentialsIfAny(
    insteadOf used: AWSCredentials? = nil
  ) throws(BucketError) -> AWSCredentials? {
    if areNone { return nil }
    do {
      return try credentials(insteadOf: used)
    } catch {
      guard error.kind == .noCredentials else { throw error }
      isBare.store(true, ordering: .relaxed)
      return nil
    }
  }
}
