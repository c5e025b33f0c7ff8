/// The keys that one kind of mapping in a recipe may have.
///
/// Reading, error messages and the JSON Schema all follow from the same tables, so that they
/// cannot disagree.
struct KeyTable: Sendable {
  /// What such a mapping is called in messages, with article.
  let name: String
  /// The name of its definition in the schema.
  let id: String
  /// What it describes, in one sentence.
  let summary: String
  /// Its keys, in the order in which people would write them.
  let keys: [Key]

  /// One key.
  struct Key: Sendable {
    let name: String
    let summary: String
    let shape: Shape
    var isRequired = false
  }

  subscript(name: String) -> Key? { keys.first { $0.name == name } }
}

/// What the value of a key may look like.
indirect enum Shape: Sendable {
  /// Any text that is not empty.
  case text
  /// Text that is an identifier: a path segment that is safe everywhere.
  case identifier
  /// An absolute http or https address.
  case address
  /// Any number, a whole one of at least some value, one that is above zero.
  case number
  case wholeNumber(atLeast: Int)
  case positiveNumber
  /// `true` or `false`.
  case truth
  /// One of some words.
  case word([String])
  /// `#rrggbb`, `#rrggbbaa` or `transparent`.
  case colour
  /// The name of a built-in colour map.
  case colourMap
  /// A list of some shape; `count` says how long, where that is fixed.
  case list(Shape, count: Int?)
  /// A mapping with known keys.
  case table(String)
  /// A mapping from any names to some shape.
  case named(Shape)
  /// Any of some shapes.
  case either([Shape])

  static func list(_ shape: Shape) -> Shape { .list(shape, count: nil) }
}
