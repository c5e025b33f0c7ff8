/// The answer to a GET request.
public struct HTTPResponse: Sendable, Equatable {
  /// The bytes: the whole object, or those in the range that was asked for.
  public let body: [UInt8]
  /// What the server says about the object.
  public let head: HTTPHead
}

/// What a server says about an object.
public struct HTTPHead: Sendable, Hashable {
  /// The size of the whole object in bytes, where the server says it.
  public let size: Int?
  /// The entity tag as sent, with quotes and any `W/`.
  public let entityTag: String?
  /// The date of the last change as sent (RFC 9110, 5.6.7).
  public let lastModified: String?
  /// The media type as sent.
  public let contentType: String?
}

/// The header fields of one answer; of fields sent twice the last counts.
struct HTTPFields: Sendable {
  private(set) var status = 0
  private var values: [String: String] = [:]

  /// Takes one line as libcurl hands it over; a status line starts a new answer.
  mutating func add(line: UnsafeRawBufferPointer) {
    let text = String(decoding: line, as: UTF8.self)
    if text.utf8.starts(with: "HTTP/".utf8) {
      // "HTTP/1.1 206 Partial Content": redirections and interim answers come before the last.
      status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      values = [:]
    } else if let colon = text.firstIndex(of: ":") {
      let value = text[text.index(after: colon)...]
      values[text[..<colon].lowercased()] = value.trimmingSpaces
    }
  }

  /// The value of a field by its lower-case name.
  subscript(name: String) -> String? { values[name] }

  /// The length of the body that follows, where it is said.
  var contentLength: Int? { values["content-length"].flatMap { Int($0) }.flatMap(natural) }

  private func natural(_ number: Int) -> Int? { number >= 0 ? number : nil }

  func head(size: Int?) -> HTTPHead {
    HTTPHead(
      size: size, entityTag: values["etag"], lastModified: values["last-modified"],
      contentType: values["content-type"])
  }
}

/// The field `Content-Range` (RFC 9110, 14.4).
package struct ContentRange: Equatable {
  /// The offsets that were sent; `nil` in an answer 416.
  package let offsets: Range<Int>?
  /// The size of the whole object; `nil` where the server does not know.
  package let size: Int?

  package init?(_ field: String) {
    let parts = field.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
    let halves = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let size = Int(halves[1])
    guard halves[1] == "*" || (size ?? -1) >= 0 else { return nil }
    self.size = size
    if halves[0] == "*" {
      offsets = nil
      return
    }
    let bounds = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, let first = Int(bounds[0]), let last = Int(bounds[1]),
      first >= 0, last >= first, last < size ?? .max
    else { return nil }
    offsets = first..<(last + 1)
  }
}

extension Substring {
  /// The text without spaces, tabs and line ends at either side.
  var trimmingSpaces: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    let start = drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }
    return end.map { String(start[...$0]) } ?? ""
  }
}
