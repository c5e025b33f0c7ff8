import Glibc

/// A file that is written and read at any place, by several threads and workers at once, and
/// survives a killed build.
///
/// Behind the values stands a byte for each field: 1 when all of its values are there. So what the
/// file holds is known from itself alone, and goes with it.
final class ScratchFile: Sendable {
  let path: String
  private let file: Int32
  private let valueBytes: Int
  private let fieldCount: Int

  /// Opens the file, made where it is not there; what was never written takes no disk.
  init(_ path: String, valueBytes: Int, fieldCount: Int) throws(SeriesError) {
    self.path = path
    self.valueBytes = valueBytes
    self.fieldCount = fieldCount
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .scratch("open", path, String(cString: strerror(errno))) }
    guard ftruncate(file, valueBytes + fieldCount) == 0 else {
      let reason = String(cString: strerror(errno))
      close(file)
      throw .scratch("make", path, reason)
    }
  }

  deinit { close(file) }

  /// For each field whether its values are there.
  func marks() throws(SeriesError) -> [Bool] {
    var bytes = [UInt8](repeating: 0, count: fieldCount)
    // Typed throws do not go through `withUnsafeMutableBytes`.
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(SeriesError) in try read(buffer, at: valueBytes) }
    }
    try result.get()
    return bytes.map { $0 == 1 }
  }

  /// Says that all values of a field are written.
  ///
  /// - Parameters:
  ///   - field: the number of the field.
  ///   - isLasting: whether they are to be on the disk before that is said, because another machine
  ///     may believe it.
  /// - Throws: `SeriesError` where that cannot be written.
  func mark(_ field: Int, isLasting: Bool) throws(SeriesError) {
    if isLasting, fdatasync(file) != 0 {
      throw .scratch("write", path, String(cString: strerror(errno)))
    }
    let result = withUnsafeBytes(of: UInt8(1)) { byte in
      Result { () throws(SeriesError) in try write(byte, at: valueBytes + field) }
    }
    try result.get()
  }

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
