import Glibc
import Synchronization

/// The folder that a site is written to.
///
/// Every file appears whole or not at all, also when the program is killed: it is written under
/// `.cubepress/staging/` first and then renamed into place. Calls block and may be made from any
/// thread; two writers of one key are not ordered.
public final class SiteFolder: Sendable {
  /// Whether a write changed anything.
  public enum Outcome: Sendable, Hashable {
    /// The file is new or has new content.
    case written
    /// The file had this content already and was not touched.
    case unchanged
  }

  /// A file of the site.
  public struct File: Sendable, Hashable {
    /// The path below the folder.
    public let key: String
    /// The size in bytes.
    public let size: Int
  }

  /// The name of the folder inside for the build's own records, which is never published.
  public static let privateFolder = ".cubepress"
  static let stagingFolder = privateFolder + "/staging"

  /// The folder's path.
  public let path: String
  /// The files of the site, for reading.
  public let contents: FolderStore
  private let stagedCount = Atomic<Int>(0)
  /// Keeps programs apart that write at once, also on different machines.
  private let writer = UInt64.random(in: 0 ... .max)
  private let stagingIsThere = Mutex(false)
  private let claimed = Mutex<FolderClaim?>(nil)
  private let lending = Mutex<(any FileLender)?>(nil)

  /// Makes the folder, where it is missing, and opens it.
  ///
  /// - Parameter path: the folder's path.
  /// - Throws: ``StoreError`` when the folder cannot be made or is not one.
  public init(path: String) throws(StoreError) {
    do {
      try makeFolders(path)
    } catch {
      throw StoreError(
        .unwritable, attempt: "make the folder \(path)", reason: error.text, remedy: error.remedy)
    }
    contents = try FolderStore(path: path)
    self.path = contents.location
  }

  /// Claims the folder for a build and removes what a killed one left half-done.
  ///
  /// The claim ends with this object, or with the program.
  ///
  /// - Parameter isShared: whether other workers may build at the same time; then what others left
  ///   half-done stays, since they may still be at it.
  /// - Throws: ``StoreError`` when another build has the folder, or it cannot be written.
  public func startBuild(isShared: Bool = false) throws(StoreError) {
    let name = path + "/" + Self.privateFolder
    do {
      try makeFolders(name)
      if claimed.withLock({ $0 == nil }) {
        let claim = try FolderClaim(path: name + "/lock", isShared: isShared)
        claimed.withLock { $0 = claim }
      }
      if isShared { return }
      try stagingIsThere.withLock { isThere throws(SystemFailure) in
        try removeFolderTree(path + "/" + Self.stagingFolder)
        isThere = false
      }
    } catch {
      if error.code == EWOULDBLOCK {
        throw StoreError(
          .busy, attempt: "start a build in \(path)", reason: "another build runs there",
          remedy: "Wait until it has finished, or choose another folder.")
      }
      throw failure(error, attempt: "start a build in \(path)")
    }
  }

  /// Where files can be had that are not here.
  public var lender: (any FileLender)? { lending.withLock { $0 } }

  /// From now on takes files that are not here from somewhere else.
  public func borrow(from lender: any FileLender) { lending.withLock { $0 = lender } }

  /// Writes a file, unless it has exactly this content already.
  ///
  /// - Parameters:
  ///   - pieces: the content, in pieces that follow one another.
  ///   - key: the path below the folder; folders above it are made.
  /// - Returns: whether anything changed; an unchanged file keeps its date.
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be written; then the
  ///   former file, if any, is still there.
  @discardableResult
  public func write(pieces: [[UInt8]], to key: String) throws(StoreError) -> Outcome {
    let size = pieces.reduce(0) { $0 + $1.count }
    return try write(size: size, to: key) { take throws(SystemFailure) in
      for piece in pieces {
        try piece.withUnsafeBufferPointer { piece throws(SystemFailure) in
          try take(UnsafeRawBufferPointer(piece))
        }
      }
    }
  }

