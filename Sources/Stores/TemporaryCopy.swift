import Glibc
import Transport

/// A copy of an object in a file that is removed when this is gone; what a program leaves behind that
/// is killed, ``removeAbandoned(in:)`` finds.
public final class TemporaryCopy: Sendable {
  /// The path of the file.
  public let path: String
  private let file: FileDescriptor

  /// How many bytes are asked for at once.
  private static let pieceSize = 8 << 20
  /// Objects up to this size are read in one go, as servers can do that know no ranges.
  private static let largestPiece = 64 << 20

  /// Copies an object; pieces are announced to the store, which may fetch several at once.
  ///
  /// - Parameters:
  ///   - key: the object.
  ///   - store: where it is.
  ///   - size: how many bytes it has.
  ///   - folder: where there is room.
  /// - Throws: ``StoreError`` when it cannot be read, is not that large any more, or there is no room.
  public init(
    of key: String, in store: any Store, size: Int, folder: String
  ) throws(StoreError) {
    let attempt = "copy “\(key)” from \(store.location) to \(folder)"
    do throws(SystemFailure) {
      path = "\(folder)/\(Self.prefix)\(UInt64.random(in: 0 ... .max))"
      file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
      // Shared, as readers lock it too; it says that somebody is there.
      guard flock(file.number, LOCK_SH) == 0 else { throw .last }
    } catch {
      throw StoreError(
        .unwritable, attempt: attempt, reason: error.text, remedy: error.remedy)
    }
    if size <= Self.largestPiece {
      try append(store.read(key), size, attempt)
      return
    }
    let pieces = stride(from: 0, to: size, by: Self.pieceSize).map {
      ByteRange.from(offset: $0, length: min(Self.pieceSize, size - $0))
    }
    store.expect(pieces.map { ExpectedRead(key, range: $0) })
    for piece in pieces { try append(store.read(key, range: piece), piece.length, attempt) }
  }

  private func append(
    _ bytes: [UInt8]?, _ expected: Int, _ attempt: String
  ) throws(StoreError) {
    guard let bytes, bytes.count == expected else {
      throw StoreError(
        .unreadable, attempt: attempt,
        reason: "it was removed or became another one while it was read",
        remedy: "Run it again when whoever writes it has finished.")
    }
    do throws(SystemFailure) {
      try bytes.withUnsafeBufferPointer { (buffer) throws(SystemFailure) in
        try file.write(UnsafeRawBufferPointer(buffer))
      }
    } catch {
      throw StoreError(
        .unwritable, attempt: attempt, reason: error.text, remedy: error.remedy)
    }
  }

  deinit {
    // A reader process may still have it open; its room is free at once nevertheless.
    ftruncate(file.number, 0)
    unlink(path)
  }

  private static let prefix = "cubepress-copy-"

  /// Removes the copies in a folder that programs have left behind which are gone.
  public static func removeAbandoned(in folder: String) {
    for name in (try? namesInFolder(folder)) ?? [] where name.hasPrefix(prefix) {
      let path = folder + "/" + name
      guard let file = try? FileDescriptor(opening: path, O_RDWR),
        flock(file.number, LOCK_EX | LOCK_NB) == 0
      else { continue }
      unlink(path)
    }
  }
}
