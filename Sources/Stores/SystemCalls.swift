import CFileShim
import Glibc

/// A failed system call: its number, and how the system words it.
package struct SystemFailure: Error, CustomStringConvertible {
  let code: Int32

  /// The failure of the call made last on this thread.
  static var last: SystemFailure { SystemFailure(code: errno) }

  package var description: String { text }

  /// The system's text, as in “No space left on device (errno 28)”.
  var text: String {
    // glibc's strerror keeps its text apart for each thread since version 2.32.
    let words = strerror(code).map { String(cString: $0) } ?? "unknown failure"
    return "\(words) (errno \(code))"
  }

  /// Whether it means that there is no such file.
  var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  /// What to do about it, where something general can be said.
  var remedy: String? {
    switch code {
    case ENOSPC, EDQUOT: "Free space there, or choose another folder; then run it again."
    case EACCES, EPERM: "Check who owns it and its permissions."
    case EROFS: "Choose a folder on a file system that can be written."
    case EMFILE, ENFILE: "Raise the limit of open files (ulimit -n)."
    case ENAMETOOLONG: "Shorten the names of folders, datasets or variables."
    case EIO: "The disk or network drive reports damage; check it."
    default: nil
    }
  }
}

/// An open file, closed when it goes out of scope.
struct FileDescriptor: ~Copyable {
  let number: Int32

  /// Opens a file; the call is repeated when a signal interrupts it.
  init(opening path: String, _ flags: Int32, mode: mode_t = 0o666) throws(SystemFailure) {
    try self.init(opening: path, at: AT_FDCWD, flags, mode: mode)
  }

  /// Opens a file by a path that begins at an open folder.
  init(
    opening path: String, at folder: Int32, _ flags: Int32, mode: mode_t = 0o666
  ) throws(SystemFailure) {
    while true {
      let number = openat(folder, path, flags | O_CLOEXEC, mode)
      if number >= 0 {
        self.number = number
        return
      }
      guard errno == EINTR else { throw .last }
    }
  }

  deinit { close(number) }

  /// What the system knows about the file.
  func status() throws(SystemFailure) -> stat {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw .last }
    return status
  }

  /// Reads bytes at an offset; fewer than asked for only where the file ends.
  func read(count: Int, at offset: Int) throws(SystemFailure) -> [UInt8] {
    var failure: SystemFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        guard let start = buffer.baseAddress else { return }
        let got = pread(number, start + filled, count - filled, offset + filled)
        if got == 0 { return }
        if got > 0 {
          filled += got
        } else if errno != EINTR {
          failure = .last
          return
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes at the file's position.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    var written = 0
    while written < bytes.count, let start = bytes.baseAddress {
      let count = Glibc.write(number, start + written, bytes.count - written)
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw .last
      }
    }
  }
}

/// The names in a folder, without `.` and `..`, in the order the system gives.
func namesInFolder(_ path: String) throws(SystemFailure) -> [String] {
  try entriesInFolder(path).map(\.name)
}

/// The same, each with the type that the folder notes of it (`DT_REG` …), which some file systems do not.
func entriesInFolder(_ path: String) throws(SystemFailure) -> [(name: String, type: UInt8)] {
  guard let folder = opendir(path) else { throw .last }
  defer { closedir(folder) }
  var names: [(name: String, type: UInt8)] = []
  while true {
    errno = 0
    guard let entry = readdir(folder) else {
      if errno != 0 { throw .last }
      return names
    }
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append((name, entry.pointee.d_type)) }
  }
}

/// Brings everything that was written to the file system of a folder to its disk.
///
/// - Throws: ``StoreError`` where the disk refuses it.
package func synchroniseFileSystem(of folder: String) throws(StoreError) {
  do throws(SystemFailure) {
    let descriptor = try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY)
    guard file_shim_sync(descriptor.number) == 0 else { throw .last }
  } catch {
    throw StoreError(
      .unwritable, attempt: "bring \(folder) to the disk", reason: error.text, remedy: error.remedy)
  }
}
