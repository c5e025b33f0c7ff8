/// What went wrong while a cube was opened, understood or read.
public struct CubeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried, such as `read variable "sst"`.
  public let operation: String
  /// On what: the path, URL or list of sources.
  public let location: String
  /// Why it failed.
  public let reason: String
  /// What to do about it, where something can be done.
  public let remedy: String?

  /// Describes a failure.
  public init(_ operation: String, of location: String, reason: String, remedy: String? = nil) {
    self.operation = operation
    self.location = location
    self.reason = reason
    self.remedy = remedy
  }

  /// One sentence for people: what, on what, why, and what to do.
  public var description: String {
    let problem = "cannot \(operation) of \(location): \(reason)"
    return remedy.map { "\(problem); \($0)" } ?? problem
  }
}
