internal import Foundation

/// A file to whose end bytes are written as they arrive.
///
/// Its calls block.
final class GrowingFileOfBytes: Sendable {
  private let handle: FileHandle

  /// Opens it and forgets what lies behind the bytes that count.
  init(path: String, keeping count: Int64) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let number = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw Self.failure() }
    handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    var status = stat()
    guard fstat(number, &status) == 0 else { throw Self.failure() }
    guard status.st_size >= off_t(count) else {
      throw WorkspaceError(
        .storage, "go on with an upload", because: "bytes that had arrived are gone from the disk",
        remedy: "remove the upload and begin again")
    }
    guard ftruncate(number, off_t(count)) == 0, lseek(number, 0, SEEK_END) == off_t(count) else {
      throw Self.failure()
    }
  }

  /// Writes bytes to the end.
  func append(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        // Within the buffer: `written` is smaller than its count.
        write(
          handle.fileDescriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw Self.failure()
      }
    }
  }

  /// Returns when everything is on the disk.
  func synchronise() throws {
    guard fdatasync(handle.fileDescriptor) == 0 else { throw Self.failure() }
  }

  private static func failure() -> WorkspaceError {
    if errno == ENOSPC || errno == EDQUOT { return .diskFull("write what arrives") }
    let reason = strerror(errno).map { String(cString: $0) } ?? "an unknown failure"
    return WorkspaceError(
      .storage, "write what arrives", because: reason, remedy: "look at the server's disk")
  }
}
