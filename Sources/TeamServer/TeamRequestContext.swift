internal import Foundation
internal import Hummingbird
internal import NIOCore
internal import Teams

/// What goes along with a request: who sends it, and from where.
struct TeamRequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address of the client, or of the proxy in front of us.
  let remoteAddress: String
  /// The connection it came over; `nil` in tests without a network.
  let connection: (any Channel)?
  /// Who sends it; `nil` where nothing proves that.
  var principal: Principal?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    connection = source.channel.remoteAddress == nil ? nil : source.channel
  }

  /// - Throws: 404, as for anything that does not exist.
  func requirePrincipal() throws -> Principal {
    guard let principal else { throw HTTPError(.notFound) }
    return principal
  }
}

/// Seconds since 1970.
func secondsNow() -> Int64 { Int64(Date.now.timeIntervalSince1970) }
