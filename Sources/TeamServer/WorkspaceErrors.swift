internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Teams
internal import Workspaces

/// Gives the errors of workspaces their status, in one place for all routes.
struct WorkspaceErrors: RouterMiddleware {
  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch is CancellationError {
      // Nobody reads it.
      throw HTTPError(.serviceUnavailable, message: "The client has gone.")
    } catch let error as TeamsError where error.kind == .diskFull {
      throw Self.full(error.description, context)
    } catch let error as TeamsError where error.kind == .full {
      throw HTTPError(Self.status(.full), message: error.description)
    } catch let error as WorkspaceError where error.kind == .diskFull {
      throw Self.full(error.description, context)
    } catch let error as WorkspaceError where error.kind != .storage {
      throw HTTPError(Self.status(error.kind), message: error.description)
    }
  }

  /// A disk without room: whoever runs the server reads it in the log, too.
  private static func full(_ text: String, _ context: TeamRequestContext) -> HTTPError {
    context.logger.error("disk full", metadata: ["error": "\(text)"])
    return HTTPError(status(.diskFull), message: text)
  }

  /// A piece that does not fit its checksum, as tus 1.0 numbers it.
  private static let checksumMismatch = HTTPResponse.Status(
    code: 460, reasonPhrase: "Checksum Mismatch")

  static func status(_ kind: WorkspaceError.Kind) -> HTTPResponse.Status {
    switch kind {
    case .invalid: .unprocessableContent
    case .unknown: .notFound
    case .taken, .conflict: .conflict
    case .full, .diskFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
    case .tooLarge: .contentTooLarge
    case .tooLong: .serviceUnavailable
    case .busy: .init(code: 423, reasonPhrase: "Locked")
    case .mismatch: checksumMismatch
    case .storage: .internalServerError
    }
  }
}
