import Glibc

/// What went wrong with a NetCDF file.
public struct NetCDFError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried, such as `read variable "sst"`.
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
    let problem = "cannot \(operation) of NetCDF file \(path): \(reason)"
    return remedy.map { "\(problem); \($0)" } ?? problem
  }

  /// What a reader process did, in words.
  init(_ operation: String, of path: String, failure: any Error) {
    let again = "copy or download the file again"
    switch failure as? ReaderProcess.Failure {
    case .notStarted(let reason):
      self.init(
        operation, of: path, reason: "the process that reads NetCDF files did not start: \(reason)",
        remedy: "the program cubepress must lie in the folder of the one that runs")
    case .died(let status):
      self.init(
        operation, of: path,
        reason: "the NetCDF library \(Self.ending(status)) on what it found there",
        remedy: again)
    case .late(let seconds):
      self.init(
        operation, of: path,
        reason: "the NetCDF library did not come to an end within \(Int(seconds)) s",
        remedy: again)
    case .lied:
      self.init(
        operation, of: path, reason: "the NetCDF library answered something else than it was asked",
        remedy: again)
    case .noMemory(let byteCount, let reason):
      self.init(operation, of: path, reason: "no memory for \(byteCount) bytes: \(reason)")
    case nil:
      self.init(operation, of: path, reason: "\(failure)")
    }
  }

  /// How a process ended, from its status as wait(2) gives it.
  private static func ending(_ status: Int32?) -> String {
    guard let status else { return "ended" }
    let signal = status & 0x7F
    guard signal != 0 else { return "ended with code \(status >> 8 & 0xFF)" }
    return signal == SIGKILL
      ? "was killed, perhaps for want of memory," : "crashed (signal \(signal))"
  }
}
