import Foundation

extension StringProtocol {
  /// The text without white space around it.
  var trimmingSpaces: String { trimmingCharacters(in: .whitespacesAndNewlines) }

  /// The text in the form in which accents and letters are one.
  var precomposed: String { precomposedStringWithCanonicalMapping }
}

/// The name of a heading in addresses.
enum Slug {
  /// The words of a text in lower case, joined by dashes.
  static func of(_ text: String) -> String {
    var slug = ""
    for scalar in text.precomposed.lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        slug.unicodeScalars.append(scalar)
      } else if slug.last != "-", !slug.isEmpty {
        slug.append("-")
      }
    }
    if slug.last == "-" { slug.removeLast() }
    return slug.isEmpty ? "section" : slug
  }

  /// A name that is not taken yet, and takes it.
  static func unique(_ slug: String, among taken: inout Set<String>) -> String {
    var name = slug
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(slug)-\(number)"
      number += 1
    }
    return name
  }
}
