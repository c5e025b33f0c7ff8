/// Why the body of a form with a file could not be read.
public struct MultipartError: Error, CustomStringConvertible, Sendable, Equatable {
  /// Why it could not be read.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  init(_ reason: String, remedy: String = "send it as browsers and curl -F do") {
    self.reason = reason
    self.remedy = remedy
  }

  /// Less has come than should.
  public static let cutOff = MultipartError(
    "it ends before its last boundary", remedy: "send it again")

  /// The whole error as one sentence.
  public var description: String { "Cannot read the form: \(reason); \(remedy)." }
}
