/// The works that a book cites, from BibTeX files.
struct Bibliography {
  /// One work.
  struct Work: Hashable {
    let key: String
    let type: String
    let fields: [String: String]
    /// The line of its entry, counted from 1.
    let line: Int

    /// The family names of the authors.
    var authors: [String] {
      Bibliography.people(fields["author"] ?? fields["editor"] ?? "").map(\.family)
    }

    var year: String { fields["year"] ?? fields["date"].map { String($0.prefix(4)) } ?? "n.d." }

    /// How a text names it: `Lythe and Vaughan`, `Minnett et al.`.
    var shortAuthors: String {
      switch authors.count {
      case 0: fields["title"] ?? key
      case 1: authors[0]
      case 2: authors[0] + " and " + authors[1]
      default: authors[0] + " et al."
      }
    }

    /// The address at which it is found.
    var address: String? {
      if let doi = fields["doi"] {
        return doi.hasPrefix("http") ? doi : "https://doi.org/" + doi
      }
      return fields["url"].flatMap {
        $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil
      }
    }

    /// The reference as it stands in a list, without the address.
    var reference: String {
      let names = Bibliography.people(fields["author"] ?? fields["editor"] ?? "").map {
        $0.given.isEmpty ? $0.family : "\($0.family), \($0.given)"
      }
      let who =
        names.count > 8
        ? names.prefix(6).joined(separator: "; ") + " et al." : names.joined(separator: "; ")
      let journal =
        fields["journal"] ?? fields["booktitle"] ?? fields["publisher"]
        ?? fields["institution"] ?? fields["howpublished"]
      let volume = fields["volume"].map { $0 + (fields["number"].map { "(\($0))" } ?? "") }
      let place = [journal, volume, fields["pages"]?.replacing("--", with: "–")]
        .compactMap(\.self).joined(separator: ", ")
      return [
        who.isEmpty ? nil : "\(who) (\(year)).",
        fields["title"].map { $0.hasSuffix(".") ? $0 : $0 + "." },
        place.isEmpty ? nil : place + ".",
      ].compactMap(\.self).joined(separator: " ")
    }
  }

  private(set) var works: [String: Work] = [:]

  /// Adds the entries of a BibTeX text; what cannot be read is a problem with its line.
  mutating func add(_ text: String, file: String, problems: StoryProblems) {
    var reader = Reader(text: Array(text.unicodeScalars))
    while let result = reader.entry() {
      switch result {
      case .work(let work):
        if works.updateValue(work, forKey: work.key) != nil {
          problems.note(
            "\(file):\(work.line)", "the key '\(work.key)' is there twice; this one counts")
        }
      case .damaged(let line, let reason): problems.add("\(file):\(line)", reason)
      }
    }
  }

  /// The people of a field: `Family, Given and Given Family and {Organisation}`.
  static func people(_ text: String) -> [(family: String, given: String)] {
    text.split(separator: " and ").map { name in
      if let comma = name.firstIndex(of: ",") {
        return (
          name[..<comma].trimmingSpaces, name[name.index(after: comma)...].trimmingSpaces
        )
      }
      let words = name.split(separator: " ")
      guard words.count > 1, let last = words.last else { return (name.trimmingSpaces, "") }
      // A particle such as "van der" belongs to the family name.
      let particle = words.dropLast().firstIndex { $0.first?.isLowercase == true }
      let start = particle ?? words.count - 1
      _ = last
      return (words[start...].joined(separator: " "), words[..<start].joined(separator: " "))
    }
  }

  private enum Entry {
    case work(Work)
    case damaged(line: Int, reason: String)
  }

  /// Walks a BibTeX text; nothing in it can make it run long or deep.
  private struct Reader {
    let text: [Unicode.Scalar]
    var position = 0
    var line = 1

