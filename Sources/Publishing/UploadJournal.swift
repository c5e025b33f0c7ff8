import Buckets
import Foundation
import Stores

/// Remembers which objects of an unfinished publication are stored, so that the next run goes on.
///
/// It only saves work: without it, everything that was announced is sent again. It counts only for
/// as long as nobody else has held the claim meanwhile.
///
/// Tiles and chunks are looked for in the order of their keys, so that what is known of them need not
/// be in memory.
final class UploadJournal {
  private let path: String
  private let file: FileHandle
  /// The name under which this publisher claims the target.
  let id: String
  /// Hashes of documents and their copies, which are few, by their keys.
  private var documents: [String: String] = [:]
  private var stored: SortedKeys?
  private var next: (key: String, value: String)?

  /// Opens the journal of a folder for one target, or begins it.
  init(in folder: SiteFolder, for location: String) throws {
    let name = sha256Hex(Array(location.utf8)).prefix(16)
    let key = "\(SiteFolder.privateFolder)/publish/\(name).journal"
    path = folder.path + "/" + key
    if let lines = try JournalLines(path), let first = try lines.next(), first.utf8.count == 32 {
      id = first
      file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      // The last line may be cut off.
      let objects = KeySorter(in: folder)
      while let line = try lines.next() {
        guard line.utf8.count > 65 else { continue }
        let (hash, key) = (String(line.prefix(64)), String(line.dropFirst(65)))
        if Self.isAskedAnyTime(key) { documents[key] = hash } else { try objects.add(key, hash) }
      }
      try file.seekToEnd()
      if lines.isCutOff { try file.write(contentsOf: Data("\n".utf8)) }
      stored = try objects.sorted()
      next = try stored?.next()
    } else {
      id = hexadecimal((0..<16).map { _ in UInt8.random(in: 0...255) })
      try folder.write(Array("\(id)\n".utf8), to: key)
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seekToEnd()
    }
  }

  deinit { try? file.close() }

  private static func isAskedAnyTime(_ key: String) -> Bool {
    PublishedForm.isDocument(key) || key.hasPrefix(DocumentCopy.folder)
  }

  /// Forgets everything: somebody else has written meanwhile.
  func forget() throws {
    (documents, stored, next) = ([:], nil, nil)
    try file.truncate(atOffset: 33)
    try file.seekToEnd()
  }

  /// Whether an object is known to be stored; tiles and chunks must be asked for in the order of the
  /// bytes of their keys.
  ///
  /// - Throws: `StoreError` where what is known cannot be read.
  func contains(_ key: String, _ sha256: String) throws -> Bool {
    if Self.isAskedAnyTime(key) { return documents[key] == sha256 }
    // What was stored last under a key counts.
    var known: String?
    while let entry = next, !key.precedesInBytes(entry.key) {
      if entry.key.utf8.elementsEqual(key.utf8) { known = entry.value }
      next = try stored?.next()
    }
    return known == sha256
  }

  /// Notes that an object is stored.
  func add(_ upload: Upload) throws {
    try file.write(contentsOf: Data("\(upload.sha256) \(upload.key)\n".utf8))
  }

  /// Ends the journal with its publication.
  func remove() { unlink(path) }
}

/// The lines of a file, without one that is cut off.
private final class JournalLines {
  private let file: FileHandle
  private var bytes: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// `nil` where there is no such file.
  init?(_ path: String) throws {
    guard access(path, F_OK) == 0 else { return nil }
    file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  }

  deinit { try? file.close() }

  /// Whether something without the end of a line stands behind the last one.
  var isCutOff: Bool { isAtEnd && start < bytes.count }

  func next() throws -> String? {
    while true {
      if let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
      }
      guard !isAtEnd else { return nil }
      let more = try file.read(upToCount: 1 << 18) ?? Data()
      isAtEnd = more.isEmpty
      bytes = Array(bytes[start...]) + Array(more)
      start = 0
    }
  }
}
