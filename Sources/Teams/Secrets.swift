internal import CCrypto

/// Random secrets, and the form in which they are kept.
///
/// A secret is shown once and then only its SHA-256 is stored: it has 256 random bits, so a plain hash
/// cannot be searched, and a stolen database opens nothing.
enum Secrets {
  /// How many random bytes a secret holds.
  static let byteCount = 32

  /// A new secret as base64url without padding (RFC 4648, section 5), after a prefix that tells people
  /// and secret scanners what it is.
  static func make(prefix: String) throws(TeamsError) -> String {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    guard RAND_bytes(&bytes, Int32(byteCount)) == 1 else {
      throw TeamsError(
        .storage, "make a secret", because: "the system gives no random numbers",
        remedy: "look at the system's log")
    }
    return prefix + base64URL(bytes)
  }

  /// The SHA-256 of a secret's text: 32 bytes.
  static func hash(_ secret: String) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let text = Array(secret.utf8)
    _ = SHA256(text, text.count, &digest)
    return digest
  }

  static func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var bits = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | Int(byte)
      count += 8
      while count >= 6 {
        count -= 6
        text.append(alphabet[bits >> count & 63])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
    return String(decoding: text, as: UTF8.self)
  }
}
