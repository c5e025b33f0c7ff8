import Glibc

/// A file that is written and read at any place, by several threads at once, and survives a killed
/// build.
final class ScratchFile: Sendable {
  let path: String
  private let file: Int32

  /// Whether there is a file of that size.
  static func exists(_ path: String, size: Int) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && Int(status.st_size) == size
  }

  /// Opens the file, made with that size where it is not there; what was never written takes no disk.
  init(_ path: String, size: Int) throws(SeriesError) {
    self.path = path
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .scratch("open", path, String(cString: strerror(errno))) }
    guard ftruncate(file, size) == 0 else {
      let reason = String(cString: strerror(errno))
      close(file)
      throw .scratch("make", path, reason)
    }
  }

  deinit { close(file) }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SeriesError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        file, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .scratch("write", path, String(cString: strerror(errno))) }
      done += count
    }
  }

  func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(SeriesError) {
    var done = 0
    while done < bytes.count {
      let count = pread(
        file, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw .scratch("read", path, count == 0 ? "it ends" : String(cString: strerror(errno)))
      }
      done += count
    }
  }
}
