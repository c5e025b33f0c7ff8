/// Marks the words of programs, so that pages can colour them without a script.
///
/// Python, Julia, R and shells: what scientists write in notebooks. Anything else is plain text.
public enum Highlighting {
  /// The pieces of a program, in order; together they are the program.
  public static func pieces(_ code: String, language: String?) -> [CodePiece] {
    guard let grammar = Grammar.named(language ?? "") else {
      return code.isEmpty ? [] : [CodePiece(.plain, code)]
    }
    var scanner = CodeScanner(Array(code.utf8), grammar: grammar)
    return scanner.pieces()
  }
}

/// A piece of a program.
public struct CodePiece: Sendable, Hashable {
  /// What a piece is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Names, operators, white space.
    case plain
    /// A word of the language.
    case keyword
    /// A value that the language names, such as `None`.
    case constant
    /// Text in quotes.
    case string
    /// A remark.
    case comment
    /// A number.
    case number
    /// A decorator, a macro, a magic command, a variable of the shell.
    case special
  }

  /// What it is.
  public let kind: Kind
  /// How it is written.
  public let text: String

  /// Makes a piece.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}
