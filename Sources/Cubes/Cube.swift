public import JSON

/// A data cube as it is meant: variables over grids, times and labels, decoded by the CF conventions.
///
/// The files behind it are opened when they are read and only so many at once.
public struct Cube: Sendable {
  /// What was opened, for messages: the source or the first of them and how many more.
  public let location: String
  /// The files, folders and URLs behind it, in the order of time.
  public let sources: [String]
  /// The attributes of the whole, of the first source.
  public let attributes: JSONObject
  /// The gridded variables, in the order of the source.
  public let variables: [Variable]
  /// What is not offered as a variable, and why; coordinates and their bounds are not listed.
  public let skipped: [SkippedVariable]
  /// What is odd and how it was read.
  public let notes: [CubeNote]

  /// The title, where the source has one.
  public var title: String? { text("title") }

  /// Whether the source says what it is about.
  public var summary: String? { text("summary") ?? text("description") ?? text("comment") }

  /// Who made it.
  public var institution: String? { text("institution") ?? text("creator_name") }

  /// Under which terms it may be used.
  public var licence: String? { text("license") ?? text("licence") ?? text("License") }

  /// The variable of that name.
  public func variable(named name: String) -> Variable? { variables.first { $0.name == name } }

  private func text(_ key: String) -> String? {
    guard let text = attributes[key]?.stringValue, text.contains(where: { !$0.isWhitespace })
    else { return nil }
    return text
  }
}
