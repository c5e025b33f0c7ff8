/// A formula over arrays, cell by cell, as xcube's server reads it for variables of one's own: the part of
/// Python's expressions that NumPy computes with arrays.
///
/// There are numbers, names of arrays, the constants `e`, `pi`, `nan`, `inf`; `+ - * / // % **`; one comparison;
/// `& | ^ ~` between conditions; `where(c, x, y)` and functions of NumPy. The order in which operators bind is
/// Python's. A comparison with a missing value is false, as in NumPy; everything else that meets one is missing.
///
/// Nothing is evaluated but this: there are no attributes, no subscripts, no calls of anything else. What Python
/// would take and NumPy refuse for arrays (`and`, `or`, `not`, chains of comparisons) is an error that says what
/// to write.
public struct Expression: Sendable {
  /// The names of the arrays, each once, in the order in which they come.
  public let names: [String]
  private let root: Node

  /// The longest text that is read, in bytes.
  public static let longest = 500

  /// Reads an expression.
  ///
  /// - Parameters:
  ///   - text: the expression.
  ///   - variables: the names that arrays have; they go before constants.
  /// - Throws: ``ExpressionError`` where it is none.
  public init(_ text: String, over variables: Set<String>) throws(ExpressionError) {
    var parser = try ExpressionParser(text, over: variables)
    root = try parser.whole()
    guard !parser.names.isEmpty else {
      throw ExpressionError("it names no variable of the dataset")
    }
    names = parser.names
  }

  /// The values of the expression.
  ///
  /// As in NumPy, numbers that stand in the text take the precision of the arrays that they meet, and single
  /// precision stays single precision.
  ///
  /// - Parameters:
  ///   - arrays: the values of each name; all have the same count, missing ones are NaN.
  ///   - areSingle: whether each array has single precision.
  /// - Returns: as many values; conditions are 1 and 0.
  public func values(_ arrays: [[Double]], areSingle: [Bool]) -> [Double] {
    let count = arrays.first?.count ?? 0
    switch root.evaluate(Operands(arrays: arrays, areSingle: areSingle)) {
    case .constant(let value, _): return [Double](repeating: value, count: count)
    case .values(let values, _): return values
    }
  }
}

/// The arrays of an evaluation, by the numbers of their names.
struct Operands {
  let arrays: [[Double]]
  let areSingle: [Bool]
}

/// In which precision NumPy would keep numbers (its rules of promotion, NEP 50).
enum Precision: Int, Sendable {
  /// A number in the text, which takes that of what it meets.
  case weak
  case single
  case double

  func with(_ other: Precision) -> Precision { rawValue < other.rawValue ? other : self }

  func rounded(_ value: Double) -> Double { self == .single ? Double(Float(value)) : value }
}

/// What a part of an expression comes to.
enum Column {
  case constant(Double, Precision)
  case values([Double], Precision)

  var precision: Precision {
    switch self {
    case .constant(_, let precision), .values(_, let precision): precision
    }
  }

  /// The values of a function of one or several columns, rounded to a precision.
  static func map(
    _ columns: [Column], _ precision: Precision, _ apply: ([Double]) -> Double
  ) -> Column {
    let arrays: [[Double]?] = columns.map {
      if case .values(let values, _) = $0 { values } else { nil }
    }
    var arguments = columns.map { column in
      if case .constant(let value, _) = column { precision.rounded(value) } else { 0.0 }
    }
    guard let count = arrays.compactMap(\.self).first?.count else {
      return .constant(precision.rounded(apply(arguments)), precision)
    }
    var result = [Double](repeating: 0, count: count)
    for index in 0..<count {
      for (place, array) in arrays.enumerated() {
        if let array { arguments[place] = array[index] }
      }
      result[index] = precision.rounded(apply(arguments))
    }
    return .values(result, precision)
  }
}

/// A part of an expression.
indirect enum Node: Sendable {
  case number(Double)
  /// An array, by the number of its name.
  case array(Int)
  case call(Operation, [Node])

  /// Whether it is a condition, which NumPy keeps as truth values.
  var isCondition: Bool {
    if case .call(let operation, _) = self { operation.kind.givesCondition } else { false }
  }

  func evaluate(_ operands: Operands) -> Column {
    switch self {
    case .number(let value): return .constant(value, .weak)
    case .array(let number):
      return .values(operands.arrays[number], operands.areSingle[number] ? .single : .double)
    case .call(let operation, let nodes):
      let columns = nodes.map { $0.evaluate(operands) }
      // The condition of `where` has no part in the precision of the others.
      let rounded = operation.kind == .choice ? columns[1...] : columns[...]
      let precision = rounded.map(\.precision).reduce(Precision.weak) { $0.with($1) }
      let result = Column.map(columns, precision, operation.apply)
      guard operation.kind.givesCondition else { return result }
      // Truth values take the precision of what they meet, as numbers in the text do.
      if case .values(let values, _) = result { return .values(values, .weak) }
      return result
    }
  }
}
