import Glibc

/// A file for what does not fit into memory.
///
/// It has no name, so it goes with this object, or with the program however that ends. Used from one
/// thread at a time for writing.
public final class SpillFile: Sendable {
  private let file: FileDescriptor
  private let folder: String

  init(_ path: String, folder: String) throws(SystemFailure) {
    self.folder = folder
    file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, mode: 0o600)
    unlink(path)
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: ``StoreError`` when they cannot be written.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    do { try file.write(bytes) } catch { throw failure(error, .unwritable, "write") }
  }

  /// Reads bytes; fewer than asked for only where the file ends.
  ///
  /// - Throws: ``StoreError`` when they cannot be read.
  public func read(count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    do {
      return try file.read(count: count, at: offset)
    } catch {
      throw failure(error, .unreadable, "read")
    }
  }

  private func failure(_ error: SystemFailure, _ kind: StoreError.Kind, _ what: String)
    -> StoreError
  {
    StoreError(
      kind, attempt: "\(what) a file for what does not fit into memory in \(folder)",
      reason: error.text, remedy: error.remedy)
  }
}

extension SiteFolder {
  /// Begins a file for what does not fit into memory, beside the site.
  ///
  /// - Throws: ``StoreError`` when it cannot be made.
  public func spillFile() throws(StoreError) -> SpillFile {
    do {
      return try SpillFile(temporaryName(), folder: path)
    } catch {
      throw failure(error, attempt: "make a file for what does not fit into memory in \(path)")
    }
  }
}
