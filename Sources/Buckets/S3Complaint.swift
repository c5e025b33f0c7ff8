import Transport

/// What a server says when it does not do what it was asked.
///
/// Source: Amazon S3 API Reference, “Error responses”.
struct S3Complaint {
  let status: Int
  /// As in `NoSuchKey`; empty where the answer has no body, as with HEAD.
  let code: String
  let message: String
  /// The region that a wrongly addressed bucket is in.
  let region: String?

  init(_ reply: HTTPReply) {
    status = reply.status
    let body = reply.body[...]
    code = S3XML.text("Code", in: body) ?? ""
    message = S3XML.text("Message", in: body) ?? ""
    region = S3XML.text("Region", in: body)
  }

  /// Whether it may be gone at the next attempt.
  var mayPass: Bool {
    switch status {
    case 408, 429, 502, 503, 504: true
    case 500: !isFull
    case 400: ["RequestTimeout", "BadDigest", "IncompleteBody"].contains(code)
    case 409: ["OperationAborted", "ConditionalRequestConflict"].contains(code)
    case 200: ["InternalError", "SlowDown", "ServiceUnavailable"].contains(code)
    default: false
    }
  }

  /// Whether credentials that were good have ended.
  var credentialsEnded: Bool {
    ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"]
      .contains(code)
  }

  private var isFull: Bool {
    status == 507
      || ["InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity"]
        .contains(code)
  }

  /// The failure in words.
  func error(
    trying attempt: String, _ address: BucketAddress, isRead: Bool, attempts: Int
  ) -> BucketError {
    let said = code.isEmpty ? "status \(status)" : message.isEmpty ? code : "\(code): \(message)"
    let tries = attempts > 1 ? " (tried \(attempts) times)" : ""
    let (kind, reason, remedy) = explanation(address, isRead: isRead)
    return BucketError(
      kind, attempt: attempt, reason: reason + " (\(said))" + tries, remedy: remedy)
  }

  private func explanation(
    _ address: BucketAddress, isRead: Bool
  ) -> (BucketError.Kind, String, String?) {
    if isFull { return (.full, "there is no room left", "Make room or raise the quota.") }
    switch (status, code) {
    case (_, "NoSuchBucket"):
      return (
        .absent, "there is no bucket “\(address.bucket)”",
        "Create it, or check its name, --region and --endpoint."
      )
    case (404, _): return (.absent, "there is no such object", nil)
    case (_, "InvalidAccessKeyId"):
      return (.credentials, "the server does not know the access key", "Check the credentials.")
    case (_, "SignatureDoesNotMatch"):
      return (
        .credentials, "the server refuses the signature",
        "Check the secret key; a proxy that changes requests has the same effect."
      )
    case (_, "RequestTimeTooSkewed"):
      return (.credentials, "this machine's clock is wrong", "Set the clock.")
    case (_, _) where credentialsEnded:
      return (.credentials, "the credentials have ended", "Get new ones, then run it again.")
    case (401, _), (403, _):
      return (
        .denied, "the server does not allow it",
        isRead
          ? "The credentials need s3:GetObject and s3:ListBucket there; without the latter, what "
            + "does not exist is refused too."
          : "The credentials need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket "
            + "there."
      )
    case (416, _): return (.range, "the object is shorter", nil)
    case (412, _): return (.condition, "it was changed by somebody else", nil)
    case (501, _), (405, _): return (.unsupported, "the server does not know how", nil)
    case (_, "BadDigest"), (_, "XAmzContentSHA256Mismatch"), (_, "InvalidDigest"):
      return (
        .content, "what arrived is not what was sent", "Check the network and any proxy in between."
      )
    case (429, _), (500..., _):
      return (.unavailable, "the server fails or is overloaded", "Run it again later.")
    default: return (.wrongAnswer, "the server refuses the request", nil)
    }
  }
}
