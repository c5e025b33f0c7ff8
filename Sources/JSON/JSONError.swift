/// A text that is not JSON, with the place where it stops being so.
public struct JSONError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong.
  public let reason: String
  /// The byte at which it is wrong, counted from 0.
  public let offset: Int

  /// One sentence for people.
  public var description: String { "not valid JSON at byte \(offset): \(reason)" }
}
