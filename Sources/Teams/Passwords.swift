internal import CArgon2
internal import CCrypto
internal import Dispatch

/// Passwords as Argon2id hashes (RFC 9106) in the encoded form `$argon2id$v=19$…`, made by the reference
/// library.
///
/// A hash takes 19 MiB and about 30 ms by design (the parameters that OWASP's cheat sheet of password
/// storage names as its first choice), so hashing runs one at a time on a queue of its own: many wrong
/// passwords at once fill neither the memory nor the threads that answer requests.
enum Passwords {
  /// The shortest password that is taken, in characters.
  static let shortest = 10
  /// The longest, in bytes; longer ones only cost time.
  static let longest = 512

  private static let memoryKiB: UInt32 = 19 << 10
  private static let passes: UInt32 = 2
  private static let lanes: UInt32 = 1
  private static let queue = DispatchQueue(label: "cubepress.passwords")

  /// - Throws: ``TeamsError`` of kind `invalid` for a password that is too short or too long.
  static func check(_ password: String) throws(TeamsError) {
    guard password.count >= shortest, password.utf8.count <= longest else {
      throw TeamsError(
        .invalid, "take this password", because: "it is too short or too long",
        remedy: "use \(shortest) characters or more, and at most \(longest) bytes")
    }
  }

  static func hash(_ password: String) async throws(TeamsError) -> String {
    try check(password)
    let encoded = await onQueue { makeHash(password) }
    guard let encoded else {
      throw TeamsError(
        .storage, "hash a password", because: "there is too little memory", remedy: "free some")
    }
    return encoded
  }

  /// Whether a password is the one that was hashed.
  ///
  /// - Parameters:
  ///   - password: as it was typed.
  ///   - encoded: `nil` where there is no such user, which takes as long as a wrong password, so that
  ///     the time of an answer does not tell who exists.
  /// - Returns: `false` also for a password longer than any that is taken.
  static func matches(_ password: String, _ encoded: String?) async -> Bool {
    guard password.utf8.count <= longest else { return false }
    return await onQueue {
      guard let encoded else {
        _ = makeHash(password)
        return false
      }
      return argon2id_verify(encoded, password, password.utf8.count) == ARGON2_OK.rawValue
    }
  }

  private static func makeHash(_ password: String) -> String? {
    var salt = [UInt8](repeating: 0, count: 16)
    guard RAND_bytes(&salt, Int32(salt.count)) == 1 else { return nil }
    let hashLength = 32
    // The encoded text is of this length with its closing zero; the library checks it again.
    let length = argon2_encodedlen(
      passes, memoryKiB, lanes, UInt32(salt.count), UInt32(hashLength), Argon2_id)
    var encoded = [CChar](repeating: 0, count: length)
    let result = argon2id_hash_encoded(
      passes, memoryKiB, lanes, password, password.utf8.count, salt, salt.count, hashLength,
      &encoded, encoded.count)
    guard result == ARGON2_OK.rawValue else { return nil }
    return String(
      decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func onQueue<Value: Sendable>(
    _ body: @escaping @Sendable () -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }
}
