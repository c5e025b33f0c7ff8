internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// Ends connections whose bodies come too slowly, so that idle clients cannot hold all places.
///
/// The idle time of connections (`TeamServer.run`) does the same for heads of requests.
struct BodyPatience: RouterMiddleware {
  /// How long the next part of a body may take.
  let part: TimeAmount
  /// How long a whole body may take, except for uploads, which take as long as they move on.
  let whole: TimeAmount

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    guard let channel = context.connection, ![.get, .head].contains(request.method) else {
      return try await next(request, context)
    }
    var request = request
    let isUpload =
      request.method == .patch || request.method == .put || UploadRoutes.isForm(request)
    request.body = RequestBody(
      asyncSequence: TimelyBody(
        body: request.body, channel: channel, part: part,
        end: isUpload ? nil : .now() + whole))
    return try await next(request, context)
  }
}

/// A body whose connection is closed when it takes too long.
private struct TimelyBody: AsyncSequence, Sendable {
  let body: RequestBody
  let channel: any Channel
  let part: TimeAmount
  let end: NIODeadline?

  struct AsyncIterator: AsyncIteratorProtocol {
    var parts: RequestBody.AsyncIterator
    let timely: TimelyBody

    mutating func next() async throws -> ByteBuffer? {
      let channel = timely.channel
      let limit = NIODeadline.now() + timely.part
      let end = timely.end.map { Swift.min($0, limit) } ?? limit
      // Whoever waits for the body then gets an error.
      let watch = channel.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
      defer { watch.cancel() }
      return try await parts.next()
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(parts: body.makeAsyncIterator(), timely: self)
  }
}
