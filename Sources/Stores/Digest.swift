import CCrypto

/// The SHA-256 of some bytes (FIPS 180-4).
///
/// - Returns: 32 bytes.
public func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  var size: UInt32 = 0
  return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
    // SHA-256 of memory that is there cannot fail unless OpenSSL itself is broken.
    let done = EVP_Digest(
      bytes.baseAddress, bytes.count, buffer.baseAddress, &size, EVP_sha256(), nil)
    precondition(done == 1, "OpenSSL has no SHA-256")
    count = Int(size)
  }
}

/// The SHA-256 of some bytes (FIPS 180-4).
///
/// - Returns: 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] {
  bytes.withUnsafeBytes { sha256($0) }
}

/// The SHA-256 of some bytes as 64 lower-case hexadecimal digits.
public func sha256Hex(_ bytes: [UInt8]) -> String {
  hexadecimal(sha256(bytes))
}

/// The SHA-256 of some bytes as 64 lower-case hexadecimal digits.
public func sha256Hex(_ bytes: UnsafeRawBufferPointer) -> String {
  hexadecimal(sha256(bytes))
}

/// The SHA-256 of pieces that follow one another, as 64 lower-case hexadecimal digits.
public func sha256Hex(pieces: [[UInt8]]) -> String {
  let digest = RunningDigest()
  for piece in pieces { digest.update(piece) }
  return hexadecimal(digest.finish())
}

/// The digest of bytes that come in pieces.
package final class RunningDigest {
  /// How it is computed.
  package enum Algorithm: String, CaseIterable {
    /// For clients that know no better one; no protection against intent.
    case sha1
    case sha256
  }

  private let context = EVP_MD_CTX_new()
  private var succeeded: Bool

  package init(_ algorithm: Algorithm = .sha256) {
    let method =
      switch algorithm {
      case .sha1: EVP_sha1()
      case .sha256: EVP_sha256()
      }
    succeeded = EVP_DigestInit_ex(context, method, nil) == 1
  }

  deinit { EVP_MD_CTX_free(context) }

  package func update(_ piece: [UInt8]) {
    succeeded = EVP_DigestUpdate(context, piece, piece.count) == 1 && succeeded
  }

  package func finish() -> [UInt8] {
    let sum = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
      var length: UInt32 = 0
      succeeded = EVP_DigestFinal_ex(context, buffer.baseAddress, &length) == 1 && succeeded
      count = Int(length)
    }
    precondition(succeeded, "OpenSSL has no SHA")
    return sum
  }
}

/// Bytes as lower-case hexadecimal digits, two for each.
public func hexadecimal(_ bytes: [UInt8]) -> String {
  String(unsafeUninitializedCapacity: bytes.count * 2) { text in
    for (index, byte) in bytes.enumerated() {
      text[index * 2] = digit(byte >> 4)
      text[index * 2 + 1] = digit(byte & 15)
    }
    return bytes.count * 2
  }
}

private func digit(_ nibble: UInt8) -> UInt8 {
  nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
