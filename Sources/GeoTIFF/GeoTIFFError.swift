/// What went wrong with a GeoTIFF file.
public struct GeoTIFFError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried, such as `read the header`.
  public let operation: String
  /// The path of the file.
  public let path: String
  /// Why it failed.
  public let reason: String
  /// What to do about it, where something can be done.
  public let remedy: String?

  init(_ operation: String, of path: String, reason: String, remedy: String? = nil) {
    self.operation = operation
    self.path = path
    self.reason = reason
    self.remedy = remedy
  }

  /// One sentence for people: what, on what, why, and what to do.
  public var description: String {
    let problem = "cannot \(operation) of GeoTIFF file \(path): \(reason)"
    return remedy.map { "\(problem); \($0)" } ?? problem
  }
}
