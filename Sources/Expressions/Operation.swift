import Foundation

/// Something that makes a value of one or several.
struct Operation: Sendable {
  /// What it takes and gives.
  enum Kind: Sendable {
    /// Numbers to a number; a single condition among numbers counts as 1 and 0.
    case arithmetic
    /// Numbers to a condition.
    case comparison
    /// Conditions to a condition.
    case logic
    /// A condition and two values to one of them.
    case choice

    var givesCondition: Bool { self == .comparison || self == .logic }
  }

  let kind: Kind
  let count: Int
  let apply: @Sendable ([Double]) -> Double

  private static func one(
    _ apply: @escaping @Sendable (Double) -> Double, _ kind: Kind = .arithmetic
  ) -> Operation {
    Operation(kind: kind, count: 1) { apply($0[0]) }
  }

  private static func two(
    _ kind: Kind = .arithmetic, _ apply: @escaping @Sendable (Double, Double) -> Double
  ) -> Operation {
    Operation(kind: kind, count: 2) { apply($0[0], $0[1]) }
  }

  private static func test(
    _ apply: @escaping @Sendable (Double, Double) -> Bool
  ) -> Operation {
    two(.comparison) { apply($0, $1) ? 1 : 0 }
  }

  /// The operators between two operands, as Python writes them.
  static let binary: [String: Operation] = [
    "+": two { $0 + $1 }, "-": two { $0 - $1 }, "*": two { $0 * $1 }, "/": two { $0 / $1 },
    "//": two { divided($0, $1).quotient }, "%": two { divided($0, $1).rest },
    "**": two { pow($0, $1) },
    "==": test { $0 == $1 }, "!=": test { $0 != $1 }, "<": test { $0 < $1 },
    "<=": test { $0 <= $1 },
    ">": test { $0 > $1 }, ">=": test { $0 >= $1 },
    "&": two(.logic) { $0 * $1 }, "|": two(.logic) { max($0, $1) },
    "^": two(.logic) { $0 == $1 ? 0 : 1 },
  ]

  /// The operators before an operand.
  static let unary: [String: Operation] = [
    "+": one { $0 }, "-": one { -$0 }, "~": one({ 1 - $0 }, .logic),
  ]

  /// The functions, by the names that NumPy gives them.
  static let functions: [String: Operation] = {
    var functions: [String: Operation] = [
      "where": Operation(kind: .choice, count: 3) { $0[0] != 0 ? $0[1] : $0[2] },
      "sqrt": one { $0.squareRoot() }, "square": one { $0 * $0 }, "cbrt": one { cbrt($0) },
      "reciprocal": one { 1 / $0 },
      "exp": one { exp($0) }, "exp2": one { exp2($0) }, "expm1": one { expm1($0) },
      "log": one { log($0) }, "log2": one { log2($0) }, "log10": one { log10($0) },
      "log1p": one { log1p($0) },
      "sin": one { sin($0) }, "cos": one { cos($0) }, "tan": one { tan($0) },
      "sinh": one { sinh($0) }, "cosh": one { cosh($0) }, "tanh": one { tanh($0) },
      "floor": one { $0.rounded(.down) }, "ceil": one { $0.rounded(.up) },
      "trunc": one { $0.rounded(.towardZero) }, "rint": one { $0.rounded(.toNearestOrEven) },
      "sign": one { $0.isNaN ? .nan : $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
      "degrees": one { $0 * (180 / .pi) }, "radians": one { $0 * (.pi / 180) },
      "isnan": one({ $0.isNaN ? 1 : 0 }, .comparison),
      "isfinite": one({ $0.isFinite ? 1 : 0 }, .comparison),
      "isinf": one({ $0.isInfinite ? 1 : 0 }, .comparison),
      "hypot": two { hypot($0, $1) }, "copysign": two { copysign($0, $1) },
      "fmod": two { fmod($0, $1) },
      // These two give what is missing on either side, the others what is there.
      "maximum": two { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) },
      "minimum": two { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) },
      "fmax": two { fmax($0, $1) }, "fmin": two { fmin($0, $1) },
    ]
    for (name, apply) in [("abs", fabs), ("asin", asin), ("acos", acos), ("atan", atan)]
      as [(String, @Sendable (Double) -> Double)]
    {
      functions[name] = one(apply)
    }
    functions["atan2"] = two { atan2($0, $1) }
    let same = [
      "absolute": "abs", "fabs": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
      "arctan2": "atan2", "rad2deg": "degrees", "deg2rad": "radians",
    ]
    for (name, other) in same { functions[name] = functions[other] }
    let operators = [
      "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/",
      "floor_divide": "//", "mod": "%", "remainder": "%", "power": "**", "pow": "**", "equal": "==",
      "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=",
      "logical_and": "&", "logical_or": "|", "logical_xor": "^",
    ]
    for (name, sign) in operators { functions[name] = binary[sign] }
    functions["negative"] = unary["-"]
    functions["positive"] = unary["+"]
    functions["logical_not"] = unary["~"]
    return functions
  }()

  static let constants: [String: Double] = [
    "e": 2.718281828459045, "pi": .pi, "nan": .nan, "inf": .infinity,
  ]

  /// The quotient rounded down and the remainder with the sign of the divisor, which fit together (Python's
  /// language reference, section 6.7), also where one of them is infinite.
  private static func divided(_ a: Double, _ b: Double) -> (quotient: Double, rest: Double) {
    var rest = fmod(a, b)
    guard b != 0 else { return (a / b, rest) }
    var quotient = (a - rest) / b
    if rest == 0 {
      rest = copysign(0, b)
    } else if (rest < 0) != (b < 0) {
      rest += b
      quotient -= 1
    }
    guard quotient != 0 else { return (copysign(0, a / b), rest) }
    let whole = quotient.rounded(.down)
    return (quotient - whole > 0.5 ? whole + 1 : whole, rest)
  }
}

/// What expressions may be made of, for clients that offer it.
public enum ExpressionParts {
  /// The constants.
  public static let constants = Operation.constants.keys.sorted()
  /// The functions, with letters for what they take.
  public static let functions = Operation.functions.map { name, operation in
    name + (operation.kind == .choice ? "(C,X,Y)" : operation.count == 1 ? "(X)" : "(X,Y)")
  }.sorted()
  /// The operators.
  public static let operators =
    Operation.unary.keys.sorted().map { "\($0)X" }
    + Operation.binary.keys.sorted().map { "X \($0) Y" }
}
