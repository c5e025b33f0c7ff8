/// Something odd about a cube, and how it was read nevertheless.
public struct CubeNote: Sendable, Hashable, CustomStringConvertible, Codable {
  /// A stable identifier such as `wrap-column`, equal for all notes of one kind.
  public let id: String
  /// One sentence for people that names what it is about.
  public let text: String

  /// Makes a note.
  public init(id: String, text: String) {
    self.id = id
    self.text = text
  }

  /// The sentence.
  public var description: String { text }
}

/// Something in a source that is not offered as a gridded variable, and why.
public struct SkippedVariable: Sendable, Hashable, CustomStringConvertible {
  /// The name in the source.
  public let name: String
  /// Why it is left out, as a clause such as `it has no horizontal dimensions`.
  public let reason: String

  /// Names a variable that is left out.
  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// The name and the reason.
  public var description: String { "\(name): \(reason)" }
}
