import Glibc
import Transport

/// A copy of an object in a file that has no name: the system removes it when this is gone or the
/// program ends, however it ends.
public final class TemporaryCopy: Sendable {
  /// A path under which the file can be opened as long as this is there, also by other programs of
  /// the same user.
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
      let name = "\(folder)/.cubepress-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      file = try FileDescriptor(opening: name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
      unlink(name)
    } catch {
      throw StoreError(
        .unwritable, attempt: attempt, reason: error.text, remedy: error.remedy)
    }
    path = "/proc/\(getpid())/fd/\(file.number)"
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
  }
}
