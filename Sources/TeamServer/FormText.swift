internal import Foundation
internal import Hummingbird
internal import Stores

/// Names and values as forms and the queries of addresses carry them
/// (`application/x-www-form-urlencoded`).
enum FormText {
  /// - Throws: 400 where they are badly encoded.
  static func pairs(_ text: String) throws -> [(name: String, value: String)] {
    try text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "")
      else { throw HTTPError(.badRequest, message: "The form is badly encoded.") }
      return (name, value)
    }
  }

  /// A name or value as it stands in the query of an address.
  static func encoded(_ text: String) -> String {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~")
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
  }

  private static func decoded(_ text: Substring) -> String? {
    percentDecoded(text.replacing("+", with: " "))
  }
}
