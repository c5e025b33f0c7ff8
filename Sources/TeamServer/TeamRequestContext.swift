internal import Foundation
internal import Hummingbird
internal import NIOCore
internal import Teams

/// What goes along with a request: who sends it, and from where.
struct TeamRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address of the client.
  var remoteAddress: String
  /// The connection it came over; `nil` in tests without a network.
  let connection: (any Channel)?
  /// Who sends it; `nil` where nothing proves that.
  var principal: Principal?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    connection = source.channel.remoteAddress == nil ? nil : source.channel
  }

  /// The address of a client: of the connection, or what a proxy on this machine says.
  ///
  /// Behind a proxy all connections come from it: without this, wrong passwords of one client would make
  /// everybody wait. From elsewhere the field could say anything.
  static func client(connection: String, forwarded: String?) -> String {
    guard connection == "127.0.0.1" || connection == "::1",
      let last = forwarded?.split(separator: ",").last
    else { return connection }
    let address = last.trimmingCharacters(in: .whitespaces)
    let isAddress =
      (2...45).contains(address.utf8.count)
      && address.allSatisfy { $0.isHexDigit || $0 == "." || $0 == ":" }
    return isAddress ? address : connection
  }

  /// Who sends a request for something that may not be public.
  ///
  /// - Throws: for people 303 to the sign-in page, for programs 401, whatever they ask for: which paths exist does
  ///   not show.
  @discardableResult
  func principal(askedFor request: Request) throws -> Principal {
    if let principal { return principal }
    if request.wantsPage {
      throw HTTPError(.seeOther, headers: [.location: "/sign-in?to=" + request.uri.path])
    }
    throw HTTPError(
      .unauthorized, headers: [.wwwAuthenticate: Authentication.challenge],
      message: "Sign in, or send a token: Authorization: Bearer …")
  }

  /// - Throws: 404, as for anything that does not exist.
  func requirePrincipal() throws -> Principal {
    guard let principal else { throw HTTPError(.notFound) }
    return principal
  }
}

/// Seconds since 1970.
func secondsNow() -> Int64 { Int64(Date.now.timeIntervalSince1970) }
