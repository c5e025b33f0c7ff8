internal import Foundation

/// What is said of a part of a form before its content.
public struct PartHead: Sendable, Hashable {
  /// The name of the field.
  public let name: String
  /// What the sender calls the file; `nil` for a field that is none, empty where no file was chosen.
  public let fileName: String?
  /// How many bytes of the body come before the content.
  public let offset: Int64
}

extension PartHead {
  /// Reads the lines before a part's content, of which only `Content-Disposition` counts (RFC 7578, 4.2).
  ///
  /// - Throws: ``MultipartError`` where it is missing, or names no field.
  init(lines: [UInt8], offset: Int64) throws(MultipartError) {
    // A line break is one character of Swift's.
    for line in String(decoding: lines, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else {
        throw MultipartError("a line before a field's content has no colon")
      }
      guard line[..<colon].lowercased() == "content-disposition" else { continue }
      let field = HeaderField(line[line.index(after: colon)...])
      guard field.value == "form-data", let name = field.parameters["name"] else { break }
      self.init(
        name: Self.unescaped(name), fileName: field.parameters["filename"].map(Self.unescaped),
        offset: offset)
      return
    }
    throw MultipartError("a part of it names no field")
  }

  /// What browsers write for the three characters that would end a quoted name (HTML, 4.10.21.8); they escape no
  /// other.
  private static func unescaped(_ text: String) -> String {
    text.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n")
  }
}

/// A header field with parameters: `value; name=token; name="quoted"`.
struct HeaderField {
  /// In small letters.
  let value: String
  /// By name in small letters; of several with one name the first.
  let parameters: [String: String]

  init(_ text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    func take(until ends: [UInt8]) -> String {
      let end = rest.firstIndex(where: ends.contains) ?? rest.endIndex
      defer { rest = rest[end...] }
      return String(decoding: rest[..<end], as: UTF8.self)
    }
    func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }
    let semicolon = UInt8(ascii: ";")
    let equals = UInt8(ascii: "=")
    let quote = UInt8(ascii: "\"")
    value = trimmed(take(until: [semicolon])).lowercased()
    var found: [String: String] = [:]
    while rest.popFirst() != nil {
      let name = trimmed(take(until: [equals, semicolon])).lowercased()
      guard rest.popFirst() == equals else { continue }
      rest = rest.drop { $0 == UInt8(ascii: " ") }
      let text: String
      if rest.first == quote {
        rest.removeFirst()
        text = take(until: [quote])
        _ = take(until: [semicolon])
      } else {
        text = trimmed(take(until: [semicolon]))
      }
      if found[name] == nil { found[name] = text }
    }
    parameters = found
  }
}
