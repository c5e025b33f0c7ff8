import Buckets
import Foundation
import Stores

/// Remembers which objects of an unfinished publication are stored, so that the next run goes on.
///
/// It only saves work: without it, everything that was announced is sent again. It counts only for
/// as long as nobody else has held the claim meanwhile.
final class UploadJournal {
  private let path: String
  private let file: FileHandle
  /// The name under which this publisher claims the target.
  let id: String
  private var stored: [Int: UInt64] = [:]

  /// As much of a key as is needed to tell it apart.
  private static func mark(_ key: some StringProtocol) -> Int {
    var hasher = Hasher()
    for byte in key.utf8 { hasher.combine(byte) }
    return hasher.finalize()
  }

  /// As much of a hash as is needed to tell contents of one key apart.
  private static func content(_ sha256: some StringProtocol) -> UInt64 {
    UInt64(sha256.prefix(16), radix: 16) ?? 0
  }

  /// Opens the journal of a folder for one target, or begins it.
  init(in folder: SiteFolder, for location: String) throws {
    let name = sha256Hex(Array(location.utf8)).prefix(16)
    let key = "\(SiteFolder.privateFolder)/publish/\(name).journal"
    path = folder.path + "/" + key
    let text = try folder.read(key) ?? []
    var lines = text.split(separator: UInt8(ascii: "\n"))[...]
    if let first = lines.popFirst(), first.count == 32 {
      id = String(decoding: first, as: UTF8.self)
      // The last line may be cut off.
      if text.last != UInt8(ascii: "\n") { lines = lines.dropLast() }
      for line in lines where line.count > 65 {
        let words = String(decoding: line, as: UTF8.self)
        // What was stored last under a key counts.
        stored[Self.mark(words.dropFirst(65))] = Self.content(words.prefix(64))
      }
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seekToEnd()
      if text.last != UInt8(ascii: "\n") { try file.write(contentsOf: Data("\n".utf8)) }
    } else {
      id = hexadecimal((0..<16).map { _ in UInt8.random(in: 0...255) })
      try folder.write(Array("\(id)\n".utf8), to: key)
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seekToEnd()
    }
  }

  deinit { try? file.close() }

  /// Forgets everything: somebody else has written meanwhile.
  func forget() throws {
    stored = [:]
    try file.truncate(atOffset: 33)
    try file.seekToEnd()
  }

  /// Whether an object is known to be stored.
  func contains(_ key: String, _ sha256: String) -> Bool {
    !stored.isEmpty && stored[Self.mark(key)] == Self.content(sha256)
  }

  /// Notes that an object is stored.
  func add(_ upload: Upload) throws {
    try file.write(contentsOf: Data("\(upload.sha256) \(upload.key)\n".utf8))
  }

  /// Ends the journal with its publication.
  func remove() { unlink(path) }
}
