import Yams

/// Turns YAML text into nodes with places, and refuses text made to exhaust its reader.
enum YAMLText {
  /// The largest recipe in bytes; real ones are a hundredth of it.
  static let sizeLimit = 1_048_576

  /// The root node, or `nil` with the cause in the list.
  static func compose(_ text: String, problems: ProblemList) -> Node? {
    guard text.utf8.count <= sizeLimit else {
      problems.add(
        "too-large", at: .whole, "the recipe has more than \(sizeLimit) bytes",
        because: "A recipe may have up to \(sizeLimit) bytes.", fix: "split it into several sites")
      return nil
    }
    // Aliases can make a short text stand for billions of nodes, and already the parser would walk
    // them all; so they are looked for before it runs.
    if let alias = firstAlias(in: text) {
      problems.add(
        "alias", at: alias.place, "'*\(alias.name)' refers to another place of the recipe",
        because: "Anchors and aliases of YAML are not supported in recipes.",
        fix: "write out what '*\(alias.name)' stands for")
      return nil
    }
    do {
      // libyaml itself refuses to nest deeper than 1000 levels.
      guard let node = try Yams.compose(yaml: text), !isEmpty(node) else {
        problems.add(
          "empty", at: .whole, "the recipe is empty",
          because: "A recipe names at least one dataset.", fix: "write 'datasets: [file.nc]'")
        return nil
      }
      return node
    } catch let error as YamlError {
      report(error, to: problems)
    } catch {
      problems.add("syntax", at: .whole, "this is not YAML", because: "\(error)")
    }
    return nil
  }

  static func isEmpty(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private static func report(_ error: YamlError, to problems: ProblemList) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let within = context.map { " (\($0.text.trimmed) from line \($0.mark.line))" } ?? ""
      problems.add(
        "syntax", at: Place(mark), "this is not YAML: \(problem)\(within)",
        because: "Lists and mappings are told by their indentation; text with ': ' or ' #' in it "
          + "needs quotes.")
    case .duplicatedKeysInMapping(let keys, let context):
      problems.add(
        "duplicate-key", at: Place(context.mark),
        "\(keys.map { "'\($0)'" }.joined(separator: ", ")) is given twice in one mapping",
        because: "Each key may be given once.", fix: "remove one of them")
    case .reader(let problem, _, _, _):
      problems.add(
        "syntax", at: .whole, "this is not YAML: \(problem)",
        because: "A recipe is text in UTF-8 without control characters.")
    default:
      problems.add("syntax", at: .whole, "this is not YAML", because: "\(error)")
    }
  }

  /// The first `*name` for which there is an `&name`; text that only looks like one does not count.
  private static func firstAlias(in text: String) -> (name: String, place: Place)? {
    let anchors = Set(references(in: text, after: UInt8(ascii: "&")).map(\.name))
    guard !anchors.isEmpty else { return nil }
    return references(in: text, after: UInt8(ascii: "*")).first { anchors.contains($0.name) }
  }

  private static func references(
    in text: String, after sign: UInt8
  ) -> [(name: String, place: Place)] {
    var found: [(name: String, place: Place)] = []
    var line = 1
    var column = 1
    var name: [UInt8]?
    var start = Place.whole
    for byte in text.utf8 {
      let ends = byte <= 0x20 || ",[]{}".utf8.contains(byte)
      if ends, let full = name {
        if !full.isEmpty { found.append((String(decoding: full, as: UTF8.self), start)) }
        name = nil
      } else if byte == sign, name == nil {
        name = []
        start = Place(line: line, column: column)
      } else {
        name?.append(byte)
      }
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    if let full = name, !full.isEmpty {
      found.append((String(decoding: full, as: UTF8.self), start))
    }
    return found
  }
}

extension String {
  /// The text without white space around it.
  var trimmed: String {
    let kept = drop { $0.isWhitespace }
    guard let end = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(kept[...end])
  }
}
