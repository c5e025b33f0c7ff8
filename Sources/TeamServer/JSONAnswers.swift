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

extension Response {
  /// What is said of what does not exist, and of what somebody may not see.
  static let nothing = "There is nothing here, or you may not see it."

  /// An error as clients of xcube's server read it: `{"error": {"status_code", "message"}}`.
  static func problem(
    _ text: String, status: HTTPResponse.Status, _ headers: HTTPFields
  ) -> Response {
    let document: JSONValue = [
      "error": ["status_code": .integer(Int64(status.code)), "message": .string(text)]
    ]
    var headers = headers
    headers[.contentType] = "application/json"
    headers[.cacheControl] = "no-store"
    return Response(
      status: status, headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: document.serialized())))
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
