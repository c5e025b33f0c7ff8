internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// The last to see an answer: safety headers, one line in the log.
struct Answering: RouterMiddleware {
  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.remoteAddress = TeamRequestContext.client(
      connection: context.remoteAddress,
      forwarded: HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] })
    var response = try await next(request, context)
    if response.status == .unauthorized, request.isOfPage {
      // By the other challenge browsers would ask for a password on behalf of whatever page it is.
      response.headers[.wwwAuthenticate] = "Bearer realm=\"Cubepress\""
    }
    response.headers[.xContentTypeOptions] = "nosniff"
    // `no-referrer` would make browsers send `Origin: null` with our own forms.
    for (name, value) in [("Referrer-Policy", "same-origin"), ("X-Request-Id", context.id)] {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    context.logger.info(
      "request",
      metadata: [
        "method": "\(request.method.rawValue)", "path": "\(Self.logged(request.uri.path))",
        "status": "\(response.status.code)", "from": "\(context.remoteAddress)",
      ])
    return response
  }

  /// A path without what is secret in it: queries are never logged, an invitation's secret neither.
  static func logged(_ path: String) -> String {
    path.hasPrefix("/invitation/") ? "/invitation/…" : path
  }
}
