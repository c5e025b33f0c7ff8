/// Writes markup: the one place where text becomes HTML or XML.
public struct MarkupWriter: Sendable {
  private var bytes: [UInt8] = []

  /// Makes a writer that has written nothing.
  public init() {}

  /// What was written.
  public var markup: String { String(decoding: bytes, as: UTF8.self) }

  /// What was written, in UTF-8.
  public var utf8: [UInt8] { bytes }

  /// Writes a token.
  public mutating func write(_ token: MarkupToken) {
    switch token {
    case .start(let name, let attributes): start(name, attributes)
    case .end(let name): end(name)
    case .text(let text): self.text(text)
    }
  }

  /// Writes the start of an element.
  public mutating func start(_ name: String, _ attributes: [MarkupAttribute] = []) {
    bytes.append(UInt8(ascii: "<"))
    bytes += name.utf8
    for attribute in attributes {
      bytes.append(UInt8(ascii: " "))
      bytes += attribute.name.utf8
      bytes += "=\"".utf8
      escape(attribute.value, inAttribute: true)
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: ">"))
  }

  /// Writes the end of an element.
  public mutating func end(_ name: String) {
    bytes += "</".utf8
    bytes += name.utf8
    bytes.append(UInt8(ascii: ">"))
  }

  /// Writes text.
  public mutating func text(_ text: String) { escape(text, inAttribute: false) }

  /// Writes an element with text in it.
  public mutating func element(
    _ name: String, _ attributes: [MarkupAttribute] = [], text content: String
  ) {
    start(name, attributes)
    text(content)
    end(name)
  }

  /// Writes markup that a writer wrote before.
  public mutating func append(_ other: MarkupWriter) { bytes += other.bytes }

  private mutating func escape(_ text: String, inAttribute: Bool) {
    var text = text
    text.withUTF8 { utf8 in
      for byte in utf8 {
        switch byte {
        case UInt8(ascii: "<"): bytes += "&lt;".utf8
        case UInt8(ascii: ">"): bytes += "&gt;".utf8
        case UInt8(ascii: "&"): bytes += "&amp;".utf8
        case UInt8(ascii: "\"") where inAttribute: bytes += "&quot;".utf8
        case UInt8(ascii: "\n") where inAttribute: bytes += "&#10;".utf8
        // Neither HTML nor XML has other control characters.
        case 0..<9, 11, 12, 14..<32, 127: break
        default: bytes.append(byte)
        }
      }
    }
  }
}
