internal import HTTPTypes
internal import Hummingbird

/// The origin of a page (RFC 6454): scheme, host and, where it is not the usual one, port.
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
  /// As browsers send it in the field `Origin`.
  public let description: String

  /// Reads `https://host` or `http://host:port`; a slash at the end does not count.
  ///
  /// - Returns: `nil` for anything else, such as `*`, `null`, or an address with a path.
  public init?(_ text: String) {
    var rest = text.lowercased()[...]
    if rest.hasSuffix("/") { rest.removeLast() }
    guard let scheme = ["https://", "http://"].first(where: rest.hasPrefix) else { return nil }
    rest.removeFirst(scheme.count)
    var host = rest
    var port = ""
    if let colon = rest.lastIndex(of: ":"), rest.last != "]" {
      host = rest[..<colon]
      guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else { return nil }
      port = number == (scheme == "https://" ? 443 : 80) ? "" : ":\(number)"
    }
    guard Self.isHost(host) else { return nil }
    description = scheme + host + port
  }

  private static func isHost(_ text: Substring) -> Bool {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let address = text.dropFirst().dropLast()
      return !address.isEmpty && address.allSatisfy { $0.isHexDigit || ":.".contains($0) }
    }
    return !text.isEmpty
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) }
  }
}

/// Lets the pages of named origins use the server with a token (the Fetch standard's CORS protocol).
///
/// Nothing is said to other origins, and never that cookies may come along: whoever is signed in here is
/// not signed in for pages from elsewhere. It stands around everything else, so that such pages can read
/// errors too.
struct CrossOrigin: RouterMiddleware {
  let origins: Set<String>

  init(_ origins: [WebOrigin]) { self.origins = Set(origins.map(\.description)) }

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    // What is sent back comes from the list, not from the request.
    let origin = request.headers[.origin].flatMap { sent in origins.first { $0 == sent } }
    var response: Response
    if origin != nil, request.method == .options,
      request.headers[.accessControlRequestMethod] != nil
    {
      response = Response(status: .noContent, headers: Self.permissions)
    } else {
      response = try await next(request, context)
    }
    let varies = response.headers[.vary].map { "\($0), " } ?? ""
    response.headers[.vary] = varies + "Origin"
    if let origin {
      response.headers[.accessControlAllowOrigin] = origin
      response.headers[.accessControlExposeHeaders] = Self.exposed
    }
    return response
  }

  /// The answer to the question that browsers ask first.
  private static let permissions: HTTPFields = [
    .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
    .accessControlAllowHeaders:
      "Authorization, Content-Type, Range, If-Match, If-None-Match, If-Modified-Since, If-Range, "
      + "Cache-Control, Content-Digest, Tus-Resumable, Upload-Checksum, Upload-Length, Upload-Metadata, "
      + "Upload-Offset",
    // More than two hours no browser keeps it.
    .accessControlMaxAge: "7200",
  ]

  /// What readers of ranges and clients of tus look at, beside what every page may read.
  private static let exposed =
    "Accept-Ranges, Content-Encoding, Content-Length, Content-Location, Content-Range, ETag, "
    + "Last-Modified, Location, Retry-After, Tus-Resumable, Upload-Length, Upload-Offset, X-Request-Id"
}

extension Request {
  /// Whether the page of another origin sends it, which browsers tell in `Origin` and `Sec-Fetch-Site`.
  func comesFromElsewhere(than own: String) -> Bool {
    if let origin = headers[.origin], origin != own { return true }
    let site = HTTPField.Name("Sec-Fetch-Site").flatMap { headers[$0] }
    return site != nil && site != "same-origin" && site != "none"
  }

  /// Whether a page in a browser sends it.
  var isOfPage: Bool {
    headers[.origin] != nil || HTTPField.Name("Sec-Fetch-Site").map(headers.contains) == true
  }

  /// Whether somebody follows a link: the answer becomes a page of ours, which the other cannot read.
  var isNavigation: Bool {
    [.get, .head].contains(method) && headers[.origin] == nil
      && HTTPField.Name("Sec-Fetch-Mode").flatMap { headers[$0] } == "navigate"
  }
}
