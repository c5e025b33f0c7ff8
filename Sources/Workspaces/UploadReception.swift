internal import Foundation
internal import GRDB
internal import Stores
internal import Teams

/// The checksum of a piece of an upload.
public struct PieceChecksum: Sendable, Hashable {
  fileprivate let algorithm: RunningDigest.Algorithm
  fileprivate let value: [UInt8]

  /// The names of the algorithms that are understood, as the extension `checksum` of tus 1.0 calls them.
  public static let algorithms = RunningDigest.Algorithm.allCases.map(\.rawValue)

  /// - Returns: `nil` for an algorithm that is not understood.
  public init?(algorithm: String, value: [UInt8]) {
    guard let algorithm = RunningDigest.Algorithm(rawValue: algorithm) else { return nil }
    self.algorithm = algorithm
    self.value = value
  }
}

extension Workspace {
  /// How much of a piece is written before it counts as received, whatever becomes of the rest.
  private static let steadyStep: Int64 = 16 << 20

  /// Receives a piece of an upload; when it is the last one, the check begins.
  ///
  /// What has been counted as received is on disk. Of a piece that is cut off, what arrived counts,
  /// unless it has a checksum: then all of it counts or nothing.
  ///
  /// - Parameters:
  ///   - pieces: the bytes, in parts of any size.
  ///   - upload: the upload that they belong to.
  ///   - offset: where they begin; only where the upload ends so far is allowed.
  ///   - checksum: of all these bytes.
  ///   - now: gives the time in seconds since 1970.
  /// - Returns: the upload as it is then.
  /// - Throws: ``WorkspaceError`` where the offset is another one, there is too much, the checksum does not
  ///   fit, or the disk fails; and whatever the bytes' source throws.
  public func receive<Pieces: AsyncSequence>(
    _ pieces: Pieces, of upload: Upload, at offset: Int64, checksum: PieceChecksum?,
    now: @Sendable () -> Int64
  ) async throws -> Upload where Pieces.Element == [UInt8] {
    let attempt = "receive a piece of an upload"
    guard uploadsAtWork.take(upload.id) else { throw Self.busy(attempt) }
    defer { uploadsAtWork.release(upload.id) }
    // Looked up again: only who has taken the name may rely on it.
    guard let current = try await current(upload.id) else {
      throw WorkspaceError.unknown(attempt, "upload")
    }
    guard current.state == .receiving, current.received == offset else {
      throw WorkspaceError(
        .conflict, attempt, because: "it has \(current.received) bytes so far, not \(offset)",
        remedy: "ask for its offset and go on there")
    }
    let file = try await BlockingWork.run { [path = receivedPath(current)] in
      try GrowingFileOfBytes(path: path, keeping: offset)
    }
    let digest = checksum.map { RunningDigest($0.algorithm) }
    var end = offset
    var counted = offset
    do {
      for try await piece in pieces where !piece.isEmpty {
        guard Int64(piece.count) <= current.length - end else {
          throw WorkspaceError(
            .tooLarge, attempt, because: "it is longer than the \(current.length) bytes announced",
            remedy: "send what was announced")
        }
        try await BlockingWork.run { try file.append(piece) }
        digest?.update(piece)
        end += Int64(piece.count)
        if digest == nil, end - counted >= Self.steadyStep {
          try await count(end, of: current, in: file, now: now())
          counted = end
        }
      }
    } catch {
      let isOurs = (error as? WorkspaceError) != nil
      if digest == nil, !isOurs, end > counted {
        try await count(end, of: current, in: file, now: now())
      }
      throw error
    }
    if let digest, let checksum, digest.finish() != checksum.value {
      throw WorkspaceError(
        .mismatch, attempt, because: "its bytes do not fit their checksum", remedy: "send it again")
    }
    if end > counted { try await count(end, of: current, in: file, now: now()) }
    guard let received = try await self.current(upload.id) else {
      throw WorkspaceError.unknown(attempt, "upload")
    }
    if received.state == .checking { startCheck(of: received) }
    return received
  }

  private func current(_ id: String) async throws(WorkspaceError) -> Upload? {
    try await look("look up an upload") { database in
      try Row.fetchOne(database, sql: Upload.query + " WHERE upload.id = ?", arguments: [id])
        .map(Upload.init)
    }
  }

  /// Writes down how much of an upload is safely on disk.
  private func count(
    _ end: Int64, of upload: Upload, in file: GrowingFileOfBytes, now: Int64
  ) async throws {
    try await BlockingWork.run { try file.synchronise() }
    try await change("count what was received") { database in
      try database.execute(
        sql: """
          UPDATE upload SET received = ?, changed = ?,
            state = CASE WHEN length = ? THEN 'checking' ELSE 'receiving' END
          WHERE id = ? AND state = 'receiving'
          """, arguments: [end, now, end, upload.id])
    }
  }
}
