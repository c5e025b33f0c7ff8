import CCrypto
import Stores

/// Signs requests to S3 and other services of AWS: Signature Version 4.
///
/// Source: AWS, “Signature Version 4 signing process”; for S3 the path is encoded once and never
/// normalised. Nothing here depends on the clock: the time is given.
struct SignatureV4 {
  /// As in `eu-central-1`.
  let region: String
  /// As in `s3` or `sts`.
  let service: String

  /// A request as the signature sees it.
  struct Request {
    var method: String
    var host: String
    /// Percent-encoded, as it is sent.
    var path: String
    /// Canonical, as ``URIEncoding/query(_:)`` makes it and as it is sent.
    var query: String
    /// Fields to sign beside `host`, `x-amz-date`, the token and the hash.
    var fields: [(name: String, value: String)]
    /// The SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`.
    var bodyHash: String
  }

  /// The fields to send: those of the request and those that the signature adds.
  ///
  /// - Parameters:
  ///   - request: what is signed.
  ///   - credentials: by whom.
  ///   - seconds: the time, in seconds since 1970-01-01 UTC.
  /// - Returns: the fields, `Authorization` last.
  func signedFields(
    _ request: Request, _ credentials: AWSCredentials, at seconds: Int
  ) -> [(name: String, value: String)] {
    let time = AmazonTime.text(seconds)
    let day = String(time.prefix(8))
    var fields = request.fields
    fields.append(("x-amz-date", time))
    // Other services take the hash from the body; S3 wants to be told.
    if service == "s3" { fields.append(("x-amz-content-sha256", request.bodyHash)) }
    if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
    let canonicalFields = CanonicalFields(fields, host: request.host)
    let names = canonicalFields.names
    let canonical = canonicalRequest(request, canonicalFields)
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let toSign = """
      AWS4-HMAC-SHA256
      \(time)
      \(scope)
      \(sha256Hex(Array(canonical.utf8)))
      """
    let key = signingKey(credentials.secretKey, day: day)
    let signature = hexadecimal(hmacSHA256(key: key, Array(toSign.utf8)))
    fields.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
          + "Signature=\(signature)"
      ))
    return fields
  }

  /// The canonical form of a request with all its fields but `host`.
  func canonicalRequest(_ request: Request, _ fields: [(name: String, value: String)]) -> String {
    canonicalRequest(request, CanonicalFields(fields, host: request.host))
  }

  private func canonicalRequest(_ request: Request, _ fields: CanonicalFields) -> String {
    """
    \(request.method)
    \(request.path)
    \(request.query)
    \(fields.lines)
    \(fields.names)
    \(request.bodyHash)
    """
  }

  /// All fields with `host`, sorted by their lower-case names.
  private struct CanonicalFields {
    /// A line for each.
    var lines = ""
    /// Their names, joined by semicolons.
    var names = ""

    init(_ fields: [(name: String, value: String)], host: String) {
      var all = fields.map { ($0.name.lowercased(), Self.collapsed($0.value)) }
      all.append(("host", host))
      all.sort { $0.0.precedes($1.0) }
      for (name, value) in all {
        lines += name + ":" + value + "\n"
        names += (names.isEmpty ? "" : ";") + name
      }
    }

    /// A value without spaces at its ends and with single spaces inside.
    private static func collapsed(_ value: String) -> String {
      let space = UInt8(ascii: " ")
      var isAfterSpace = true
      for byte in value.utf8 {
        // Most values have no two spaces, and this is done for every object that is sent.
        if byte == space, isAfterSpace {
          return value.split(separator: " ").joined(separator: " ")
        }
        isAfterSpace = byte == space
      }
      return isAfterSpace && !value.isEmpty ? String(value.dropLast()) : value
    }
  }

  private func signingKey(_ secret: String, day: String) -> [UInt8] {
    var key = Array("AWS4\(secret)".utf8)
    for part in [day, region, service, "aws4_request"] {
      key = hmacSHA256(key: key, Array(part.utf8))
    }
    return key
  }
}

/// The keyed hash HMAC-SHA-256 (RFC 2104).
func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
  let block = 64
  let short = key.count > block ? sha256(key) : key
  let padded = short + [UInt8](repeating: 0, count: block - short.count)
  let inner = sha256(padded.map { $0 ^ 0x36 } + message)
  return sha256(padded.map { $0 ^ 0x5C } + inner)
}
