public import Buckets
import Foundation
import Stores
import Synchronization

/// A folder that a site is published to, as into a bucket: for mirrors and web servers.
///
/// Files appear whole. One program at a time may publish to it.
public final class FolderTarget: PublishingTarget {
  private let folder: SiteFolder
  private let writing = Mutex(())

  /// Opens a folder, which is made where it is missing.
  ///
  /// - Throws: `StoreError` when another program has it or it cannot be written.
  public init(path: String) throws {
    folder = try SiteFolder(path: path)
    try folder.startBuild()
  }

  /// The folder's path.
  public var location: String { folder.path }
  /// The machine's time.
  public var now: Int { Int(Date().timeIntervalSince1970) }

  /// Reads a whole file; its hash is its tag.
  public func read(_ key: String) throws -> StoredObject? {
    try folder.read(key).map { StoredObject(bytes: $0, tag: sha256Hex($0)) }
  }

  /// Writes a file under a condition.
  public func write(
    _ bytes: [UInt8], to key: String, fields: [(name: String, value: String)],
    when condition: WriteCondition
  ) throws -> Bool {
    try writing.withLock { _ in
      let tag = try read(key)?.tag
      switch condition {
      case .none: break
      case .absent: if tag != nil { return false }
      case .tag(let wanted): if tag != wanted { return false }
      }
      try folder.write(bytes, to: key)
      return true
    }
  }

  /// Copies files.
  public func store(_ next: () throws -> Upload?, stored: (Upload) throws -> Void) throws {
    while let upload = try next() {
      switch upload.content {
      case .bytes(let bytes): try folder.write(bytes, to: upload.key)
      case .file(let path, _):
        // Mapped: a shard may be larger than the memory.
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        try data.withUnsafeBytes { bytes in
          guard sha256Hex(bytes) == upload.sha256 else { throw PublishingError.changed(path) }
          try folder.write(bytes, to: upload.key)
        }
      }
      try stored(upload)
    }
  }

  /// Removes files and the folders left empty.
  public func delete(_ next: () throws -> String?, deleted: (String) throws -> Void) throws {
    while let key = try next() {
      try folder.remove(key)
      try deleted(key)
    }
  }

  /// Visits the files below a prefix that ends with `/`, or all.
  public func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws {
    var files: [ListedObject] = []
    try folder.forEachFile(below: prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix) {
      files.append(ListedObject(key: $0.key, size: $0.size))
    }
    for file in files { try visit(file) }
  }

  /// Opening the folder has removed what was half-done.
  public func abandonUnfinished() {}
}

extension PublishingError {
  /// A file is not what the manifest says.
  static func changed(_ path: String) -> PublishingError {
    PublishingError(
      .content, attempt: "publish \(path)", reason: "it is not what the build made",
      remedy: "Run cubepress check on the folder, and build again.")
  }
}
