internal import Hummingbird
internal import NIOCore
internal import Teams

/// What those who run the server ask it.
struct OperationRoutes: Sendable {
  let database: TeamDatabase
  let metrics: Metrics
  let storage: StorageMetrics

  func add(to router: Router<TeamRequestContext>) {
    // Alive: the process answers. Ready: it can do its work.
    router.get("health/live") { _, _ in Self.plain("alive\n") }
    router.get("health/ready") { _, _ in
      await database.isAnswering()
        ? Self.plain("ready\n") : Self.plain("the database does not answer\n", .serviceUnavailable)
    }
    // For administrators' tokens and sessions: the counts tell how much a team works.
    router.get("metrics") { _, context in
      guard context.principal?.user.isAdministrator == true else { throw HTTPError(.notFound) }
      return Self.plain(
        metrics.text() + (try await storage.text()),
        type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  private static func plain(
    _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
