internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import LiveCubes
internal import NIOCore
internal import Vectors

/// Answers errors of the API in the JSON that clients of xcube's server read:
/// `{"error": {"status_code", "message"}}`.
struct APIErrors: RouterMiddleware {
  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as LiveError {
      return Self.response(HTTPError(error))
    } catch let error as VectorError {
      return Self.response(HTTPError(.badRequest, message: error.description))
    } catch let error as HTTPError where error.status.code >= 400 {
      return Self.response(error)
    } catch let error as any HTTPResponseError where error.status.code < 500 {
      return Self.response(HTTPError(error.status))
    }
  }

  private static func response(_ error: HTTPError) -> Response {
    .problem(
      error.body
        ?? (error.status == .notFound ? Response.nothing : error.status.reasonPhrase),
      status: error.status, error.headers)
  }
}

/// Answers of the API.
enum APIAnswer {
  static func json(_ document: JSONValue, type: String = "application/json") -> Response {
    Response(
      status: .ok, headers: [.contentType: type, .cacheControl: "private, no-cache"],
      body: .init(byteBuffer: ByteBuffer(string: document.serialized())))
  }

  /// Bytes with an entity tag; nothing where the asker has them already.
  static func bytes(_ bytes: [UInt8], type: String, tag: String, _ request: Request) -> Response {
    let tag = "\"\(tag)\""
    var headers: HTTPFields = [
      .contentType: type, .cacheControl: "private, no-cache", .eTag: tag,
    ]
    if request.headers[.ifNoneMatch] == tag {
      return Response(status: .notModified, headers: headers)
    }
    headers[.contentLength] = "\(bytes.count)"
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
