internal import GRDB

/// What features must be like, in the words that PostgREST and so the clients of geoDB use:
/// `population=gt.1000`, `name=like.Kiel*`, `or=(kind.eq.lake,area.gte.5)`.
///
/// Nothing of it becomes SQL text: properties and values are bound as arguments, operators are cases.
public indirect enum FeatureFilter: Sendable, Hashable {
  /// All of them hold.
  case all([FeatureFilter])
  /// One of them holds.
  case any([FeatureFilter])
  /// It does not hold.
  case not(FeatureFilter)
  /// A property stands in a relation to a value.
  case compare(property: String, Relation, String)
  /// A property matches a pattern in which `*` or `%` stands for any text, `_` for one character.
  case like(property: String, pattern: String, ignoringCase: Bool)
  /// A property is one of some values.
  case isOne(property: String, [String])
  /// A property is null or missing, true, or false.
  case isState(property: String, State)

  /// How a property stands to a value.
  public enum Relation: String, Sendable, Hashable, CaseIterable {
    case eq, neq, gt, gte, lt, lte

    var sql: String {
      switch self {
      case .eq: "="
      case .neq: "<>"
      case .gt: ">"
      case .gte: ">="
      case .lt: "<"
      case .lte: "<="
      }
    }
  }

  /// What `is` can ask for.
  public enum State: String, Sendable, Hashable {
    case null, `true`, `false`
  }

  /// The most conditions of one query.
  static let mostConditions = 50
  /// How deep conditions may lie in one another.
  static let deepest = 6
  /// The longest value, in bytes.
  static let longestValue = 1000
  /// The most wildcards of a pattern: each multiplies the work.
  static let mostWildcards = 6
}

// MARK: Reading

// By Unicode scalars: a mark that combines with a bracket, a dot or a quotation mark before it would be one
// character with it.
extension FeatureFilter {
  private typealias Text = Substring.UnicodeScalarView

  /// Reads one parameter of a query.
  ///
  /// - Parameters:
  ///   - name: a property, or `and`, `or`, `not.and`, `not.or`.
  ///   - value: such as `gt.1000`, or `(a.eq.1,b.is.null)` after `and` and `or`.
  /// - Throws: ``WorkspaceError`` of kind `invalid` with what is wrong.
  public init(parameter name: String, value: String) throws(WorkspaceError) {
    if ["and", "or", "not.and", "not.or"].contains(name) {
      self = try Self.condition((name + value)[...].unicodeScalars, depth: 0)
    } else {
      self = try Self.condition(property: name, value[...].unicodeScalars)
    }
    guard size <= Self.mostConditions else {
      throw Self.error(value, "it has more than \(Self.mostConditions) conditions")
    }
  }

  private var size: Int {
    switch self {
    case .all(let parts), .any(let parts): parts.reduce(1) { $0 + $1.size }
    case .not(let part): 1 + part.size
    case .isOne(_, let values): values.count
    default: 1
    }
  }

  /// A condition within a group: `a.eq.1`, `not.and(…)`.
  private static func condition(_ text: Text, depth: Int) throws(WorkspaceError) -> FeatureFilter {
    guard depth <= deepest else {
      throw error(String(text), "its groups lie too deep in one another")
    }
    for (start, isNegated, isAny) in [
      ("and(", false, false), ("or(", false, true), ("not.and(", true, false),
      ("not.or(", true, true),
    ] {
      guard let rest = after(start, in: text) else { continue }
      guard rest.last == ")" else { throw error(String(text), "a bracket is not closed") }
      var parts: [FeatureFilter] = []
      for part in try split(rest.dropLast()) {
        parts.append(try condition(part, depth: depth + 1))
      }
      guard !parts.isEmpty else { throw error(String(text), "there is nothing in the brackets") }
      let group = isAny ? FeatureFilter.any(parts) : .all(parts)
      return isNegated ? .not(group) : group
    }
    let (property, rest) = try name(in: text)
    return try condition(property: property, rest)
  }

  /// What follows a beginning; `nil` where the text begins otherwise.
  private static func after(_ start: String, in text: Text) -> Text? {
    text.starts(with: start.unicodeScalars) ? text.dropFirst(start.unicodeScalars.count) : nil
  }

