import CCurl

// What an exchange amounts to: an answer, a failure that may pass, or one that will not.
extension Exchange {
  /// Whether it failed in a way that may be gone at the next attempt.
  var mayPass: Bool {
    guard stop == nil else { return false }
    switch result {
    case CURLE_OK: return [408, 429, 500, 502, 503, 504].contains(fields.status)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
      CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
      CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      return true
    default: return false
    }
  }

  /// Throws when no complete answer came.
  func checkDelivery(attempts: Int = 1) throws(TransportError) {
    switch stop {
    case .tooLarge: throw tooLarge
    case .endlessFields:
      throw failure(.wrongAnswer, "the header fields of the answer do not end")
    case .enough: return
    case nil: break
    }
    let tries = attempts > 1 ? " (tried \(attempts) times)" : ""
    switch result {
    case CURLE_OK: return
    case CURLE_COULDNT_RESOLVE_HOST:
      throw failure(
        .connection, "no server of that name is known\(tries)",
        "Check the address and the network connection.")
    case CURLE_COULDNT_CONNECT:
      throw failure(
        .connection, "\(curlText)\(tries)", "Check that the server runs and can be reached.")
    case CURLE_OPERATION_TIMEDOUT:
      throw failure(
        .stalled, "the server sends nothing or too slowly\(tries)", "Try again later.")
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      throw failure(
        .connection, "the connection ended before the answer did\(tries)", "Try again later.")
    case CURLE_TOO_MANY_REDIRECTS:
      throw failure(.wrongAnswer, "the server redirects in a circle or too often")
    case CURLE_UNSUPPORTED_PROTOCOL:
      throw failure(
        .wrongAnswer, "the server redirects to an address that is not https or not http",
        "Use the address that it redirects to, if you trust it.")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
      throw failure(
        .connection, "the server's certificate is not trusted: \(curlText)",
        "Install the package ca-certificates, or check the clock and the address.")
    case CURLE_URL_MALFORMAT:
      throw failure(.invalidAddress, "the address is malformed")
    default: throw failure(.connection, "\(curlText)\(tries)")
    }
  }

  /// Throws when the status means failure.
  func checkStatus(attempts: Int = 1) throws(TransportError) {
    if isSuccess { return }
    let tries = attempts > 1 ? " (tried \(attempts) times)" : ""
    switch fields.status {
    case 401:
      throw failure(
        .forbidden, "the server asks for a password (401)",
        "Put user name and password into the address, or make the object public.")
    case 403:
      throw failure(
        .forbidden, "the server refuses (403)",
        "The object is private, or the bucket answers 403 for objects that do not exist because "
          + "listing is not allowed: allow anonymous reading and listing (s3:ListBucket).")
    case 429:
      throw failure(
        .status, "the server asks to slow down (429)\(tries)", "Try again later.")
    case 500...:
      throw failure(
        .status, "the server reports its own failure (\(fields.status))\(tries)",
        "Try again later, or ask who runs it.")
    default: throw failure(.status, "the server answers with status \(fields.status)")
    }
  }

  /// The answer, checked against what was asked for; `nil` where there is no such object.
  func response() throws(TransportError) -> HTTPResponse? {
    switch fields.status {
    case 404, 410: return nil
    case 416: return try emptyRange()
    default: try checkStatus()
    }
    guard let range else {
      guard fields.status != 206 else {
        throw failure(.wrongAnswer, "the server sends a part (206) of what was asked for whole")
      }
      return HTTPResponse(body: body, head: fields.head(size: body.count))
    }
    return fields.status == 206 ? try part(range) : try cut(range)
  }

  /// An answer 206: its bytes must be those asked for.
  private func part(_ range: ByteRange) throws(TransportError) -> HTTPResponse {
    let field = fields["content-range"]
    guard let sent = field.flatMap(ContentRange.init), let offsets = sent.offsets else {
      let said = field ?? "none"
      throw failure(
        .wrongAnswer, "the server sends a range without saying which (Content-Range: \(said))")
    }
    let wanted: Range<Int>?
    switch range {
    case .from(let offset, let length):
      wanted = sent.size.map { range.offsets(inObjectOfSize: $0) } ?? offset..<offset + length
    case .suffix: wanted = sent.size.flatMap { range.offsets(inObjectOfSize: $0) }
    }
    // A server that does not tell the size may end the range early only by ending the object.
    guard let wanted, offsets == wanted || (sent.size == nil && offsets.isPrefix(of: wanted)),
      body.count == offsets.count
    else {
      throw failure(
        .wrongAnswer,
        "\(range) were asked for, but the server sends \(body.count) bytes and "
          + "calls them “\(field ?? "")”")
    }
    return HTTPResponse(body: body, head: fields.head(size: sent.size))
  }

  /// An answer 200 to a request for a range: the whole object, or its beginning.
  private func cut(_ range: ByteRange) throws(TransportError) -> HTTPResponse {
    let isWhole = stop == nil
    guard let offsets = range.offsets(inObjectOfSize: body.count) else {
      throw failure(
        .rangePastEnd, "\(range) were asked for, but the object has only \(body.count) bytes")
    }
    let size = isWhole ? body.count : fields.contentLength
    return HTTPResponse(body: Array(body[offsets]), head: fields.head(size: size))
  }

  /// An answer 416: fine where the range begins exactly at the end, or the object is empty.
  private func emptyRange() throws(TransportError) -> HTTPResponse {
    let size = fields["content-range"].flatMap(ContentRange.init)?.size
    if let size, let offsets = range?.offsets(inObjectOfSize: size), offsets.isEmpty {
      return HTTPResponse(body: [], head: fields.head(size: size))
    }
    let known = size.map { ", but the object has only \($0) bytes" } ?? ", which do not exist (416)"
    throw failure(.rangePastEnd, "\(range?.description ?? "all bytes") were asked for\(known)")
  }

  private var tooLarge: TransportError {
    if range != nil, fields.status == 200 {
      return failure(
        .tooLarge, "the server cannot send ranges and the object is too large to be sent whole",
        "Copy it to this machine, or to a server that answers range requests.")
    }
    return failure(.tooLarge, "the answer is longer than is allowed here")
  }

  private func failure(
    _ kind: TransportError.Kind, _ reason: String, _ remedy: String? = nil
  ) -> TransportError {
    TransportError(
      kind, url: url, status: fields.status == 0 ? nil : fields.status, reason: reason,
      remedy: remedy)
  }
}

extension Range<Int> {
  /// Whether this has the same start as another and does not end later.
  fileprivate func isPrefix(of other: Range<Int>) -> Bool {
    lowerBound == other.lowerBound && upperBound <= other.upperBound
  }
}
