internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Teams

/// Finds out who sends a request, from a token or a session's cookie.
///
/// A wrong token is an error of its own, so that a script with an expired one does not believe that its data
/// are gone. What a browser sends by itself, sessions and passwords of basic authentication, counts for our
/// own pages alone: a page of another origin, also one on the same host, needs a token that it sends
/// knowingly.
struct Authentication: RouterMiddleware {
  let database: TeamDatabase
  let cookies: SessionCookies
  /// Our own origin.
  let origin: String

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let isOurs = request.isNavigation || !request.comesFromElsewhere(than: origin)
    if let secret = Self.token(request, isOurs: isOurs) {
      guard let principal = try await database.principal(token: secret, now: secondsNow()) else {
        throw HTTPError(
          .unauthorized, headers: [.wwwAuthenticate: Self.challenge],
          message: "This token is unknown or has expired: make a new one on your page of tokens.")
      }
      context.principal = principal
    } else if isOurs, let secret = cookies.secret(of: request) {
      context.principal = try await database.principal(session: secret, now: secondsNow())
    }
    return try await next(request, context)
  }

  /// Makes QGIS and others ask for a name and a password.
  static let challenge = "Basic realm=\"Cubepress\", charset=\"UTF-8\""

  /// The secret of a token, sent as a bearer token (RFC 6750) or, by clients that know only that, as the
  /// password of basic authentication (RFC 7617) with any name; clients of S3 send it as the access key.
  ///
  /// Of those the signature is not looked at: the server keeps no token with which it could be compared.
  /// The token itself is the secret, there as in the other forms.
  static func token(_ request: Request, isOurs: Bool) -> String? {
    guard let field = request.headers[.authorization] else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return "" }
    switch parts[0].lowercased() {
    case "bearer": return String(parts[1])
    case "basic" where !isOurs: return nil
    case "basic":
      guard let data = Data(base64Encoded: String(parts[1])) else { return "" }
      let pair = String(decoding: data, as: UTF8.self).split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return pair.count == 2 ? String(pair[1]) : ""
    case "aws4-hmac-sha256":
      let credential = parts[1].split(whereSeparator: { $0 == "," || $0 == " " })
        .first { $0.hasPrefix("Credential=") }
      return credential?.dropFirst("Credential=".count).prefix { $0 != "/" }.description ?? ""
    default: return ""
    }
  }
}

/// Refuses requests that change something and come from another site's page: browsers say so in
/// `Origin` and `Sec-Fetch-Site`.
///
/// A request with a token is exempt, since no browser adds one by itself; it does so with a password.
struct CrossSiteGuard: RouterMiddleware {
  let origin: String

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    let isSafe = [.get, .head, .options].contains(request.method)
    let hasToken =
      request.headers[.authorization].map { !$0.lowercased().hasPrefix("basic ") } ?? false
    if !isSafe, !hasToken {
      guard !request.comesFromElsewhere(than: origin) else {
        throw HTTPError(.forbidden, message: "This request comes from another site's page.")
      }
    }
    return try await next(request, context)
  }
}

/// The cookie that holds a session's secret.
struct SessionCookies: Sendable {
  let isSecure: Bool
  let lifetime: Int64

  /// With `__Host-` browsers take the cookie only over HTTPS, for this host alone and all its paths.
  private var name: String { isSecure ? "__Host-cubepress" : "cubepress" }

  func secret(of request: Request) -> String? { request.cookies[name]?.value }

  func cookie(_ secret: String) -> Cookie {
    Cookie(
      name: name, value: secret, maxAge: Int(lifetime), path: "/", secure: isSecure, httpOnly: true,
      sameSite: .lax)
  }

  var removal: Cookie {
    Cookie(
      name: name, value: "", maxAge: 0, path: "/", secure: isSecure, httpOnly: true, sameSite: .lax)
  }
}
