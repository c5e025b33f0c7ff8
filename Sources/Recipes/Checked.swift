/// A part of a recipe whose shape is as its key table says.
indirect enum Checked {
  case text(String, Place)
  case number(Double, Place)
  case list([Checked], Place)
  case table(CheckedTable)
  case named([(name: String, value: Checked)], Place)

  var place: Place {
    switch self {
    case .text(_, let place), .number(_, let place), .list(_, let place), .named(_, let place):
      place
    case .table(let table): table.place
    }
  }

  var text: String? { if case .text(let text, _) = self { text } else { nil } }
  var number: Double? { if case .number(let number, _) = self { number } else { nil } }
  var list: [Checked]? { if case .list(let list, _) = self { list } else { nil } }
  /// A text, or a number as people write it.
  var plainText: String? {
    text ?? number.map { Int(exactly: $0).map(String.init) ?? "\($0)" }
  }
  var table: CheckedTable? { if case .table(let table) = self { table } else { nil } }
}

/// A mapping of a recipe, with those of its keys whose values have the right shape.
struct CheckedTable {
  let place: Place
  let id: String
  let values: [String: Checked]
  /// The keys that were given a value of the wrong shape, which has been told already.
  let broken: Set<String>

  subscript(key: String) -> Checked? { values[key] }

  func text(_ key: String) -> String? { values[key]?.text }
  func number(_ key: String) -> Double? { values[key]?.number }
  func whole(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }
  func list(_ key: String) -> [Checked] { values[key]?.list ?? [] }
  func texts(_ key: String) -> [String] { list(key).compactMap(\.text) }
  /// The texts of a key that may have one or a list of them.
  func oneOrMore(_ key: String) -> [String] { text(key).map { [$0] } ?? texts(key) }
  func tables(_ key: String) -> [CheckedTable] { list(key).compactMap(\.table) }
}
