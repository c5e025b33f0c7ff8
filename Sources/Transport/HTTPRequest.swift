/// Any request over HTTP, as an ``HTTPEngine`` sends it.
public struct HTTPRequest: Sendable {
  /// What is sent behind the header fields.
  public enum Body: Sendable {
    /// No body at all, as with GET, HEAD and DELETE.
    case none
    /// These bytes; none of them is a body too, with `Content-Length: 0`.
    case bytes([UInt8])
    /// A stretch of a file, read while it is sent.
    case file(path: String, offset: Int, length: Int)

    /// How many bytes it has.
    public var count: Int {
      switch self {
      case .none: 0
      case .bytes(let bytes): bytes.count
      case .file(_, _, let length): length
      }
    }
  }

  /// The method, as in `PUT`.
  public var method: String
  /// The address, percent-encoded; its path is sent as it is.
  public var url: String
  /// The header fields, without `Content-Length`.
  public var fields: [(name: String, value: String)]
  /// What is sent.
  public var body: Body
  /// The largest body of an answer that is taken, in bytes.
  public var limit: Int
  /// How fast it may be sent at most, in bytes a second; 0 for as fast as can be.
  public var sendingRate: Int
  /// Whether redirections are followed; a signed request fits one address only.
  public var followsRedirects: Bool

  /// Describes a request.
  public init(
    _ method: String, _ url: String, fields: [(name: String, value: String)] = [],
    body: Body = .none, limit: Int = 1 << 20, sendingRate: Int = 0, followsRedirects: Bool = false
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.limit = limit
    self.sendingRate = sendingRate
    self.followsRedirects = followsRedirects
  }
}

/// The answer to a request, whatever its status.
public struct HTTPReply: Sendable {
  /// The status, as in 200.
  public let status: Int
  /// The body.
  public let body: [UInt8]
  let fields: HTTPFields

  /// Whether the status means success.
  public var isSuccess: Bool { (200..<300).contains(status) }

  /// The value of a header field by its lower-case name.
  public subscript(name: String) -> String? { fields[name] }
}
