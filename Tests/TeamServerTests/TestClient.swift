import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded

@testable import TeamServer

/// Sends requests to a router without a network between.
struct TestClient {
  private let responder: any HTTPResponder<TeamRequestContext>

  init(_ responder: any HTTPResponder<TeamRequestContext>) { self.responder = responder }

  struct Answer {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let text: String
  }

  func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
    try await send(.get, path, headers, body: "")
  }

  /// Sends a form.
  func post(
    _ path: String, _ headers: HTTPFields = [:], _ fields: [String: String] = [:]
  ) async throws -> Answer {
    let text = fields.map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
    }.joined(separator: "&")
    return try await send(.post, path, headers, body: text)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, body: String = ""
  ) async throws -> Answer {
    try await send(method, path, headers, RequestBody(buffer: ByteBuffer(string: body)))
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ body: RequestBody
  ) async throws -> Answer {
    let head = HTTPRequest(
      method: method, scheme: "http", authority: "cubes.test", path: path, headerFields: headers)
    var logger = Logger(label: "test", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = .critical
    logger[metadataKey: "hb.request.id"] = "1"
    let response = try await responder.respond(
      to: Request(head: head, body: body),
      context: TeamRequestContext(
        source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger)))
    let collected = Collector.Bytes()
    try await response.body.write(Collector(bytes: collected))
    return Answer(
      status: response.status, headers: response.headers, text: String(buffer: collected.buffer))
  }

  private struct Collector: ResponseBodyWriter {
    final class Bytes { var buffer = ByteBuffer() }

    let bytes: Bytes

    func write(_ buffer: ByteBuffer) { bytes.buffer.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) {}
  }
}
