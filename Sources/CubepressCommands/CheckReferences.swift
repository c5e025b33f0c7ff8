import JSON
import Stores

/// Tells which file of a site a reference leads to, and whether it is there.
struct SiteReferences {
  let site: FolderStore
  /// The addresses, with final `/`, at which the site says it will be.
  var bases: Set<String> = ["http://localhost:8000/"]

  /// Where a reference leads.
  enum Target: Equatable {
    /// To another server, another program, or within the same document.
    case elsewhere
    /// To the file of that key, or the page of that folder.
    case key(String)
    case malformed(String)
  }

  /// What is wrong with a reference in a document, if anything is.
  func fault(in text: String, from key: String) throws(StoreError) -> String? {
    switch target(of: text, from: key) {
    case .elsewhere: return nil
    case .malformed(let reason): return reason
    case .key(let target):
      return try exists(target) ? nil : "there is no file “\(target)”"
    }
  }

  /// What stands in a folder that can be referred to: a page, or what makes it a Zarr group.
  private static let heads = ["index.html", "zarr.json", ".zmetadata"]

  /// Whether there is a file of that key, or a folder with a page or a Zarr group.
  func exists(_ key: String) throws(StoreError) -> Bool {
    do {
      guard let status = try site.status(of: key) else { return false }
      if !status.isFolder { return true }
      for head in Self.heads where try site.status(of: key.isEmpty ? head : "\(key)/\(head)") != nil
      {
        return true
      }
      return false
    } catch {
      if error.kind == .invalidKey { return false }
      throw error
    }
  }

  /// Where a reference leads that stands in the document of some key (RFC 3986, 5.2).
  func target(of text: String, from key: String) -> Target {
    let plain = text.prefix { $0 != "#" }
    if plain.isEmpty { return .elsewhere }
    var path = plain.prefix { $0 != "?" }
    var components: [Substring]
    if let base = bases.first(where: { plain.hasPrefix($0) || plain + "/" == $0 }) {
      path = path.dropFirst(base.count)
      components = []
    } else if plain.hasPrefix("//") || hasScheme(plain) {
      return .elsewhere
    } else if path.hasPrefix("/") {
      components = []
    } else {
      components = key.split(separator: "/").dropLast()
      if path.isEmpty { return .elsewhere }
    }
    let decoded = percentDecoded(path)
    guard let decoded else { return .malformed("its percent-encoding is wrong") }
    for component in decoded.split(separator: "/") {
      switch component {
      case ".": break
      case "..":
        guard components.popLast() != nil else { return .malformed("it leads out of the site") }
      default: components.append(component)
      }
    }
    let result = components.joined(separator: "/")
    let isFolder = decoded.isEmpty || decoded.hasSuffix("/")
    return .key(isFolder ? (result.isEmpty ? "" : result + "/") + "index.html" : result)
  }

  private func hasScheme(_ text: Substring) -> Bool {
    guard let colon = text.firstIndex(of: ":"), let first = text.first else { return false }
    let allowed = text[..<colon].allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
    }
    return allowed && first.isLetter
  }

  /// The members whose texts are addresses, in STAC, TileJSON, schema.org and our own documents.
  private static let addressMembers: Set<String> = [
    "href", "url", "src", "contentUrl", "image", "thumbnail", "thumbnailUrl", "icon", "legend",
    "legendSVG", "legendPNG", "page", "places", "wmts", "stac", "document", "terrain", "layer",
    "paperCube", "paperCubePDF",
  ]

  /// The texts in a JSON document that are references, without templates.
  ///
  /// A member `root` of the document says to where its relative addresses are relative.
  func candidates(in value: JSONValue) -> [String] {
    var found: [String] = []
    collect(value, isAddress: false, into: &found)
    guard let root = value["root"]?.stringValue else { return found }
    return found.map { hasScheme($0[...]) || $0.hasPrefix("/") ? $0 : root + $0 }
  }

  private func collect(_ value: JSONValue, isAddress: Bool, into found: inout [String]) {
    switch value {
    case .string(let text):
      let isOurs = bases.contains { text.hasPrefix($0) }
      if isAddress || isOurs, !text.isEmpty, !text.contains("{") { found.append(text) }
    case .array(let elements):
      for element in elements { collect(element, isAddress: isAddress, into: &found) }
    case .object(let members):
      for name in members.keys {
        guard let member = members[name] else { continue }
        collect(member, isAddress: Self.addressMembers.contains(name), into: &found)
      }
    default: break
    }
  }
}