  /// Writes a file, unless it has exactly this content already.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - key: the path below the folder; folders above it are made.
  /// - Returns: whether anything changed; an unchanged file keeps its date.
  /// - Throws: ``StoreError`` as the other form.
  @discardableResult
  public func write(
    _ bytes: UnsafeRawBufferPointer, to key: String
  ) throws(StoreError) -> Outcome {
    try write(size: bytes.count, to: key) { take throws(SystemFailure) in try take(bytes) }
  }

  /// Hands its content to a taker, piece by piece.
  private typealias Content = (
    (UnsafeRawBufferPointer) throws(SystemFailure) -> Void
  ) throws(SystemFailure) -> Void

  private func write(
    size: Int, to key: String, _ content: Content
  ) throws(StoreError) -> Outcome {
    try StoreKey.check(key, in: path)
    let target = path + "/" + key
    do throws(SystemFailure) {
      if isContent(of: target, size: size, content) { return .unchanged }
      let temporary = try temporaryName()
      do throws(SystemFailure) {
        let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL)
        try content { piece throws(SystemFailure) in try file.write(piece) }
      } catch {
        unlink(temporary)
        throw error
      }
      try moveIntoPlace(temporary, target)
      return .written
    } catch {
      throw failure(error, attempt: "write \(target)")
    }
  }

  /// Writes a file, unless it has exactly this content already.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - key: the path below the folder; folders above it are made.
  /// - Returns: whether anything changed; an unchanged file keeps its date.
  /// - Throws: ``StoreError`` as the other form.
  @discardableResult
  public func write(_ bytes: [UInt8], to key: String) throws(StoreError) -> Outcome {
    try write(pieces: [bytes], to: key)
  }

  /// Begins a file that grows line by line, such as a log; it must not be there.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be made.
  public func growingFile(_ key: String) throws(StoreError) -> GrowingFile {
    try StoreKey.check(key, in: path)
    do {
      return try GrowingFile(path: path + "/" + key)
    } catch {
      throw failure(error, attempt: "make \(path)/\(key)")
    }
  }

  /// The content of a file; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be read.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? { try contents.read(key) }

  /// Whether there is such a file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be looked at.
  public func exists(_ key: String) throws(StoreError) -> Bool { try contents.size(of: key) != nil }

  /// Size and SHA-256 of a file, read in pieces; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be read.
  public func digest(of key: String) throws(StoreError) -> (size: Int, sha256: [UInt8])? {
    guard try exists(key) else { return nil }
    do {
      return try digestOfFile(path + "/" + key)
    } catch {
      throw failure(error, attempt: "read \(path)/\(key)", kind: .unreadable)
    }
  }

  /// Makes a folder, where it is missing.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the folder cannot be made.
  public func makeFolder(_ key: String) throws(StoreError) {
    try StoreKey.check(key, in: path)
    do {
      try makeFolders(path + "/" + key)
    } catch {
      throw failure(error, attempt: "make the folder \(path)/\(key)")
    }
  }

  /// Gives a file another key, in the place of what may be there.
  ///
  /// - Throws: ``StoreError`` when a key is not allowed or the file cannot be moved.
  public func move(_ key: String, to target: String) throws(StoreError) {
    try StoreKey.check(key, in: path)
    try StoreKey.check(target, in: path)
    do throws(SystemFailure) {
      try makeFolders(path + "/" + (target[..<(target.lastIndex(of: "/") ?? target.startIndex)]))
      guard rename(path + "/" + key, path + "/" + target) == 0 else { throw SystemFailure.last }
    } catch {
      throw failure(error, attempt: "move \(path)/\(key) to \(target)")
    }
  }

  /// Removes a file, and the folders that it leaves empty; fine when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be removed.
  public func remove(_ key: String) throws(StoreError) {
    try StoreKey.check(key, in: path)
    if unlink(path + "/" + key) != 0 {
      let error = SystemFailure.last
      if !error.isAbsence { throw failure(error, attempt: "remove \(path)/\(key)") }
    }
    removeEmptyFolders(above: key)
  }

  /// Removes all files below a prefix, and the folders left empty; fine when there are none.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed or something cannot be removed.
  public func removeTree(_ prefix: String) throws(StoreError) {
    try StoreKey.check(prefix, in: path)
    do {
      try removeFolderTree(path + "/" + prefix)
    } catch {
      throw failure(error, attempt: "remove \(path)/\(prefix)")
    }
    removeEmptyFolders(above: prefix)
  }

  /// Visits every file of the site in the order of their keys' bytes.
  ///
  /// The build's own records are left out. Only one folder at a time is held in memory on each
  /// level, whatever the number of files.
  ///
  /// - Parameters:
  ///   - prefix: a folder to which the visit is confined; the empty text for all.
  ///   - visit: what to do with each file.
  /// - Throws: what `visit` throws, or ``StoreError`` when a folder cannot be read.
  public func forEachFile(
    below prefix: String = "", _ visit: (File) throws(StoreError) -> Void
  ) throws(StoreError) {
    var files = try files(below: prefix)
    while let file = try files.next() { try visit(file) }
  }

  /// The files of the site in the order of their keys' bytes, one after the other, as ``forEachFile``
  /// visits them.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed or the folder cannot be read.
  public func files(below prefix: String = "") throws(StoreError) -> FileWalk {
    try StoreKey.check(prefix: prefix, in: path)
    return try FileWalk(of: path, below: prefix)
  }
}