  /// The property that a condition begins with, which may be quoted, and what follows its dot.
  private static func name(in text: Text) throws(WorkspaceError) -> (property: String, rest: Text) {
    if text.first == "\"" {
      let (name, rest) = try quoted(text)
      guard rest.first == "." else { throw error(String(text), "an operator is missing") }
      return (name, rest.dropFirst())
    }
    guard let dot = text.firstIndex(of: ".") else {
      throw error(String(text), "an operator is missing")
    }
    return (String(text[..<dot]), text[text.index(after: dot)...])
  }

  private static func condition(
    property: String, _ text: Text
  ) throws(WorkspaceError) -> FeatureFilter {
    _ = try PropertyPath(property)
    guard String(text).utf8.count <= longestValue else {
      throw error(property, "its value is too long")
    }
    if let negated = after("not.", in: text) {
      return .not(try condition(property: property, negated))
    }
    guard let dot = text.firstIndex(of: ".") else { throw unknownOperator(property, text) }
    let word = String(text[..<dot])
    let rest = text[text.index(after: dot)...]
    if let relation = Relation(rawValue: word) {
      return .compare(property: property, relation, try value(rest))
    }
    switch word {
    case "like", "ilike":
      let pattern = try value(rest)
      guard pattern.unicodeScalars.count(where: { $0 == "*" || $0 == "%" }) <= mostWildcards else {
        throw error(property, "its pattern has more than \(mostWildcards) wildcards")
      }
      return .like(property: property, pattern: pattern, ignoringCase: word == "ilike")
    case "is":
      guard let state = State(rawValue: String(rest).lowercased()) else {
        throw error(property, "'is' is followed by null, true or false")
      }
      return .isState(property: property, state)
    case "in":
      guard let list = after("(", in: rest), list.last == ")" else {
        throw error(property, "'in' is followed by values in brackets, as in in.(1,2)")
      }
      var values: [String] = []
      for part in try split(list.dropLast()) { values.append(try value(part)) }
      guard !values.isEmpty else { throw error(property, "there is nothing in the brackets") }
      return .isOne(property: property, values)
    default: throw unknownOperator(property, text)
    }
  }

  /// A value as it is meant: quotes and their escapes are taken away.
  private static func value(_ text: Text) throws(WorkspaceError) -> String {
    guard text.first == "\"" else { return String(text) }
    let (value, rest) = try quoted(text)
    guard rest.isEmpty else { throw error(String(text), "something follows the quotation mark") }
    return value
  }

  private static func quoted(_ text: Text) throws(WorkspaceError) -> (text: String, rest: Text) {
    var value = String.UnicodeScalarView()
    var rest = text.dropFirst()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return (String(value), rest) }
      if scalar == "\\" {
        guard let next = rest.popFirst() else { break }
        value.append(next)
      } else {
        value.append(scalar)
      }
    }
    throw error(String(text), "a quotation mark is not closed")
  }

  /// Splits at commas that are in no brackets and no quotation marks.
  private static func split(_ text: Text) throws(WorkspaceError) -> [Text] {
    var parts: [Text] = []
    var start = text.startIndex
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    for (index, scalar) in zip(text.indices, text) {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, scalar == "\\" {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
      } else if !isQuoted {
        if scalar == "(" { depth += 1 }
        if scalar == ")" { depth -= 1 }
        if scalar == ",", depth == 0 {
          parts.append(text[start..<index])
          start = text.index(after: index)
        }
      }
    }
    guard depth == 0, !isQuoted else {
      throw error(String(text), "a bracket or quotation mark is not closed")
    }
    return text.isEmpty ? [] : parts + [text[start...]]
  }

  private static func unknownOperator(_ property: String, _ text: Text) -> WorkspaceError {
    let words = Relation.allCases.map(\.rawValue).joined(separator: ", ")
    return WorkspaceError(
      .invalid, "ask for '\(property)=\(String(text.prefix(60)))'", because: "it has no operator",
      remedy: "write one of \(words), like, ilike, is, in and a dot before the value, as in eq.5")
  }

  private static func error(_ text: String, _ reason: String) -> WorkspaceError {
    WorkspaceError(
      .invalid, "ask for '\(text.prefix(100))'", because: reason,
      remedy: "write conditions as in population=gt.1000 or or=(kind.eq.lake,area.gte.5)")
  }
}

// MARK: SQL

/// A property as SQLite's functions for JSON want it.
struct PropertyPath {
  let text: String

