/// Percent-encoding as Signature Version 4 wants it.
///
/// Everything but the unreserved characters of RFC 3986 (2.3) becomes `%XX` with upper-case digits,
/// byte by byte of the UTF-8 form.
enum URIEncoding {
  /// A name or value of a query.
  static func component(_ text: String) -> String { encode(text, keeping: nil) }

  /// The path of an object; `/` stays, also twice in a row.
  static func path(_ key: String) -> String { encode(key, keeping: UInt8(ascii: "/")) }

  /// A query in canonical form: encoded, then sorted by name and value; empty values keep their `=`.
  static func query(_ items: [(String, String)]) -> String {
    let encoded = items.map { (component($0.0), component($0.1)) }
    let sorted = encoded.sorted { one, other in
      one.0 == other.0 ? one.1.precedes(other.1) : one.0.precedes(other.0)
    }
    return sorted.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func encode(_ text: String, keeping kept: UInt8?) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      if isUnreserved(byte) || byte == kept {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

extension String {
  /// Whether this stands before another text when UTF-8 bytes are compared.
  func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
