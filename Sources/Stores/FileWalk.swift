import Glibc

/// The files of a site in the order of their keys' bytes, without the build's own records.
///
/// Of each folder on the way to the next file the names are held in memory.
public struct FileWalk {
  private struct Entry {
    /// With a `/` behind it for a folder, so that its files sort among the others as their keys do.
    let name: String
    /// `nil` for a folder.
    let size: Int?
  }

  private let path: String
  private var levels: [(prefix: String, entries: ArraySlice<Entry>)] = []

  init(of path: String, below prefix: String) throws(StoreError) {
    self.path = path
    try enter(prefix)
  }

  /// The next file; `nil` at the end.
  ///
  /// - Throws: ``StoreError`` when a folder cannot be read.
  public mutating func next() throws(StoreError) -> SiteFolder.File? {
    while let level = levels.indices.last {
      guard let entry = levels[level].entries.popFirst() else {
        levels.removeLast()
        continue
      }
      let prefix = levels[level].prefix
      let key = prefix.isEmpty ? entry.name : prefix + "/" + entry.name
      if let size = entry.size { return SiteFolder.File(key: key, size: size) }
      try enter(String(key.dropLast()))
    }
    return nil
  }

  private mutating func enter(_ prefix: String) throws(StoreError) {
    let folder = prefix.isEmpty ? path : path + "/" + prefix
    var entries: [Entry] = []
    do {
      for name in try namesInFolder(folder)
      where !(prefix.isEmpty && name == SiteFolder.privateFolder) {
        var status = stat()
        guard fstatat(AT_FDCWD, folder + "/" + name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
          continue  // Removed since the folder was read.
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        entries.append(
          Entry(name: name + (isFolder ? "/" : ""), size: isFolder ? nil : Int(status.st_size)))
      }
    } catch {
      if error.isAbsence { return }
      throw StoreError(
        .unreadable, attempt: "list \(folder)", reason: error.text, remedy: error.remedy)
    }
    entries.sort { $0.name.precedesInBytes($1.name) }
    levels.append((prefix, entries[...]))
  }
}