/// Finds what the documents of the 4D viewer refer to, which name addresses by ids alone.
enum ViewerReferences {
  /// Whether a key is that of one of its documents.
  static func isDocument(_ key: String) -> Bool {
    key == "4d_viewer/variables" || key.hasPrefix("4d_viewer/") && key.hasSuffix("/configuration")
  }

  /// The configurations of all layers, or the first tile of one.
  static func all(in document: JSONValue) -> [String] {
    if let layers = document["variables"]?.arrayValue {
      return layers.compactMap { $0["id"]?.stringValue.map { "\($0)/configuration" } }
    }
    let isVolume = document["tile-grid"]?["tile-size"]?["z"] != nil
    return ["tiles/0/0_0_" + (isVolume ? "0_0_bin" : "None_0_png")]
  }
}

/// Finds what the tags of an HTML page refer to.
enum HTMLReferences {
  private static let attributes: Set<String> = ["href", "src", "poster", "srcset", "xlink:href"]

  /// The values of the attributes that are references, without templates in braces.
  static func all(in page: [UInt8]) -> [String] {
    var scanner = Scanner(rest: page[...])
    var found: [String] = []
    while scanner.skip(past: "<") {
      if scanner.skip(over: "!--") {
        _ = scanner.skip(past: "-->")
        continue
      }
      let tag = scanner.word()
      while let (name, value) = scanner.attribute() {
        guard attributes.contains(name), !value.contains("{") else { continue }
        if name == "srcset" {
          found += value.split(separator: ",").compactMap {
            $0.split(separator: " ").first.map(String.init)
          }
        } else {
          found.append(value)
        }
      }
      // What stands in these is not HTML.
      if tag == "script" || tag == "style" { _ = scanner.skip(past: "</\(tag)") }
    }
    return found
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    /// Moves behind the next occurrence of a text; to the end where there is none.
    mutating func skip(past text: String) -> Bool {
      guard let first = text.utf8.first else { return false }
      while let index = rest.firstIndex(of: first) {
        rest = rest[index...]
        if skip(over: text) { return true }
        rest = rest.dropFirst()
      }
      rest = []
      return false
    }

    /// Moves behind a text that stands here.
    mutating func skip(over text: String) -> Bool {
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }

    /// The name that stands here, in lower case.
    mutating func word() -> String {
      let end = rest.firstIndex { $0 <= 0x20 || "=>/\"'".utf8.contains($0) } ?? rest.endIndex
      defer { rest = rest[end...] }
      return String(decoding: rest[..<end], as: UTF8.self).lowercased()
    }

    /// The next attribute of the tag; `nil` at its end.
    mutating func attribute() -> (String, String)? {
      rest = rest.drop { $0 <= 0x20 || $0 == UInt8(ascii: "/") }
      guard let first = rest.first else { return nil }
      if first == UInt8(ascii: ">") { return nil }
      let name = word()
      let afterName = rest.drop { $0 <= 0x20 }
      guard afterName.first == UInt8(ascii: "=") else {
        // A stray quote would stop the scan here for ever.
        if name.isEmpty { rest = rest.dropFirst() }
        return (name, "")
      }
      rest = afterName.dropFirst().drop { $0 <= 0x20 }
      let value: ArraySlice<UInt8>
      if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        value = rest.dropFirst().prefix { $0 != quote }
        rest = rest[value.endIndex...].dropFirst()
      } else {
        value = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ">") }
        rest = rest[value.endIndex...]
      }
      return (name, HTMLReferences.withoutEntities(String(decoding: value, as: UTF8.self)))
    }
  }

  /// A text with the character references that writers of attributes use.
  static func withoutEntities(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      result += rest[..<start]
      rest = rest[start...]
      guard let end = rest.firstIndex(of: ";"), let character = character(rest[..<end].dropFirst())
      else {
        result.append(rest.removeFirst())
        continue
      }
      result.append(character)
      rest = rest[end...].dropFirst()
    }
    return result + rest
  }

  private static func character(_ name: Substring) -> Character? {
    let named: [Substring: Character] = [
      "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]
    if let character = named[name] { return character }
    guard name.first == "#" else { return nil }
    let digits = name.dropFirst()
    let isHexadecimal = digits.first == "x" || digits.first == "X"
    let number = UInt32(isHexadecimal ? digits.dropFirst() : digits, radix: isHexadecimal ? 16 : 10)
    return number.flatMap(Unicode.Scalar.init).map(Character.init)
  }
}
