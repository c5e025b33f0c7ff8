internal import HTTPTypes
internal import Hummingbird
internal import Workspaces

/// Gives the errors of workspaces their status, in one place for all routes.
struct WorkspaceErrors: RouterMiddleware {
  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as WorkspaceError where error.kind != .storage {
      throw HTTPError(Self.status(error.kind), message: error.description)
    }
  }

  /// A piece that does not fit its checksum, as tus 1.0 numbers it.
  private static let checksumMismatch = HTTPResponse.Status(
    code: 460, reasonPhrase: "Checksum Mismatch")

  static func status(_ kind: WorkspaceError.Kind) -> HTTPResponse.Status {
    switch kind {
    case .invalid: .unprocessableContent
    case .unknown: .notFound
    case .taken, .conflict: .conflict
    case .full: .init(code: 507, reasonPhrase: "Insufficient Storage")
    case .tooLarge: .contentTooLarge
    case .busy: .init(code: 423, reasonPhrase: "Locked")
    case .mismatch: checksumMismatch
    case .storage: .internalServerError
    }
  }
}
