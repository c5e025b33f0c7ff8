internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Pages
internal import Teams

/// The last to see an answer: safety headers, errors as pages or as text, one line in the log.
struct Answering: RouterMiddleware {
  let pages: PageRenderer

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.remoteAddress = TeamRequestContext.client(
      connection: context.remoteAddress,
      forwarded: HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] })
    var response: Response
    do {
      response = try await next(request, context)
    } catch {
      response = try answer(to: error, request, context)
    }
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

  private func answer(
    to error: any Error, _ request: Request, _ context: TeamRequestContext
  ) throws -> Response {
    let status: HTTPResponse.Status
    var headers = HTTPFields()
    var text: String
    switch error {
    case let error as HTTPError:
      status = error.status
      headers = error.headers
      text = error.body ?? Self.words(status)
    case let error as any HTTPResponseError:
      status = error.status
      text = Self.words(status)
    default:
      context.logger.error("failed", metadata: ["error": "\(error)"])
      status = .internalServerError
      text = Self.words(status) + " The log of the server has the cause under \(context.id)."
    }
    guard request.headers[.accept]?.contains("text/html") == true else {
      headers[.contentType] = "text/plain; charset=utf-8"
      return Response(
        status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text + "\n")))
    }
    var page = try pages.page(
      "problem", title: status.reasonPhrase, principal: context.principal, status: status,
      ["text": .text(text)])
    for field in headers { page.headers[field.name] = field.value }
    return page
  }

  private static func words(_ status: HTTPResponse.Status) -> String {
    switch status {
    case .notFound: "There is nothing here, or you may not see it."
    case .internalServerError: "The server could not do this."
    default: status.reasonPhrase
    }
  }
}
