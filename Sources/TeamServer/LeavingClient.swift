internal import Hummingbird
internal import NIOCore

/// Notices that a client has closed its side of a connection; there is one for each connection.
///
/// It is used on the connection's event loop only.
final class LeavingClient: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private var hasLeft = false
  private var left: (@Sendable () -> Void)?

  /// Calls `left` when the client goes, or at once where it has gone; `nil` for nobody.
  func watch(_ left: (@Sendable () -> Void)?) {
    self.left = left
    if hasLeft { left?() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { leave() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  private func leave() {
    hasLeft = true
    left?()
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
    Self.watch(connection) { task.cancel() }
    defer { Self.watch(connection, nil) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private static func watch(_ connection: any Channel, _ left: (@Sendable () -> Void)?) {
    connection.eventLoop.execute {
      let client = try? connection.pipeline.syncOperations.handler(type: LeavingClient.self)
      client?.watch(left)
    }
  }
}
