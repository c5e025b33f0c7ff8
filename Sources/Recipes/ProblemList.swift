import Yams

/// Where something stands in a recipe.
struct Place: Sendable, Hashable {
  let line: Int
  let column: Int

  static let whole = Place(line: 0, column: 0)

  init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 0, column: mark?.column ?? 0)
  }
}

/// Gathers problems while a recipe is read, so that all of them can be told at once.
///
/// A reference, because every part of the reader adds to the same list.
final class ProblemList {
  private(set) var problems: [RecipeProblem] = []

  /// How many are told at most; a file that is not a recipe at all would give thousands.
  static let limit = 50

  func add(
    _ id: String, at place: Place, _ summary: String, because explanation: String,
    fix: String? = nil
  ) {
    guard problems.count < Self.limit else { return }
    problems.append(
      RecipeProblem(
        id: id, line: place.line, column: place.column, summary: summary,
        explanation: explanation, fix: fix))
  }
}
