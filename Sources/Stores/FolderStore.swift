import Glibc
public import Transport

/// A store whose keys are the paths of files below a folder.
///
/// Symbolic links are followed, also out of the folder: whoever made them may read what they name.
/// A key itself cannot lead out. Only regular files are objects.
public struct FolderStore: Store {
  /// The folder's path.
  public let location: String

  /// Makes a store of the files below a folder.
  ///
  /// - Parameter path: the folder's path; the folder must be there.
  /// - Throws: ``StoreError`` when there is no such folder.
  public init(path: String) throws(StoreError) {
    var trimmed = path.isEmpty ? "." : path
    while trimmed.utf8.count > 1, trimmed.utf8.last == UInt8(ascii: "/") { trimmed.removeLast() }
    location = trimmed
    do {
      let folder = try FileDescriptor(opening: trimmed, O_RDONLY | O_DIRECTORY)
      _ = consume folder
    } catch {
      throw StoreError(
        error.isAbsence ? .notFound : .unreadable, attempt: "open the folder \(trimmed)",
        reason: error.code == ENOTDIR ? "it is not a folder" : error.text,
        remedy: error.isAbsence ? "Check the path." : error.remedy)
    }
  }

  /// All bytes of a file; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be read.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try read(key, attempt: "read") { size throws(StoreError) in 0..<size }
  }

  /// The bytes of a file in a range; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed, the file cannot be read, or the range
  ///   begins past its end.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try read(key, attempt: "read \(range) of") { size throws(StoreError) in
      try range.offsets(inObjectOfSize: size, key: key, location: location)
    }
  }

  /// The size of a file in bytes; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be looked at.
  public func size(of key: String) throws(StoreError) -> Int? {
    try status(of: key).map { Int($0.st_size) }
  }

  /// The names in a folder, sorted; empty when there is no such folder.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed or the folder cannot be read.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try StoreKey.check(prefix: prefix, in: location)
    do {
      return try namesInFolder(prefix.isEmpty ? location : path(of: prefix))
        .sorted { $0.precedesInBytes($1) }
    } catch {
      if error.isAbsence { return [] }
      throw failure(error, attempt: "list", key: prefix)
    }
  }

  /// Size and time of the last change (nanoseconds) of a file; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be looked at.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    try status(of: key).map { status in
      let time = status.st_mtim
      return "\(status.st_size)-\(time.tv_sec).\(time.tv_nsec)"
    }
  }

  private func path(of key: String) -> String { location + "/" + key }

  private func status(of key: String) throws(StoreError) -> stat? {
    try StoreKey.check(key, in: location)
    var status = stat()
    guard stat(path(of: key), &status) == 0 else {
      let error = SystemFailure.last
      if error.isAbsence { return nil }
      throw failure(error, attempt: "look at", key: key)
    }
    return try isFile(status, attempt: "look at", key: key) ? status : nil
  }

  /// Whether it is a file; a folder is none, and anything else is refused: what a pipe or a device
  /// would give is no object, and to take it for missing would hide that.
  private func isFile(_ status: stat, attempt: String, key: String) throws(StoreError) -> Bool {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return true
    case S_IFDIR: return false
    default:
      throw StoreError(
        .unreadable, attempt: "\(attempt) “\(key)” in \(location)",
        reason: "it is neither a file nor a folder")
    }
  }

  private func read(
    _ key: String, attempt: String, offsets: (Int) throws(StoreError) -> Range<Int>
  ) throws(StoreError) -> [UInt8]? {
    try StoreKey.check(key, in: location)
    let wanted: Range<Int>
    let bytes: [UInt8]
    do {
      // Opening a pipe would wait for a writer without O_NONBLOCK; files do not mind it.
      let file = try FileDescriptor(opening: path(of: key), O_RDONLY | O_NONBLOCK)
      let status = try file.status()
      guard try isFile(status, attempt: attempt, key: key) else { return nil }
      wanted = try offsets(Int(status.st_size))
      bytes = try file.read(count: wanted.count, at: wanted.lowerBound)
    } catch let error as SystemFailure {
      if error.isAbsence { return nil }
      throw failure(error, attempt: attempt, key: key)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.unreadable, attempt: "\(attempt) “\(key)”", reason: "\(error)")
    }
    guard bytes.count == wanted.count else {
      throw StoreError(
        .unreadable, attempt: "\(attempt) “\(key)” in \(location)",
        reason: "the file became shorter while it was read",
        remedy: "Wait until whoever writes it has finished.")
    }
    return bytes
  }

  private func failure(_ error: SystemFailure, attempt: String, key: String) -> StoreError {
    StoreError(
      .unreadable, attempt: "\(attempt) “\(key)” in \(location)", reason: error.text,
      remedy: error.remedy)
  }
}
