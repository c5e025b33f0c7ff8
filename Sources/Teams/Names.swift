/// The rules for names that become parts of addresses and of file paths.
package enum Names {
  /// The longest name of a user, a team or a dataset, in bytes.
  package static let longest = 64

  /// Whether a text is an id as everywhere in a site: `[a-z0-9][a-z0-9._-]*`.
  ///
  /// Such a name is no path of its own (`..`), needs no escape in an address and is the same on every
  /// file system.
  package static func isID(_ text: String) -> Bool {
    let bytes = text.utf8
    guard bytes.count <= longest, let first = bytes.first, isLetterOrDigit(first) else {
      return false
    }
    return bytes.allSatisfy {
      isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: "-")
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// - Throws: ``TeamsError`` of kind `invalid` for a text that is no id.
  static func check(_ text: String, of thing: String) throws(TeamsError) {
    guard isID(text) else {
      throw TeamsError(
        .invalid, "use '\(text)' as the name of a \(thing)", because: "it is not a plain id",
        remedy:
          "use at most \(longest) small letters, digits, dots, dashes and underscores, with a letter or digit first"
      )
    }
  }
}