// What the staged trees need too.
extension SiteFolder {
  func failure(
    _ error: SystemFailure, attempt: String, kind: StoreError.Kind = .unwritable
  ) -> StoreError {
    StoreError(kind, attempt: attempt, reason: error.text, remedy: error.remedy)
  }

  /// A path below the staging folder, which is there, that nothing else uses.
  func temporaryName() throws(SystemFailure) -> String {
    let number = stagedCount.add(1, ordering: .relaxed).newValue
    // No thread may go on before the folder is there.
    try stagingIsThere.withLock { isThere throws(SystemFailure) in
      if !isThere { try makeFolders(path + "/" + Self.stagingFolder) }
      isThere = true
    }
    return path + "/" + Self.stagingFolder + "/\(String(writer, radix: 36))-\(number)"
  }

  /// Renames a file or folder to its place, making the folders above it.
  func moveIntoPlace(_ temporary: String, _ target: String) throws(SystemFailure) {
    var attempt = 0
    while rename(temporary, target) != 0 {
      let error = SystemFailure.last
      attempt += 1
      // Another thread may remove the folder as empty just when it is made for this file.
      guard error.code == ENOENT, attempt < 1000 else {
        unlink(temporary)
        throw error
      }
      do throws(SystemFailure) {
        try makeFolders(String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)]))
      } catch {
        guard error.code == ENOENT else {
          unlink(temporary)
          throw error
        }
      }
    }
  }

  /// Removes the folders on the way to a key that hold nothing.
  func removeEmptyFolders(above key: String) {
    var prefix = key[...]
    while let slash = prefix.lastIndex(of: "/") {
      prefix = prefix[..<slash]
      guard rmdir(path + "/" + prefix) == 0 || errno == ENOENT else { return }
    }
  }

  private func isContent(of target: String, size: Int, _ content: Content) -> Bool {
    do throws(SystemFailure) {
      let file = try FileDescriptor(opening: target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
      let status = try file.status()
      guard status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) == size else { return false }
      var isEqual = true
      var offset = 0
      try content { piece throws(SystemFailure) in
        for start in stride(from: 0, to: piece.count, by: 1 << 18) where isEqual {
          let expected = piece[start..<min(piece.count, start + 1 << 18)]
          isEqual = try file.read(count: expected.count, at: offset).elementsEqual(expected)
          offset += expected.count
        }
      }
      return isEqual
    } catch {
      // Whatever is there cannot be read, so it is not known to be equal; writing will tell more.
      return false
    }
  }
}

/// A claim on a file that the system takes back when the program ends.
private final class FolderClaim: Sendable {
  private let file: FileDescriptor

  init(path: String, isShared: Bool) throws(SystemFailure) {
    file = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
    guard flock(file.number, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else { throw .last }
  }
}
