internal import Hummingbird
internal import NIOCore
internal import Teams
internal import Workspaces

/// What those who run the server ask it.
struct OperationRoutes: Sendable {
  let database: TeamDatabase
  let metrics: Metrics
  let storage: StorageMetrics
  let workspace: Workspace

  func add(to router: Router<TeamRequestContext>) {
    // Alive: the process answers. Ready: it can do its work.
    router.get("health/live") { _, _ in Self.plain("alive\n") }
    router.get("health/ready") { _, _ in
      guard await database.isAnswering() else {
        return Self.plain("the database does not answer\n", .serviceUnavailable)
      }
      return Self.plain(Self.readiness(await workspace.diskRoom()))
    }
    // For administrators' tokens and sessions: the counts tell how much a team works.
    router.get("metrics") { _, context in
      guard context.principal?.user.isAdministrator == true else { throw HTTPError(.notFound) }
      return Self.plain(
        metrics.text() + (try await storage.text()),
        type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  /// Also with a full disk it is ready: what is there can be read, and a load balancer that sent nobody any more
  /// would take that, too.
  static func readiness(_ room: DiskRoom?) -> String {
    room?.isFull == true
      ? "ready for reading only: the disk of the data folder is full\n" : "ready\n"
  }

  private static func plain(
    _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
