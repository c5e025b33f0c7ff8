internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore

extension Response {
  /// A JSON document that no cache keeps.
  static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok, type: String = "application/json"
  ) -> Response {
    .json(text: value.serialized(), status: status, type: type)
  }

  /// A JSON document, given as text.
  static func json(
    text: String, status: HTTPResponse.Status = .ok, type: String = "application/json"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "private, no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

extension Request {
  /// The body as JSON.
  ///
  /// - Throws: 413 for one over the limit, 400 for one that is no JSON.
  func json(limit: Int) async throws -> JSONValue {
    let body = try await self.body.collect(upTo: limit)
    do { return try JSONValue(parsing: Array(body.readableBytesView)) } catch {
      throw HTTPError(.badRequest, message: "The body is no JSON: \(error)")
    }
  }
}

extension JSONValue {
  /// A whole number.
  static func count(_ number: Int64) -> JSONValue { .integer(number) }

  /// A text, or null.
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
