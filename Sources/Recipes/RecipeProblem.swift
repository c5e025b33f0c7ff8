/// Something wrong in a recipe: where, what, why, and how to mend it.
public struct RecipeProblem: Error, Sendable, Hashable {
  /// What kind of problem it is; the same text in every version.
  public let id: String
  /// The line, counted from 1; 0 when it is about the recipe as a whole.
  public let line: Int
  /// The column, counted from 1 in characters.
  public let column: Int
  /// What is wrong, in one line.
  public let summary: String
  /// What is allowed here, or why it is wrong.
  public let explanation: String
  /// What to write instead, where that can be said.
  public let fix: String?

  /// Makes a problem.
  public init(
    id: String, line: Int, column: Int, summary: String, explanation: String, fix: String? = nil
  ) {
    self.id = id
    self.line = line
    self.column = column
    self.summary = summary
    self.explanation = explanation
    self.fix = fix
  }
}

/// All that is wrong in a recipe, in the order of its lines.
public struct RecipeProblems: Error, CustomStringConvertible, Sendable, Equatable {
  /// The path of the recipe, as it was given.
  public let path: String
  /// The problems.
  public let problems: [RecipeProblem]
  private let lines: [String]

  /// Makes the list of problems of a recipe with this text.
  public init(path: String, text: String, problems: [RecipeProblem]) {
    self.path = path
    self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    // A line break may be "\r\n", which is one character in Swift.
    self.lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map(String.init)
  }

  /// The problems as text for a terminal, each with its source line.
  public var description: String {
    let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
    return problems.map(text(of:)).joined(separator: "\n")
      + "\n\(path): \(count); nothing was made\n"
  }

  private func text(of problem: RecipeProblem) -> String {
    let place = problem.line > 0 ? "\(path):\(problem.line):\(problem.column)" : path
    var text = "\(place): error: \(problem.summary) [\(problem.id)]\n"
    if lines.indices.contains(problem.line - 1) {
      let number = "\(problem.line)"
      let margin = String(repeating: " ", count: number.count)
      // Of a line that is far too long the piece around the problem.
      let column = max(problem.column - 1, 0)
      let piece = lines[problem.line - 1].dropFirst(max(0, column - 60)).prefix(120)
      // Tabs stay tabs, so that the mark stands below its character.
      let lead = piece.prefix(min(column, 60)).map { $0 == "\t" ? "\t" : " " }.joined()
      text += " \(number) | \(piece)\n \(margin) | \(lead)^\n"
    }
    text += "   \(problem.explanation)\n"
    if let fix = problem.fix { text += "   fix: \(fix)\n" }
    return text
  }
}
