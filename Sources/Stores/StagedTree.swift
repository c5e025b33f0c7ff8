import CFileShim
import Glibc
import Synchronization

/// A new tree of files that is written out of sight and then put in the place of the old one.
///
/// Meant for tiles: many small files are written quickly, with one open folder for each row.
/// Threads may write at once. A tree that is neither published nor discarded is removed when it is
/// released, or by the next build.
public final class StagedTree: Sendable {
  /// The folder below the site that the tree will be.
  public let prefix: String
  private let site: SiteFolder
  private let root: String
  private let state = Mutex(State())

  private struct State {
    /// Folders that were written to lately; they are there.
    var open: [String: Folder] = [:]
    var isFinished = false
    var fileCount = 0
    var byteCount = 0
  }

  /// An open folder, closed when nobody writes to it any more.
  private final class Folder: Sendable {
    let descriptor: FileDescriptor
    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
  }

  /// A cap far above the rows that threads write at once, far below the limit of open files.
  private static let openFolderLimit = 64

  init(prefix: String, site: SiteFolder) throws(StoreError) {
    self.prefix = prefix
    self.site = site
    try StoreKey.check(prefix, in: site.path)
    do {
      root = try site.temporaryName()
      try makeFolders(root)
    } catch {
      throw site.failure(error, attempt: "stage \(site.path)/\(prefix)")
    }
  }

  deinit {
    if !state.withLock({ $0.isFinished }) { discard() }
  }

  /// How many files were written so far.
  public var fileCount: Int { state.withLock { $0.fileCount } }

  /// How many bytes were written so far.
  public var byteCount: Int { state.withLock { $0.byteCount } }

  /// Writes a new file of the tree.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - key: the path below the tree's folder, as in `5/12/9.png`; no other file may have it.
  /// - Throws: ``StoreError`` when the key is not allowed or was written before, or the file cannot
  ///   be written.
  public func write(_ bytes: UnsafeRawBufferPointer, to key: String) throws(StoreError) {
    try StoreKey.check(key, in: prefix)
    let slash = key.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folderName = slash.map { key[..<$0] } ?? ""
    let name = String(slash.map { key[key.index(after: $0)...] } ?? key[...])
    do throws(SystemFailure) {
      let folder = try folder(String(folderName))
      do throws(SystemFailure) {
        let file = try FileDescriptor(
          opening: name, at: folder.descriptor.number, O_WRONLY | O_CREAT | O_EXCL)
        try file.write(bytes)
      } catch {
        // A file that is there already belongs to somebody else.
        if error.code != EEXIST { unlinkat(folder.descriptor.number, name, 0) }
        throw error
      }
    } catch {
      throw site.failure(error, attempt: "write \(site.path)/\(prefix)/\(key)")
    }
    state.withLock { state in
      state.fileCount += 1
      state.byteCount += bytes.count
    }
  }

  /// Writes a new file of the tree.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - key: the path below the tree's folder; no other file may have it.
  /// - Throws: ``StoreError`` as the other form.
  public func write(_ bytes: [UInt8], to key: String) throws(StoreError) {
    try bytes.withUnsafeBufferPointer { buffer throws(StoreError) in
      try write(UnsafeRawBufferPointer(buffer), to: key)
    }
  }

  /// Puts the tree in its place, in one step where the file system can exchange folders, and then
  /// removes the old tree; a tree without files only removes the old one.
  ///
  /// - Throws: ``StoreError`` when the tree cannot be moved; then the old tree is in place.
  public func publish() throws(StoreError) {
    let isEmpty = state.withLock { state in
      state.isFinished = true
      state.open = [:]
      return state.fileCount == 0
    }
    let target = site.path + "/" + prefix
    if isEmpty {
      discard()
      return try site.removeTree(prefix)
    }
    do throws(SystemFailure) {
      try exchange(target)
      try removeFolderTree(root)
    } catch {
      throw site.failure(error, attempt: "put \(target) in place")
    }
  }

  /// Removes what was written; the old tree stays.
  public func discard() {
    state.withLock { state in
      state.isFinished = true
      state.open = [:]
    }
    // What cannot be removed now is removed when the next build starts.
    _ = Result { () throws(SystemFailure) in try removeFolderTree(root) }
  }

  /// Swaps the new tree with what is at its place; afterwards `root` is the old tree, if any.
  private func exchange(_ target: String) throws(SystemFailure) {
    // Another worker that makes the same tree may come between two calls; then it is tried again.
    var attempt = 0
    while true {
      do throws(SystemFailure) {
        return try exchangeOnce(target)
      } catch {
        attempt += 1
        guard [EEXIST, ENOTEMPTY, ENOENT].contains(error.code), attempt < 100 else { throw error }
      }
    }
  }

  private func exchangeOnce(_ target: String) throws(SystemFailure) {
    var status = stat()
    guard lstat(target, &status) == 0 else { return try site.moveIntoPlace(root, target) }
    if file_shim_exchange(root, target) == 0 { return }
    // Some network file systems cannot exchange; then there is a moment without the tree.
    guard errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP else { throw .last }
    let old = try site.temporaryName()
    guard rename(target, old) == 0 else { throw .last }
    guard rename(root, target) == 0 else {
      let error = SystemFailure.last
      rename(old, target)
      throw error
    }
    try removeFolderTree(old)
  }

  /// The open folder of that name below the tree, made where it is missing.
  private func folder(_ name: String) throws(SystemFailure) -> Folder {
    if let folder = state.withLock({ $0.open[name] }) { return folder }
    let path = name.isEmpty ? root : root + "/" + name
    try makeFolders(path)
    let folder = Folder(try FileDescriptor(opening: path, O_RDONLY | O_DIRECTORY))
    state.withLock { state in
      // Threads that still write to a folder keep it open; forgetting it costs one open call.
      if state.open.count >= Self.openFolderLimit { state.open = [:] }
      state.open[name] = folder
    }
    return folder
  }
}

extension SiteFolder {
  /// Begins a new tree of files.
  ///
  /// - Parameter prefix: the folder below the site that the tree will be when it is published.
  /// - Returns: the empty tree.
  /// - Throws: ``StoreError`` when the prefix is not allowed or nothing can be written.
  public func stage(_ prefix: String) throws(StoreError) -> StagedTree {
    try StagedTree(prefix: prefix, site: self)
  }
}
