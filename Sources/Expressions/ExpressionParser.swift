/// Reads expressions by recursive descent; the levels are those of Python's language reference, section 6.17.
struct ExpressionParser {
  private enum Token: Equatable {
    case number(Double)
    case name(String)
    case sign(String)
    case end

    var words: String {
      switch self {
      case .number(let value): "the number \(value)"
      case .name(let name): "'\(name)'"
      case .sign(let sign): "'\(sign)'"
      case .end: "the end"
      }
    }
  }

  private var tokens: [Token] = []
  private var position = 0
  private var depth = 0
  private let variables: Set<String>
  private(set) var names: [String] = []

  /// So many parts within each other are read; the stack has an end.
  private static let deepest = 40

  init(_ text: String, over variables: Set<String>) throws(ExpressionError) {
    self.variables = variables
    guard text.utf8.count <= Expression.longest else {
      throw ExpressionError("it has more than \(Expression.longest) bytes")
    }
    var rest = Substring(text)
    while let first = rest.first {
      if first == " " || first == "\t" {
        rest.removeFirst()
        continue
      }
      tokens.append(try Self.token(&rest, first))
    }
  }

  private static let signs = [
    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "&", "|", "^", "~", "(",
    ")", ",",
  ]

  private static func token(
    _ rest: inout Substring, _ first: Character
  ) throws(ExpressionError) -> Token {
    if isDigit(first) || first == "." {
      let text = number(rest)
      rest.removeFirst(text.count)
      // `1_000` and `0x1f` are Python too; who writes them learns that they are not read here.
      guard let value = Double(text), value.isFinite,
        rest.first.map({ !isLetter($0) && !isDigit($0) && $0 != "." }) ?? true
      else { throw ExpressionError("'\(text)\(rest.prefix(1))' is no number") }
      return .number(value)
    }
    if isLetter(first) {
      let name = rest.prefix { isLetter($0) || isDigit($0) }
      rest.removeFirst(name.count)
      return .name(String(name))
    }
    guard let sign = signs.first(where: rest.hasPrefix) else {
      throw ExpressionError("'\(first)' has no meaning here")
    }
    rest.removeFirst(sign.count)
    return .sign(sign)
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.isASCII && character.isNumber
  }

  private static func isLetter(_ character: Character) -> Bool {
    character.isASCII && character.isLetter || character == "_"
  }

  /// Digits with a point, and an exponent where digits follow.
  private static func number(_ text: Substring) -> Substring {
    var rest = text.drop(while: isDigit)
    if rest.first == "." { rest = rest.dropFirst().drop(while: isDigit) }
    if let mark = rest.first, mark == "e" || mark == "E" {
      var exponent = rest.dropFirst()
      if let sign = exponent.first, sign == "+" || sign == "-" { exponent.removeFirst() }
      if let digit = exponent.first, isDigit(digit) { rest = exponent.drop(while: isDigit) }
    }
    return text[..<rest.startIndex]
  }

  private var next: Token { position < tokens.count ? tokens[position] : .end }

  private mutating func take(_ signs: [String]) -> String? {
    guard case .sign(let sign) = next, signs.contains(sign) else { return nil }
    position += 1
    return sign
  }

  /// The expression that all of the text is.
  mutating func whole() throws(ExpressionError) -> Node {
    let node = try comparison()
    guard next == .end else { throw unexpected }
    return node
  }

  private var unexpected: ExpressionError {
    if case .name(let name) = next, let instead = Self.instead[name] {
      return ExpressionError("'\(name)' is not for arrays: write \(instead)")
    }
    return ExpressionError("\(next.words) was not expected after \(position) parts")
  }

  private static let instead = [
    "and": "(a) & (b)", "or": "(a) | (b)", "not": "~(a)", "if": "where(condition, a, b)",
    "in": "(a == 1) | (a == 2)", "is": "==",
  ]

  private mutating func comparison() throws(ExpressionError) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ExpressionError("more than \(Self.deepest) parts stand within each other")
    }
    let left = try level(0)
    let signs = ["==", "!=", "<=", ">=", "<", ">"]
    guard let sign = take(signs) else { return left }
    let node = try binary(sign, left, try level(0))
    guard take(signs) == nil else {
      throw ExpressionError("comparisons are not chained for arrays: write (a < b) & (b < c)")
    }
    return node
  }

  /// The operators from those that bind loosest on.
  private static let levels = [["|"], ["^"], ["&"], ["+", "-"], ["*", "//", "/", "%"]]

  private mutating func level(_ number: Int) throws(ExpressionError) -> Node {
    guard number < Self.levels.count else { return try signed() }
    var node = try level(number + 1)
    while let sign = take(Self.levels[number]) {
      node = try binary(sign, node, try level(number + 1))
    }
    return node
  }

  /// A sign before binds looser than a power, and tighter than a product.
  private mutating func signed() throws(ExpressionError) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw ExpressionError("more than \(Self.deepest) parts stand within each other")
    }
    if let sign = take(["+", "-", "~"]), let operation = Operation.unary[sign] {
      return try call(operation, sign, [try signed()])
    }
    let base = try primary()
    guard take(["**"]) != nil else { return base }
    return try binary("**", base, try signed())
  }

  private mutating func primary() throws(ExpressionError) -> Node {
    switch next {
    case .number(let value):
      position += 1
      return .number(value)
    case .name(let name) where Self.instead[name] == nil:
      position += 1
      if take(["("]) != nil { return try arguments(of: name) }
      guard variables.contains(name) else {
        guard let value = Operation.constants[name] else {
          throw ExpressionError("name '\(name)' is not defined")
        }
        return .number(value)
      }
      if let known = names.firstIndex(of: name) { return .array(known) }
      names.append(name)
      return .array(names.count - 1)
    case .sign("("):
      position += 1
      let node = try comparison()
      guard take([")"]) != nil else { throw unexpected }
      return node
    default: throw unexpected
    }
  }

  private mutating func arguments(of name: String) throws(ExpressionError) -> Node {
    guard let operation = Operation.functions[name] else {
      throw ExpressionError("there is no function '\(name)'")
    }
    var nodes: [Node] = []
    repeat { nodes.append(try comparison()) } while take([","]) != nil
    guard take([")"]) != nil else { throw unexpected }
    guard nodes.count == operation.count else {
      throw ExpressionError("\(name) takes \(operation.count) values, not \(nodes.count)")
    }
    return try call(operation, name, nodes)
  }

  private func binary(
    _ sign: String, _ left: Node, _ right: Node
  ) throws(ExpressionError) -> Node {
    guard let operation = Operation.binary[sign] else { throw unexpected }
    return try call(operation, sign, [left, right])
  }

  /// Refuses what NumPy does with truth values in another way than with numbers.
  private func call(
    _ operation: Operation, _ name: String, _ nodes: [Node]
  ) throws(ExpressionError) -> Node {
    let conditions = nodes.count(where: \.isCondition)
    switch operation.kind {
    case .logic where conditions < nodes.count:
      throw ExpressionError("'\(name)' is for conditions such as (a > 1)")
    case .arithmetic where conditions == nodes.count:
      throw ExpressionError(
        "'\(name)' is not for conditions alone: where(condition, 1, 0) is a number")
    default: return .call(operation, nodes)
    }
  }
}
