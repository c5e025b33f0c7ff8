/// An image, colour map or style that cannot be made or read.
public struct ImageError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried and on what, as in "make the style 'default'".
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it, where there is something.
  public let remedy: String?

  /// Makes an error.
  public init(_ attempt: String, because reason: String, remedy: String? = nil) {
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// One or two sentences for people.
  public var description: String {
    let problem = "cannot \(attempt): \(reason)"
    return remedy.map { "\(problem); \($0)" } ?? problem
  }
}