    mutating func entry() -> Entry? {
      while let scalar = peek {
        advance()
        guard scalar == "@" else { continue }
        let start = line
        let type = word().lowercased()
        skipSpace()
        guard peek == "{" || peek == "(" else { continue }
        advance()
        if ["comment", "preamble", "string"].contains(type) {
          _ = braced()
          continue
        }
        skipSpace()
        let key = taken { $0 != "," && $0 != "}" && $0 != "\n" }.trimmingSpaces
        guard !key.isEmpty, peek == "," else {
          return .damaged(line: start, reason: "this entry has no key: write @\(type){key, …}")
        }
        advance()
        guard let fields = fields() else {
          return .damaged(
            line: start, reason: "the entry '\(key)' does not end: a brace is missing")
        }
        return .work(Work(key: key, type: type, fields: fields, line: start))
      }
      return nil
    }

    private mutating func fields() -> [String: String]? {
      var fields: [String: String] = [:]
      while true {
        skipSpace()
        guard let scalar = peek else { return nil }
        if scalar == "}" || scalar == ")" {
          advance()
          return fields
        }
        if scalar == "," {
          advance()
          continue
        }
        let name = taken { $0 != "=" && $0 != "}" && $0 != "," }.trimmingSpaces.lowercased()
        guard peek == "=" else {
          if peek == nil { return nil }
          continue
        }
        advance()
        guard let value = value() else { return nil }
        fields[name] = LaTeXText.plain(value)
      }
    }

    private mutating func value() -> String? {
      var value = ""
      while true {
        skipSpace()
        switch peek {
        case "{":
          advance()
          guard let text = braced() else { return nil }
          value += text
        case "\"":
          advance()
          value += taken { $0 != "\"" }
          guard peek != nil else { return nil }
          advance()
        case nil: return nil
        default: value += taken { $0 != "," && $0 != "}" && $0 != "#" && $0 != "\n" }.trimmingSpaces
        }
        skipSpace()
        guard peek == "#" else { return value }
        advance()
      }
    }

    /// The text up to the brace that closes the one before it.
    private mutating func braced() -> String? {
      var depth = 1
      var text = String.UnicodeScalarView()
      while let scalar = peek {
        advance()
        if scalar == "{" { depth += 1 }
        if scalar == "}" { depth -= 1 }
        if depth == 0 { return String(text) }
        text.append(scalar)
      }
      return nil
    }

    private var peek: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func advance() {
      if peek == "\n" { line += 1 }
      position += 1
    }

    private mutating func taken(_ isWanted: (Unicode.Scalar) -> Bool) -> String {
      var taken = String.UnicodeScalarView()
      while let scalar = peek, isWanted(scalar) {
        taken.append(scalar)
        advance()
      }
      return String(taken)
    }

    private mutating func word() -> String { taken { $0.properties.isAlphabetic } }

    private mutating func skipSpace() {
      while let scalar = peek, scalar.properties.isWhitespace { advance() }
    }
  }
}

/// LaTeX in titles and names.
enum LaTeXText {
  /// The text without braces and with its accents as characters.
  static func plain(_ text: String) -> String {
    let marks: [Character: Unicode.Scalar] = [
      "\"": "\u{308}", "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}",
      "c": "\u{327}", "v": "\u{30C}", "=": "\u{304}", ".": "\u{307}", "r": "\u{30A}",
      "H": "\u{30B}",
    ]
    let words = [
      "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å",
      "i": "i",
    ]
    var plain = ""
    var rest = text.replacing("\n", with: " ").replacing("~", with: " ")[...]
    while let character = rest.popFirst() {
      if character == "{" || character == "}" { continue }
      guard character == "\\" else {
        if !(character == " " && plain.last == " ") { plain.append(character) }
        continue
      }
      guard let sign = rest.first else { break }
      let word = String(rest.prefix { $0.isLetter })
      if let replacement = words[word] {
        plain += replacement
        rest = rest.dropFirst(word.count).drop { $0 == " " }
      } else if let mark = marks[sign], word.count <= 1 {
        let letters = rest.dropFirst().drop { "{ \\".contains($0) }
        if let letter = letters.first {
          plain += "\(letter)\(Character(mark))".precomposed
          rest = letters.dropFirst().drop { $0 == "}" }
        } else {
          rest = ""
        }
      } else if word.isEmpty {
        plain.append(sign)
        rest = rest.dropFirst()
      } else {
        rest = rest.dropFirst(word.count).drop { $0 == " " }
      }
    }
    return plain.trimmingSpaces
  }
}
