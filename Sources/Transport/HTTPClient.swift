import CCurl
import Glibc

/// Reads objects over HTTP and HTTPS (RFC 9110), whole or in ranges.
///
/// Calls block the thread that makes them; any number of threads may call at once. Connections are
/// kept open and used again. Failures that may pass (429, 5xx, broken connections) are tried again
/// after random, growing waits, or after what the server asks for in `Retry-After`.
public struct HTTPClient: Sendable {
  /// How the client behaves.
  public let configuration: HTTPConfiguration
  private let pool: ConnectionPool

  /// Makes a client; copies of it share its connections.
  public init(configuration: HTTPConfiguration = HTTPConfiguration()) {
    self.configuration = configuration
    pool = ConnectionPool(capacity: configuration.maximumConnections)
  }

  /// Reads an object or a range of it.
  ///
  /// From a server that ignores ranges, the object is received as far as needed and cut, if that is
  /// no more than ``HTTPConfiguration/maximumUnrangedSize`` bytes.
  ///
  /// - Parameters:
  ///   - url: an address that begins with `http://` or `https://`, percent-encoded.
  ///   - range: the bytes wanted; `nil` for all.
  ///   - limit: the largest body that is taken, in bytes.
  /// - Returns: the answer, with fewer bytes than the range asks for where the object ends earlier;
  ///   `nil` when there is no such object (404 or 410).
  /// - Throws: ``TransportError`` when the object cannot be had, is larger than the limit, or the
  ///   range begins past its end (exactly at the end gives no bytes).
  public func get(
    _ url: String, range: ByteRange? = nil, limit: Int
  ) throws(TransportError) -> HTTPResponse? {
    if let range, range.length <= 0 { return try nothing(of: url, range: range) }
    if case .from(let offset, let length) = range,
      offset < 0 || offset.addingReportingOverflow(length).overflow
    {
      throw TransportError(.rangePastEnd, url: url, reason: "the range \(offset)+\(length) is none")
    }
    let exchange = try send(url, range: range, wantsBody: true, limit: limit)
    return try exchange.response()
  }

  /// Asks for the size, tag and date of an object without its bytes.
  ///
  /// - Returns: `nil` when there is no such object (404 or 410).
  /// - Throws: ``TransportError`` when the server cannot be asked.
  public func head(_ url: String) throws(TransportError) -> HTTPHead? {
    let exchange = try send(url, range: nil, wantsBody: false, limit: 0)
    switch exchange.fields.status {
    case 404, 410: return nil
    case 405, 501:
      // Servers without HEAD mostly do ranges, whose answers carry the whole size too.
      return try get(url, range: .from(offset: 0, length: 1), limit: 1)?.head
    default: break
    }
    try exchange.checkStatus()
    return exchange.fields.head(size: exchange.fields.contentLength)
  }

  /// Answers for a range without bytes, which HTTP cannot express.
  private func nothing(of url: String, range: ByteRange) throws(TransportError) -> HTTPResponse? {
    guard let head = try head(url) else { return nil }
    guard range.offsets(inObjectOfSize: head.size ?? .max) != nil else {
      throw TransportError(
        .rangePastEnd, url: url,
        reason: "\(range) were asked for, but the object has only \(head.size ?? 0) bytes")
    }
    return HTTPResponse(body: [], head: head)
  }

  /// Sends a request until it is answered or no attempt is left.
  private func send(
    _ url: String, range: ByteRange?, wantsBody: Bool, limit: Int
  ) throws(TransportError) -> Exchange {
    if let fault = HTTPAddress.fault(in: url) {
      throw TransportError(.invalidAddress, url: url, reason: fault)
    }
    var attempt = 1
    while true {
      let exchange = Exchange(
        url: url, range: range, wantsBody: wantsBody, limit: max(0, limit),
        configuration: configuration)
      guard pool.withHandle({ exchange.perform(on: $0) }) != nil else {
        throw TransportError(.connection, url: url, reason: "libcurl has no memory left")
      }
      guard exchange.mayPass else {
        try exchange.checkDelivery(attempts: attempt)
        return exchange
      }
      let wait = delay(before: attempt + 1, asked: exchange.retryAfter)
      guard attempt < configuration.maximumAttempts, let wait else {
        try exchange.checkDelivery(attempts: attempt)
        try exchange.checkStatus(attempts: attempt)
        return exchange
      }
      pause(wait)
      attempt += 1
    }
  }

  /// How long to wait before an attempt; `nil` when the server wants more patience than is allowed.
  private func delay(before attempt: Int, asked: Int?) -> Duration? {
    if let asked {
      let wait = Duration.seconds(asked)
      return wait <= configuration.longestRetryDelay ? wait : nil
    }
    // Full jitter: callers that failed together must not come back together.
    let doublings = Double(1 << min(20, max(0, attempt - 2)))
    let most = min(configuration.firstRetryDelay * doublings, configuration.longestRetryDelay)
    return most * Double.random(in: 0.2...1)
  }

  private func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var left = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var rest = timespec()
    while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
  }
}
