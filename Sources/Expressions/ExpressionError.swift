/// Why a text is no expression, or one that cannot be computed here.
public struct ExpressionError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong, in words, with the place where it helps.
  public let description: String

  init(_ description: String) { self.description = description }
}
