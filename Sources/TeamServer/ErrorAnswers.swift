internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Logging
internal import NIOCore
internal import Pages
internal import Teams

/// Answers errors: for people as a page, for programs that ask for JSON as that, else as a line of text.
///
/// It stands around everything, and once more where it is known who asks: their page has their name.
struct ErrorAnswers: RouterMiddleware {
  let pages: PageRenderer

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      return try answer(to: error, request, context)
    }
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
      text = error.body ?? Self.words(status, request, context)
    case let error as any HTTPResponseError:
      status = error.status
      text = Self.words(status, request, context)
    default:
      context.logger.error("failed", metadata: ["error": "\(error)"])
      status = .internalServerError
      text =
        "The server could not do this. The log of the server has the cause under \(context.id)."
    }
    guard request.wantsPage else {
      if request.headers[.accept]?.contains("json") == true {
        return .problem(text, status: status, headers)
      }
      headers[.contentType] = "text/plain; charset=utf-8"
      return Response(
        status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text + "\n")))
    }
    var page = try pages.page(
      "problem", title: Self.title(status), principal: context.principal, status: status,
      ["text": .text(text)])
    for field in headers { page.headers[field.name] = field.value }
    return page
  }

  /// The heading of a page, for people who do not know the numbers of HTTP.
  private static func title(_ status: HTTPResponse.Status) -> String {
    switch status.code {
    case 404, 410: "Nothing here"
    case 403: "Not allowed"
    case 423: "Not just now"
    case 413, 507: "Too much"
    case 429, 503: "Too busy"
    case 500...: "The server has failed"
    default: "That did not work"
    }
  }

  private static func words(
    _ status: HTTPResponse.Status, _ request: Request, _ context: TeamRequestContext
  ) -> String {
    switch status {
    case .notFound where context.principal?.scope == .read && request.isChange:
      // Known from the token alone: it is said whether there is something or not.
      "There is nothing here, or you may not change it: this token is for reading only."
    case .notFound: Response.nothing
    case .contentTooLarge: "What you send is larger than the server takes here."
    default: status.reasonPhrase
    }
  }
}

extension Request {
  fileprivate var isChange: Bool { ![.get, .head, .options].contains(method) }
}
