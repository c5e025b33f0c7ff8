/// Reads the small XML documents that S3 answers with, which are made by programs and hold nothing
/// but elements and texts.
enum S3XML {
  /// The text of the first element of a name, with entities resolved.
  static func text(_ name: String, in document: ArraySlice<UInt8>) -> String? {
    content(name, in: document).map { unescaped($0.inner) }
  }

  /// What stands in each element of a name, still as XML.
  static func all(_ name: String, in document: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    var rest = document
    while let (inner, after) = content(name, in: rest) {
      found.append(inner)
      rest = after
    }
    return found
  }

  private static func content(
    _ name: String, in document: ArraySlice<UInt8>
  ) -> (inner: ArraySlice<UInt8>, after: ArraySlice<UInt8>)? {
    let (open, close) = (Array("<\(name)>".utf8), Array("</\(name)>".utf8))
    guard let start = index(of: open, in: document) else { return nil }
    let rest = document[(start + open.count)...]
    guard let end = index(of: close, in: rest) else { return nil }
    return (rest[..<end], rest[(end + close.count)...])
  }

  private static func index(of pattern: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    var rest = text
    // Every pattern begins with “<”, which texts do not hold.
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...]
      if rest.starts(with: pattern) { return start }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      guard let end = rest.firstIndex(of: ";") else { break }
      let name = rest[rest.index(after: start)..<end]
      let named = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
      let isHexadecimal = name.hasPrefix("#x")
      let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
      if let word = named[String(name)] {
        result += word
      } else if name.hasPrefix("#"), let scalar = number.flatMap(Unicode.Scalar.init) {
        result.unicodeScalars.append(scalar)
      } else {
        result += rest[...end]
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// A text as it may stand in an element.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
