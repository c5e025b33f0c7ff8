/// What the scanner must know of a language.
struct Grammar: Sendable {
  /// A kind of text in quotes.
  struct Quotes: Sendable {
    let open: [UInt8]
    let close: [UInt8]
    /// Whether a backslash takes the meaning of the next character.
    var hasEscapes = true
    /// Whether it may go over several lines.
    var isLong = false

    init(_ open: String, _ close: String? = nil, hasEscapes: Bool = true, isLong: Bool = false) {
      self.open = Array(open.utf8)
      self.close = Array((close ?? open).utf8)
      self.hasEscapes = hasEscapes
      self.isLong = isLong
    }
  }

  let keywords: Set<String>
  let constants: Set<String>
  /// Longer opening quotes first.
  let quotes: [Quotes]
  /// Letters that may stand right before a quote, such as `r` in Python.
  var prefixes: Set<String> = []
  /// Long remarks; Julia's nest.
  var blockComment: (open: [UInt8], close: [UInt8])?
  /// Signs that, with the word behind them, are special: decorators, macros, variables.
  var specialSigns: Set<UInt8> = []
  /// Signs that make a whole line special when it begins with them: magic commands.
  var magicSigns: Set<UInt8> = []
  /// Characters beside letters, digits and `_` that may stand within a name.
  var nameSigns: Set<UInt8> = []
  /// Whether `'` after a name or bracket transposes instead of opening a text.
  var hasTranspose = false
  /// Whether a `#` begins a remark only at the start of a word.
  var needsSpaceBeforeComment = false

  /// The grammar of a language, by the names that notebooks and Markdown give it.
  static func named(_ name: String) -> Grammar? {
    switch name.lowercased() {
    case "python", "python3", "ipython", "ipython3", "py", "xpython": python
    case "julia", "jl", "julia-repl": julia
    case "r", "ir", "rscript": r
    case "bash", "sh", "shell", "zsh", "console", "shell-session": shell
    default: nil
    }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }

  private static let python = Grammar(
    keywords: words(
      "and as assert async await break class continue def del elif else except finally for from "
        + "global if import in is lambda nonlocal not or pass raise return try while with yield "
        + "match case"),
    constants: words("None True False NotImplemented Ellipsis __name__ self cls"),
    quotes: [
      Quotes("\"\"\"", isLong: true), Quotes("'''", isLong: true), Quotes("\""), Quotes("'"),
    ],
    prefixes: words("r R u U b B f F br bR Br BR rb rB Rb RB fr fR Fr FR rf rF Rf RF t T"),
    specialSigns: [UInt8(ascii: "@")],
    magicSigns: [UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "?")])

  private static let julia = Grammar(
    keywords: words(
      "abstract baremodule begin break catch const continue do else elseif end export finally for "
        + "function global if import in isa let local macro module mutable primitive quote return "
        + "struct try type using where while"),
    constants: words("nothing missing true false Inf NaN pi undef"),
    quotes: [
      Quotes("\"\"\"", isLong: true), Quotes("```", isLong: true), Quotes("\"", isLong: true),
      Quotes("`"), Quotes("'"),
    ],
    blockComment: (Array("#=".utf8), Array("=#".utf8)),
    specialSigns: [UInt8(ascii: "@")],
    nameSigns: [UInt8(ascii: "!")], hasTranspose: true)

  private static let r = Grammar(
    keywords: words("break else for function if in next repeat return while library require"),
    constants: words(
      "NULL NA NA_integer_ NA_real_ NA_character_ TRUE FALSE T F Inf NaN pi LETTERS letters"),
    quotes: [
      Quotes("r\"(", ")\"", hasEscapes: false, isLong: true),
      Quotes("r'(", ")'", hasEscapes: false, isLong: true),
      Quotes("\"", isLong: true), Quotes("'", isLong: true), Quotes("`"),
    ],
    nameSigns: [UInt8(ascii: ".")])

  private static let shell = Grammar(
    keywords: words(
      "if then else elif fi for while until do done case esac in function select time return exit "
        + "export local readonly declare set unset source alias cd echo"),
    constants: words("true false"),
    quotes: [
      Quotes("$'", "'", isLong: true), Quotes("\"", isLong: true),
      Quotes("'", hasEscapes: false, isLong: true),
    ],
    specialSigns: [UInt8(ascii: "$")], nameSigns: [UInt8(ascii: "-")],
    needsSpaceBeforeComment: true)
}
