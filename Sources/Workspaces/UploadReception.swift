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
    var arrival = try await Arrival(at: offset, path: receivedPath(current))
    let digest = checksum.map { RunningDigest($0.algorithm) }
    do {
      try await write(pieces, of: current, to: &arrival, digest, attempt, now: now)
    } catch {
      let isOurs = (error as? WorkspaceError) != nil
      if digest == nil, !isOurs { _ = try await count(arrival, of: current, now: now()) }
      throw error
    }
    if let digest, let checksum, digest.finish() != checksum.value {
      throw WorkspaceError(
        .mismatch, attempt, because: "its bytes do not fit their checksum", remedy: "send it again")
    }
    return try await count(arrival, of: current, now: now())
  }

  /// Receives all of an upload at once, whose length shows only at its end; then the check begins.
  ///
  /// - Parameters:
  ///   - pieces: the bytes, in parts of any size.
  ///   - upload: the upload that they belong to, begun with the most that they may be.
  ///   - now: gives the time in seconds since 1970.
  /// - Returns: the upload as it is then.
  /// - Throws: as ``receive(_:of:at:checksum:now:)``, and where there are no bytes. The upload is forgotten then:
  ///   nobody could go on with it.
  public func receiveWhole<Pieces: AsyncSequence>(
    _ pieces: Pieces, of upload: Upload, now: @Sendable () -> Int64
  ) async throws -> Upload where Pieces.Element == [UInt8] {
    let attempt = "upload '\(upload.dataset)'"
    guard uploadsAtWork.take(upload.id) else { throw Self.busy(attempt) }
    defer { uploadsAtWork.release(upload.id) }
    do {
      var arrival = try await Arrival(at: 0, path: receivedPath(upload))
      try await write(pieces, of: upload, to: &arrival, nil, attempt, now: now)
      guard arrival.end > 0 else {
        throw WorkspaceError(
          .invalid, attempt, because: "it is empty", remedy: "choose another file")
      }
      // No more comes: that is how long it is.
      return try await count(arrival, of: upload, length: arrival.end, now: now())
    } catch {
      // On a full disk even this may fail; then somebody removes it when there is room.
      _ = try? await forget(upload)
      throw error
    }
  }

  /// Writes bytes to the end of what has arrived, and counts them from time to time.
  private func write<Pieces: AsyncSequence>(
    _ pieces: Pieces, of upload: Upload, to arrival: inout Arrival, _ digest: RunningDigest?,
    _ attempt: String, now: @Sendable () -> Int64
  ) async throws where Pieces.Element == [UInt8] {
    let file = arrival.file
    for try await piece in pieces where !piece.isEmpty {
      guard Int64(piece.count) <= upload.length - arrival.end else {
        throw WorkspaceError(
          .tooLarge, attempt, because: "it is longer than the \(upload.length) bytes announced",
          remedy: "send what was announced")
      }
      try await BlockingWork.run { try file.append(piece) }
      digest?.update(piece)
      arrival.end += Int64(piece.count)
      // The last bytes count when it is certain that no more come.
      if digest == nil, arrival.end - arrival.counted >= Self.steadyStep,
        arrival.end < upload.length
      {
        _ = try await count(arrival, of: upload, now: now())
        arrival.counted = arrival.end
      }
    }
  }

  private func current(_ id: String) async throws(WorkspaceError) -> Upload? {
    try await look("look up an upload") { database in try Upload.with(id, database) }
  }

  /// Writes down how much of an upload is safely on disk; when that is all of it, the check begins.
  ///
  /// - Parameters:
  ///   - arrival: what has arrived.
  ///   - upload: the upload.
  ///   - length: how long it is.
  ///   - now: seconds since 1970.
  /// - Returns: the upload as it is then.
  /// - Throws: ``WorkspaceError`` where the disk or the database fails, or it was removed.
  private func count(
    _ arrival: Arrival, of upload: Upload, length: Int64? = nil, now: Int64
  ) async throws -> Upload {
    let (file, end, length) = (arrival.file, arrival.end, length ?? upload.length)
    try await BlockingWork.run { try file.synchronise() }
    // Looked up in the same go, so that also for a client who has left the check begins.
    let counted = try await change("count what was received") { database in
      try database.execute(
        sql: """
          UPDATE upload SET received = ?, length = ?, changed = ?, state = ?
          WHERE id = ? AND state = 'receiving'
          """,
        arguments: [
          end, length, now, (end == length ? Upload.State.checking : .receiving).rawValue,
          upload.id,
        ])
      return try Upload.with(upload.id, database)
    }
    guard let counted else { throw WorkspaceError.unknown("receive an upload", "upload") }
    if counted.state == .checking { startCheck(of: counted) }
    return counted
  }
}

/// What has arrived of an upload.
private struct Arrival {
  let file: GrowingFileOfBytes
  /// Where it ends.
  var end: Int64
  /// Up to where it is written down.
  var counted: Int64

  /// Opens the file at the offset up to which it counts.
  init(at offset: Int64, path: String) async throws {
    file = try await BlockingWork.run { try GrowingFileOfBytes(path: path, keeping: offset) }
    (end, counted) = (offset, offset)
  }
}
