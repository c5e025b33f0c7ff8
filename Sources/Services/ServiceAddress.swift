import Pyramids

/// Makes absolute addresses of keys and templates.
struct ServiceAddress: Sendable {
  /// The address of the site, ending in a slash.
  let base: String

  /// The address of a key.
  func url(_ key: String) -> String { base + ServiceAddress.encoded(key, keeping: "") }

  /// The address of a template; its braces stay.
  func template(_ template: String) -> String {
    base + ServiceAddress.encoded(template, keeping: "{}")
  }

  /// The text with everything percent-encoded that may not stand in a path (RFC 3986, 3.3).
  ///
  /// Slashes and colons stay: times are part of keys.
  static func encoded(_ text: String, keeping kept: String) -> String {
    let plain = "-._~/:@!$'()*,;=" + kept
    var encoded = ""
    for byte in text.utf8 {
      let isLetterOrDigit =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: false
        }
      if isLetterOrDigit || plain.utf8.contains(byte) {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}

extension BuiltVariable {
  /// The values of its dimensions that are shown first, by place-holder.
  var defaults: [String: String] {
    Dictionary(
      dimensions.map { ($0.placeholder, $0.defaultValue) }, uniquingKeysWith: { first, _ in first })
  }
}

extension String {
  /// The template with some of its place-holders filled.
  func filling(_ values: [String: String]) -> String {
    values.reduce(self) { text, entry in
      text.replacing("{\(entry.key)}", with: ServiceAddress.encoded(entry.value, keeping: ""))
    }
  }
}
