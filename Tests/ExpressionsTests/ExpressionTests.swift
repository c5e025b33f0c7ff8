import Expressions
import Foundation
import JSON
import Testing

/// Expressions beside xcube's own evaluation (Tests/Golden/make_expressions.py), and what is refused.
struct ExpressionTests {
  private let golden: JSONValue

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden/expressions.json")
    golden = try JSONValue(parsing: Array(Data(contentsOf: file)))
  }

  private static func numbers(_ value: JSONValue?) -> [Double] {
    (value?.arrayValue ?? []).map { $0.doubleValue ?? Double($0.stringValue ?? "") ?? .zero }
  }

  @Test func valuesAreThoseOfXcube() throws {
    let arrays = try #require(golden["arrays"]?.arrayValue)
    let names = arrays.compactMap { $0["name"]?.stringValue }
    let results = try #require(golden["results"]?.arrayValue)
    #expect(results.count > 100)
    for result in results {
      let text = try #require(result["expression"]?.stringValue)
      let expression = try Expression(text, over: Set(names))
      let used = expression.names.compactMap { name in
        arrays.first { $0["name"]?.stringValue == name }
      }
      let found = expression.values(
        used.map { Self.numbers($0["values"]) }, areSingle: used.map { $0["single"] == .bool(true) }
      )
      let wanted = Self.numbers(result["values"])
      #expect(found.count == wanted.count)
      // Functions may differ in the last digits from one library to the other.
      let tolerance = result["type"]?.stringValue == "float32" ? 3e-7 : 1e-14
      for (one, other) in zip(found, wanted) {
        let isSame =
          one == other || one.isNaN && other.isNaN
          || abs(one - other) <= tolerance * max(abs(one), abs(other))
        #expect(isSame, "\(text): \(found) and not \(wanted)")
      }
    }
  }

  @Test func whatXcubeRefusesIsRefused() throws {
    for text in (golden["refused"]?.arrayValue ?? []).compactMap(\.stringValue) {
      #expect(throws: ExpressionError.self, "\(text)") {
        try Expression(text, over: ["a", "b", "d"])
      }
    }
  }

  @Test(arguments: [
    ("a and b", "(a) & (b)"), ("(a > 1) or (b > 1)", "(a) | (b)"), ("not a", "~(a)"),
    ("a if b else d", "where(condition, a, b)"), ("a in b", "(a == 1)"), ("a is b", "=="),
    ("a < b < d", "(a < b) & (b < c)"), ("(a > 0) + (b > 0)", "where(condition, 1, 0)"),
    ("a & 4", "conditions"), ("unknown + a", "'unknown' is not defined"),
    ("where(a, b)", "takes 3 values, not 2"), ("a << 1", "'<'"), ("a[0]", "'['"),
    ("a.mean()", "number"), ("0x10 * a", "no number"), ("1e999 * a", "no number"),
    ("exec(a)", "no function 'exec'"), ("42", "no variable"), ("a\n+ b", "no meaning"),
  ])
  func errorsSayWhatToDo(text: String, words: String) {
    let error = #expect(throws: ExpressionError.self) {
      try Expression(text, over: ["a", "b", "d"])
    }
    #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
  }

  @Test func variablesGoBeforeConstants() throws {
    #expect(try Expression("e + 1", over: ["e"]).values([[1]], areSingle: [false]) == [2])
    #expect(try Expression("e + a", over: ["a"]).names == ["a"])
    #expect(try Expression("b - a + b", over: ["a", "b"]).names == ["b", "a"])
  }

  @Test func whatIsTooLongOrTooDeepIsRefused() throws {
    for (open, close) in [
      ("(", ")"), ("-", ""), ("abs(", ")"), ("a**", ""), ("~", ""), ("where(a,", ",a)"),
    ] {
      let text = String(repeating: open, count: 60) + "a" + String(repeating: close, count: 60)
      #expect(throws: ExpressionError.self) { try Expression(text, over: ["a"]) }
    }
    let long = "a" + String(repeating: "+a", count: 249)
    #expect(try Expression(long, over: ["a"]).values([[1]], areSingle: [false]) == [250])
    #expect(throws: ExpressionError.self) { try Expression(long + "+a", over: ["a"]) }
  }

  @Test func anyTextIsAnExpressionOrAnError() {
    let parts = [
      "a", "b", "1", ".5", "e", "(", ")", ",", "+", "-", "*", "**", "/", "//", "%", "<", "==", "&",
      "~", "where(", "sqrt(", " ", "not", ".", "1e", "é", "\u{0}",
    ]
    var random = SystemRandomNumberGenerator()
    var read = 0
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      guard let expression = try? Expression(text, over: ["a", "b"]) else { continue }
      read += 1
      let count = expression.names.count
      let values = expression.values(
        [[Double]](repeating: [1, .nan, -2], count: count),
        areSingle: [Bool](repeating: true, count: count))
      #expect(values.count == 3, "\(text)")
    }
    #expect(read > 5)
  }

  @Test func partsAreThoseThatAreRead() throws {
    for function in ExpressionParts.functions {
      let name = function.prefix { $0 != "(" }
      let count = function.filter { $0 == "," }.count + 1
      let isLogic = name.hasPrefix("logical")
      let arguments = [String](repeating: isLogic ? "a > 1" : "a", count: count)
      #expect(throws: Never.self, "\(function)") {
        try Expression("\(name)(\(arguments.joined(separator: ",")))", over: ["a"])
      }
    }
    #expect(ExpressionParts.constants == ["e", "inf", "nan", "pi"])
    #expect(ExpressionParts.operators.contains("X ** Y"))
  }
}
