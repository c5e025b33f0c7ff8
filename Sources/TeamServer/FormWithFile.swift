internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Multipart

/// A form with a file (`multipart/form-data`), read as it arrives: the fields first and then the file, of which no
/// more than a piece is in memory.
///
/// The file has to be the last field: who sends it, and as what, is looked at before any of it is taken.
final class FormWithFile {
  /// What is known of the file before its bytes.
  struct File {
    /// As the sender calls it.
    let name: String
    /// How many bytes it has at most: a few less where something follows on the form.
    let longest: Int64
  }

  private var parts: RequestBody.AsyncIterator
  private var parser: MultipartParser
  private let length: Int64
  /// What was found and not looked at yet.
  private var events: ArraySlice<MultipartParser.Event> = []
  /// How many bytes the file may still have, with what has to follow.
  private var room: Int64 = 0

  /// Whether a request brings such a form.
  static func isBrought(by request: Request) -> Bool {
    request.headers[.contentType]?.lowercased().hasPrefix("multipart/") == true
  }

  /// - Throws: 411 where the request does not say how long it is, 400 where it is no form.
  init(_ request: Request) throws {
    guard let length = request.headers[.contentLength].flatMap({ Int64($0) }), length >= 0 else {
      throw HTTPError(
        .lengthRequired, message: "Say how long the form is: Content-Length, not chunks.")
    }
    self.length = length
    do { parser = try MultipartParser(contentType: request.headers[.contentType] ?? "") } catch {
      throw Self.refusal(error)
    }
    parts = request.body.makeAsyncIterator()
  }

  /// Reads the fields, up to where the file begins.
  ///
  /// - Parameter limit: how many bytes the fields may have together.
  /// - Returns: the fields, and what is known of the file.
  /// - Throws: 422 where there is no file, 413 where the fields are too long, 400 where it is no form.
  func fields(limit: Int) async throws -> (fields: Form, file: File) {
    var fields: [String: String] = [:]
    var size = 0
    while case .began(let head)? = try await next() {
      if let name = head.fileName {
        // As browsers send a field for a file that nobody chose.
        guard !name.isEmpty else { break }
        room = max(0, length - head.offset - Int64(parser.shortestEnd))
        return (Form(fields: fields), File(name: name, longest: room))
      }
      var text: [UInt8] = []
      while case .bytes(let bytes)? = try await next() {
        size += bytes.count
        guard size <= limit else { throw HTTPError(.contentTooLarge) }
        text += bytes
      }
      fields[head.name] = String(decoding: text, as: UTF8.self)
    }
    throw HTTPError(
      .unprocessableContent, message: "Choose a file; its field has to be the last one of the form."
    )
  }

  /// The next bytes of the file; `nil` at its end, which is the end of the form.
  ///
  /// - Throws: 400 where it is cut off, or something follows.
  fileprivate func nextOfFile() async throws -> [UInt8]? {
    if case .bytes(let bytes)? = try await next() {
      room -= Int64(bytes.count)
      guard room >= 0 else { throw Self.refusal(.cutOff) }
      return bytes
    }
    guard try await next() == nil else {
      throw HTTPError(
        .badRequest, message: "Send one file, as the last field: what follows on it is not read.")
    }
    return nil
  }

  private func next() async throws -> MultipartParser.Event? {
    while events.isEmpty {
      let part = try await parts.next()
      do {
        guard let part else {
          try parser.finish()
          return nil
        }
        events = try parser.take(Array(part.readableBytesView))[...]
      } catch { throw Self.refusal(error) }
    }
    return events.popFirst()
  }

  private static func refusal(_ error: MultipartError) -> HTTPError {
    HTTPError(.badRequest, message: error.description)
  }
}

/// The bytes of the file of a form whose fields were read, to be gone through once.
struct BytesOfFile: AsyncSequence, AsyncIteratorProtocol {
  let form: FormWithFile

  func makeAsyncIterator() -> BytesOfFile { self }

  func next() async throws -> [UInt8]? { try await form.nextOfFile() }
}
