import Glibc

/// A file to which one program adds lines, each of which is there as soon as the call returns.
///
/// A program that is killed may leave the beginning of a line at the end.
public final class GrowingFile: Sendable {
  private let path: String
  private let file: FileDescriptor

  init(path: String) throws(SystemFailure) {
    self.path = path
    try makeFolders(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
  }

  /// Adds a line.
  ///
  /// - Parameter line: its text, without the end of the line.
  /// - Throws: ``StoreError`` when it cannot be written.
  public func add(_ line: String) throws(StoreError) {
    var failure: SystemFailure?
    Array((line + "\n").utf8).withUnsafeBytes { bytes in
      do throws(SystemFailure) { try file.write(bytes) } catch { failure = error }
    }
    if let failure {
      throw StoreError(
        .unwritable, attempt: "write \(path)", reason: failure.text, remedy: failure.remedy)
    }
  }
}
