internal import Hummingbird
internal import NIOCore

/// Notices that a client closes its side of a connection while its request is being worked on.
private final class LeavingClient: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let left: @Sendable () -> Void

  init(_ left: @escaping @Sendable () -> Void) { self.left = left }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.fireChannelRead(data) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { left() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    left()
    context.fireChannelInactive()
  }
}

extension TeamRequestContext {
  /// Runs what may take long; where the client goes meanwhile, it is cancelled.
  ///
  /// - Throws: what the work throws; `CancellationError` where it was cancelled and gave up.
  func untilClientLeaves<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let connection else { return try await work() }
    let task = Task { try await work() }
    let name = "leaving client of \(id)"
    try? await connection.eventLoop.submit {
      try connection.pipeline.syncOperations.addHandler(
        LeavingClient { task.cancel() }, name: name, position: .first)
    }.get()
    defer { connection.pipeline.removeHandler(name: name, promise: nil) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