  /// - Throws: ``WorkspaceError`` for a name that could mean something else in a path.
  init(_ property: String) throws(WorkspaceError) {
    let isPlain = property.unicodeScalars.allSatisfy {
      $0 != "\"" && $0 != "\\" && $0.value >= 32 && $0.value != 127
    }
    guard isPlain, (1...200).contains(property.utf8.count) else {
      throw WorkspaceError(
        .invalid, "ask for the property '\(property.prefix(60))'",
        because:
          "its name is empty, too long, or has a quotation mark, backslash or control character",
        remedy: "rename the property")
    }
    text = "$.\"\(property)\""
  }
}

extension FeatureFilter {
  /// The condition on a row of the table `feature`.
  func sql() throws(WorkspaceError) -> SQL {
    switch self {
    case .all(let parts): return try Self.joined(parts, " AND ")
    case .any(let parts): return try Self.joined(parts, " OR ")
    case .not(let part): return "NOT coalesce(\(try part.sql()), 0)"
    case .compare("id", let relation, let value):
      guard let number = Int64(value) else {
        throw WorkspaceError(
          .invalid, "ask for 'id=\(relation.rawValue).\(value.prefix(60))'",
          because: "ids of features are whole numbers", remedy: "write one, as in id=eq.17")
      }
      return "(id \(sql: relation.sql) \(number))"
    case .compare(let property, let relation, let value):
      return try Self.comparison(property, relation, value)
    case .isOne("id", let values):
      let numbers = values.compactMap(Int64.init)
      return "(id IN \(numbers))"
    case .isOne(let property, let values):
      return try Self.joined(
        values.map { .compare(property: property, .eq, $0) }, " OR ")
    case .isState(let property, let state):
      let path = try PropertyPath(property).text
      switch state {
      case .null: return "(coalesce(json_type(properties, \(path)), 'null') = 'null')"
      case .true, .false: return "(json_type(properties, \(path)) = \(state.rawValue))"
      }
    case .like(let property, let pattern, let ignoringCase):
      let path = try PropertyPath(property).text
      let value: SQL = "json_extract(properties, \(path))"
      let isText: SQL = "json_type(properties, \(path)) = 'text'"
      return ignoringCase
        ? "(\(isText) AND \(value) LIKE \(Self.likePattern(pattern)) ESCAPE '\\')"
        : "(\(isText) AND \(value) GLOB \(Self.globPattern(pattern)))"
    }
  }

  private static func joined(
    _ parts: [FeatureFilter], _ word: String
  ) throws(WorkspaceError) -> SQL {
    var joined: [SQL] = []
    for part in parts { joined.append(try part.sql()) }
    return "(\(joined.joined(separator: word)))"
  }

  /// Numbers are compared with numbers, texts with texts: in SQLite every text is more than any number.
  private static func comparison(
    _ property: String, _ relation: Relation, _ value: String
  ) throws(WorkspaceError) -> SQL {
    let path = try PropertyPath(property).text
    let stored: SQL = "json_extract(properties, \(path)) \(sql: relation.sql)"
    let type: SQL = "json_type(properties, \(path))"
    let isNumber = Double(value)?.isFinite == true
    // Whether a text is above or below a number nobody can mean; whether it is the same, as of codes.
    let comparesTexts = !isNumber || relation == .eq || relation == .neq
    let text: SQL = comparesTexts ? "(\(type) = 'text' AND \(stored) \(value))" : "0"
    if value == "true" || value == "false" {
      let isSame: SQL = "(\(type) \(sql: relation.sql) \(value))"
      return "((\(type) IN ('true', 'false') AND \(isSame)) OR \(text))"
    }
    if let number = Int64(value) {
      return "((\(type) IN ('integer', 'real') AND \(stored) \(number)) OR \(text))"
    }
    if let number = Double(value), number.isFinite {
      return "((\(type) IN ('integer', 'real') AND \(stored) \(number)) OR \(text))"
    }
    return text
  }

  /// A pattern of `LIKE`, with `\` before what is meant as it is.
  private static func likePattern(_ pattern: String) -> String {
    pattern.unicodeScalars.map { scalar in
      switch scalar {
      case "*": "%"
      case "\\": "\\\\"
      default: String(scalar)
      }
    }.joined()
  }

  /// A pattern of `GLOB`, which tells large letters from small ones.
  private static func globPattern(_ pattern: String) -> String {
    pattern.unicodeScalars.map { scalar in
      switch scalar {
      case "*", "%": "*"
      case "_": "?"
      case "?": "[?]"
      case "[": "[[]"
      default: String(scalar)
      }
    }.joined()
  }
}
