import Foundation
import Stores
import Synchronization
import Transport

/// One request to a bucket, before it is signed.
struct S3Call: Sendable {
  var method: String
  /// The full name of an object; `nil` for the bucket itself.
  var name: String?
  var query: [(String, String)] = []
  var fields: [(name: String, value: String)] = []
  var body = HTTPRequest.Body.none
  /// The SHA-256 of the body in hexadecimal.
  var bodyHash = S3Call.hashOfNothing
  /// The largest answer that is taken.
  var limit = 1 << 20

  static let hashOfNothing = sha256Hex([UInt8]())

  init(_ method: String, _ name: String?) {
    self.method = method
    self.name = name
  }

  /// Whether it changes nothing.
  var isRead: Bool { method == "GET" || method == "HEAD" }

  /// The same request with a body in memory.
  func sending(_ bytes: [UInt8]) -> S3Call {
    var call = self
    call.body = .bytes(bytes)
    call.bodyHash = sha256Hex(bytes)
    return call
  }
}

/// Talks to one bucket: signs requests, tries again where that may help, and explains failures.
///
/// Calls block and may be made from any thread.
public final class S3Client: Sendable {
  private let source: CredentialSource
  private let signing: Signing
  private let place: Mutex<BucketAddress>
  /// How far the server's clock is ahead of ours, in seconds.
  private let skew = Atomic<Int>(0)
  private let hasSeenTime = Atomic<Bool>(false)
  let engine: HTTPEngine

  /// How often a request is sent before it fails.
  static let maximumAttempts = 8

  /// Whether requests are signed.
  public enum Signing: Sendable, Hashable {
    /// All are; without credentials there is no request.
    case always
    /// They are where there are credentials: public buckets want none.
    case whenPossible
    /// None is.
    case never
  }

  /// Makes a client; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - address: the bucket.
  ///   - source: where credentials come from.
  ///   - signing: whether requests are signed.
  ///   - connections: how many requests may be under way at once.
  public init(
    _ address: BucketAddress, source: CredentialSource, signing: Signing = .always,
    connections: Int = 64
  ) {
    self.source = source
    self.signing = signing
    place = Mutex(address)
    var configuration = HTTPConfiguration()
    configuration.maximumConnections = connections
    engine = HTTPEngine(configuration: configuration)
  }

  /// The bucket.
  public var address: BucketAddress { place.withLock { $0 } }

  /// The time as the server sees it, in seconds since 1970-01-01 UTC.
  public var now: Int { Int(time(nil)) + skew.load(ordering: .relaxed) }

  /// A request, signed now where it is to be signed.
  func signed(
    _ call: S3Call, insteadOf used: AWSCredentials? = nil
  ) throws(BucketError) -> (request: HTTPRequest, credentials: AWSCredentials?) {
    let address = address
    let credentials = try credentials(insteadOf: used)
    let path = address.path(of: call.name)
    let query = URIEncoding.query(call.query)
    var fields = call.fields
    if let credentials {
      fields = SignatureV4(region: address.region, service: "s3").signedFields(
        SignatureV4.Request(
          method: call.method, host: address.host, path: path, query: query, fields: call.fields,
          bodyHash: call.bodyHash), credentials, at: now)
    }
    return (
      HTTPRequest(
        call.method, address.url(path: path, query: query), fields: fields, body: call.body,
        limit: call.limit), credentials
    )
  }

  /// Why requests go out without a signature; `nil` where they are signed.
  var whyUnsigned: String? {
    switch signing {
    case .never: "it was said to be anonymous"
    case .whenPossible where source.areNone:
      "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
    default: nil
    }
  }

  private func credentials(
    insteadOf used: AWSCredentials?
  ) throws(BucketError) -> AWSCredentials? {
    switch signing {
    case .never: return nil
    case .whenPossible: return try source.credentialsIfAny(insteadOf: used)
    case .always: return try source.credentials(insteadOf: used)
    }
  }

  /// Sends a request until it is answered for good; blocks.
  ///
  /// - Returns: a reply whose status is one of success.
  /// - Throws: ``BucketError`` for every other.
  func perform(_ call: S3Call) throws(BucketError) -> HTTPReply {
    var attempt = 1
    var refused: AWSCredentials?
    while true {
      let (request, credentials) = try signed(call, insteadOf: refused)
      let result: Result<HTTPReply, TransportError>
      do {
        result = .success(try engine.perform(request))
      } catch {
        result = .failure(error)
      }
      switch verdict(result, call, attempt: attempt) {
      case .done(let reply): return reply
      case .failed(let error): throw error
      case .again(let wait, _, let needsCredentials):
        refused = needsCredentials ? credentials : nil
        Thread.sleep(forTimeInterval: wait)
        attempt += 1
      }
    }
  }

