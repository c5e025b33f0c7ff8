import Glibc

/// What a file system knows about a file or folder.
public struct FileStatus: Sendable, Hashable {
  /// Whether it is a folder; otherwise it is a regular file.
  public let isFolder: Bool
  /// The size in bytes.
  public let size: Int
  /// The time of the last change, in whole seconds since 1970-01-01 UTC.
  public let modifiedSeconds: Int
  /// The rest of that time, in nanoseconds.
  public let modifiedNanoseconds: Int
}

extension FolderStore {
  /// What there is under a key, which may also be that of a folder.
  ///
  /// - Parameter key: a key, or the empty text for the store's own folder.
  /// - Returns: `nil` when there is neither a file nor a folder.
  /// - Throws: ``StoreError`` when the key is not allowed or the system refuses to tell.
  public func status(of key: String) throws(StoreError) -> FileStatus? {
    try StoreKey.check(prefix: key, in: location)
    var status = stat()
    guard stat(key.isEmpty ? location : location + "/" + key, &status) == 0 else {
      let error = SystemFailure.last
      // Under a name that the system does not take there is nothing, nor at the end of a circle.
      if error.isAbsence || [ENAMETOOLONG, ELOOP].contains(error.code) { return nil }
      throw StoreError(
        .unreadable, attempt: "look at “\(key)” in \(location)", reason: error.text,
        remedy: error.remedy)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else { return nil }
    return FileStatus(
      isFolder: kind == S_IFDIR, size: Int(status.st_size),
      modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec)
  }

  /// The key of what is under a key when its symbolic links are followed.
  ///
  /// - Parameter key: a key, or the empty text for the store's own folder.
  /// - Returns: `nil` when they lead out of the store's folder, or there is nothing.
  public func followingLinks(_ key: String) -> String? {
    guard let folder = resolvedPath(location), let path = resolvedPath(location + "/" + key) else {
      return nil
    }
    if path == folder { return "" }
    let start = folder == "/" ? folder : folder + "/"
    return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
  }

  /// What lies in a folder, in the order in which sorted keys name it: a folder's name has a slash at its end.
  ///
  /// Links to folders are left out: they can lead in circles.
  ///
  /// - Parameter folder: a key, or the empty text for the store's own folder.
  /// - Returns: nothing where there is no such folder.
  /// - Throws: ``StoreError`` when the key is not allowed or the folder cannot be read.
  public func names(in folder: String) throws(StoreError) -> [String] {
    try StoreKey.check(prefix: folder, in: location)
    let path = folder.isEmpty ? location : location + "/" + folder
    do throws(SystemFailure) {
      return try entriesInFolder(path).compactMap { entry in
        var type = Int(entry.type)
        if type != DT_REG, type != DT_DIR {
          var status = stat()
          guard stat(path + "/" + entry.name, &status) == 0 else { return nil }
          let isFolder = status.st_mode & S_IFMT == S_IFDIR
          guard status.st_mode & S_IFMT == S_IFREG || (isFolder && type == DT_UNKNOWN) else {
            return nil
          }
          type = isFolder ? DT_DIR : DT_REG
        }
        return type == DT_DIR ? entry.name + "/" : entry.name
      }.sorted { $0.precedesInBytes($1) }
    } catch {
      if error.isAbsence { return [] }
      throw StoreError(
        .unreadable, attempt: "list “\(folder)” in \(location)", reason: error.text,
        remedy: error.remedy)
    }
  }

  /// The path without symbolic links; `nil` when there is nothing there.
  private func resolvedPath(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
