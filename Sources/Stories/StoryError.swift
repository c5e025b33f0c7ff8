/// What is wrong with the sources of a book, all at once.
public struct StoryError: Error, CustomStringConvertible, Sendable, Equatable {
  /// One thing that is wrong.
  public struct Problem: Sendable, Hashable {
    /// The file, and the place in it, such as `intro.md:12` or `sst.ipynb, cell 3, line 2`.
    public let place: String
    /// What is wrong and what to do about it.
    public let text: String
  }

  /// The problems, in the order of pages.
  public let problems: [Problem]

  /// The problems as text for a terminal.
  public var description: String {
    problems.map { "\($0.place): \($0.text)" }.joined(separator: "\n")
      + "\n\(problems.count == 1 ? "1 problem" : "\(problems.count) problems") in stories"
  }
}

/// Where in the sources of a book something stands.
struct SourcePlace: Sendable {
  /// The path of the file within the book.
  let file: String
  /// The cell, counted from 1, of a notebook.
  var cell: Int?
  /// What lines of the text are counted from.
  var firstLine = 1

  /// The words for a line of the text, counted from 1.
  func words(line: Int) -> String {
    let line = firstLine + line - 1
    return cell.map { "\(file), cell \($0), line \(line)" } ?? "\(file):\(line)"
  }
}

/// Gathers what is wrong while a book is made.
///
/// A reference, because every part adds to the same list.
final class StoryProblems {
  private(set) var problems: [StoryError.Problem] = []
  /// What a reader of the report should know, but may be meant so.
  private(set) var notes: [StoryError.Problem] = []

  func add(_ place: String, _ text: String) {
    let problem = StoryError.Problem(place: place, text: text)
    if problems.count < 100, !problems.contains(problem) { problems.append(problem) }
  }

  func note(_ place: String, _ text: String) {
    let note = StoryError.Problem(place: place, text: text)
    if notes.count < 100, !notes.contains(note) { notes.append(note) }
  }
}
