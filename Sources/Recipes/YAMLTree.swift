import Yams

/// A YAML text as a tree of values with their lines, for small documents beside a recipe, such as
/// the table of contents of a book.
public struct YAMLTree: Sendable {
  /// What a value is.
  public enum Content: Sendable {
    /// A text, number or truth value, as it is written.
    case text(String)
    /// A list.
    case list([YAMLTree])
    /// A mapping, in its order.
    case table([(key: String, value: YAMLTree)])
  }

  /// The line in which it begins, counted from 1.
  public let line: Int
  /// The value.
  public let content: Content

  /// Reads a text, of which `path` tells where it is from.
  ///
  /// - Throws: `RecipeProblems` when it is no YAML, is empty or uses aliases.
  public init(parsing text: String, path: String) throws(RecipeProblems) {
    let problems = ProblemList()
    guard let node = YAMLText.compose(text, problems: problems) else {
      throw RecipeProblems(path: path, text: text, problems: problems.problems)
    }
    self.init(node)
  }

  private init(_ node: Node) {
    line = node.mark?.line ?? 1
    switch node {
    case .scalar(let scalar): content = .text(YAMLText.isEmpty(node) ? "" : scalar.string)
    case .sequence(let sequence): content = .list(sequence.map(YAMLTree.init))
    case .mapping(let mapping):
      content = .table(mapping.map { ($0.key.string ?? "", YAMLTree($0.value)) })
    case .alias: content = .text("")
    }
  }

  /// The value of a key.
  public subscript(key: String) -> YAMLTree? {
    guard case .table(let members) = content else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text, where it is one that is not empty.
  public var text: String? {
    guard case .text(let text) = content, !text.isEmpty else { return nil }
    return text
  }

  /// The elements of a list, or one value as a list of it.
  public var list: [YAMLTree] {
    if case .list(let elements) = content { return elements }
    if case .text("") = content { return [] }
    return [self]
  }
}