  /// What an answer amounts to.
  enum Verdict {
    case done(HTTPReply)
    /// Try again after some seconds; `isCongested` says that fewer requests at once may help.
    case again(after: Double, isCongested: Bool, needsCredentials: Bool)
    case failed(BucketError)
  }

  /// Judges an answer, and learns from it which region and what time the server has.
  func verdict(
    _ result: Result<HTTPReply, TransportError>, _ call: S3Call, attempt: Int
  ) -> Verdict {
    let reply: HTTPReply
    switch result {
    case .failure(let error):
      let mayPass = error.kind == .connection || error.kind == .stalled
      if mayPass, attempt < Self.maximumAttempts {
        return .again(after: Self.wait(attempt), isCongested: true, needsCredentials: false)
      }
      return .failed(unanswered(error, call, attempts: attempt))
    case .success(let answered): reply = answered
    }
    // Finishing an upload may fail after the status was sent; then the body tells.
    let failsInside =
      reply.isSuccess && call.method == "POST"
      && S3XML.text("Code", in: reply.body[...]) != nil
    if reply.isSuccess, !failsInside {
      // Claims and times of grace count by the server's clock, also where it takes our signatures.
      if !hasSeenTime.exchange(true, ordering: .relaxed) { _ = learnsTime(reply) }
      return .done(reply)
    }
    let complaint = S3Complaint(reply)
    guard attempt < Self.maximumAttempts else {
      return .failed(
        complaint.error(
          trying: attemptText(call), address, isRead: call.isRead, attempts: attempt))
    }
    if complaint.mayPass {
      let asked = reply["retry-after"].flatMap { Double($0) }
      return .again(
        after: asked.map { min($0, 60) } ?? Self.wait(attempt), isCongested: true,
        needsCredentials: false)
    }
    if complaint.credentialsEnded, attempt <= 2 {
      return .again(after: 0, isCongested: false, needsCredentials: true)
    }
    let mayBeTime = reply.status == 403 || reply.status == 400
    if attempt <= 2, mayBeTime && learnsTime(reply) || learnsRegion(reply, complaint) {
      return .again(after: 0, isCongested: false, needsCredentials: false)
    }
    return .failed(
      complaint.error(
        trying: attemptText(call), address, isRead: call.isRead, attempts: attempt))
  }

  /// A random wait that grows with each attempt: callers that failed together must not come back
  /// together.
  private static func wait(_ attempt: Int) -> Double {
    Double.random(in: 0...min(20, 0.2 * Double(1 << min(10, attempt))))
  }

  /// Corrects our clock by the server's, where they differ by minutes.
  private func learnsTime(_ reply: HTTPReply) -> Bool {
    guard let theirs = reply["date"].flatMap(AmazonTime.seconds(httpDate:)), abs(theirs - now) > 120
    else { return false }
    skew.store(theirs - Int(time(nil)), ordering: .relaxed)
    return true
  }

  /// Takes over the region that the server names, where it is another.
  private func learnsRegion(_ reply: HTTPReply, _ complaint: S3Complaint) -> Bool {
    guard let region = reply["x-amz-bucket-region"] ?? complaint.region else { return false }
    return place.withLock { place in
      guard place.region != region else { return false }
      place.region = region
      return true
    }
  }

  private func attemptText(_ call: S3Call) -> String {
    let what = call.name.map { "“\($0)” in " } ?? ""
    let words = ["GET": "read", "HEAD": "look at", "DELETE": "delete"]
    return "\(words[call.method] ?? "write") \(what)s3://\(address.bucket) at \(address.endpoint)"
  }

  private func unanswered(_ error: TransportError, _ call: S3Call, attempts: Int) -> BucketError {
    let tries = attempts > 1 ? " (tried \(attempts) times)" : ""
    let kind: BucketError.Kind
    var remedy: String?
    switch error.kind {
    case .invalidAddress: (kind, remedy) = (.address, "Check --endpoint.")
    case .unsendable:
      (kind, remedy) = (.content, "Build the site again, and do not change it while it is sent.")
    case .untrusted:
      (kind, remedy) = (.unavailable, "Install ca-certificates, or check the clock and --endpoint.")
    case .wrongAnswer, .tooLarge: kind = .wrongAnswer
    default:
      (kind, remedy) = (.unavailable, "Check --endpoint and the network, then run it again.")
    }
    return BucketError(
      kind, attempt: attemptText(call), reason: error.reason + tries, remedy: remedy)
  }
}
