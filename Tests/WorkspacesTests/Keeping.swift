import Foundation
import Teams
import TestKit

@testable import Workspaces

/// A workspace with one team in a folder of its own; the program that reads cubes is a script.
struct Keeping {
  let folder: TemporaryFolder
  let workspace: Workspace
  let team: Team
  let owner: User
  let database: TeamDatabase

  /// - Parameters:
  ///   - quota: of the team, in bytes.
  ///   - reader: the script that stands for the program.
  ///   - limits: how many things the team may have.
  /// - Throws: where nothing can be written.
  init(
    quota: Int64 = 1 << 20, reader: String = Keeping.content, limits: TeamLimits = TeamLimits()
  ) async throws {
    folder = try TemporaryFolder()
    try folder.write("#!/bin/sh\n" + reader + "\n", to: "reader")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: folder.path + "/reader")
    database = try TeamDatabase(path: folder.path + "/test.sqlite", limits: limits)
    owner = try await database.addUser("ada", title: "Ada")
    team = try await database.addTeam("ice", title: "Ice", owner: owner)
    var settings = WorkspaceSettings(dataFolder: folder.path, program: folder.path + "/reader")
    settings.teamQuota = quota
    workspace = Workspace(database: database, settings: settings)
  }

  /// A cube of one variable.
  static let content = #"echo '{"variables":[{"name":"z","shape":[2,2]}]}'"#

  func begin(
    _ dataset: String, length: Int, sha256: String? = nil, replacing: Bool = false
  ) async throws -> Upload {
    try await workspace.beginUpload(
      length: Int64(length), dataset: dataset, replacing: replacing, title: "", sha256: sha256,
      for: team, by: "ada", now: 1000)
  }

  func receive(
    _ bytes: [UInt8], of upload: Upload, at offset: Int64, checksum: PieceChecksum? = nil,
    breaking: Bool = false
  ) async throws -> Upload {
    try await workspace.receive(
      Pieces(pieces: [bytes], isBroken: breaking), of: upload, at: offset, checksum: checksum
    ) { 1000 }
  }

  /// Waits until an upload was looked at and what was left of it is gone.
  ///
  /// - Parameters:
  ///   - upload: which one.
  ///   - other: the workspace that looks at it, where it is not this one.
  /// - Returns: the upload as it ended.
  /// - Throws: where there is none.
  func outcome(of upload: Upload, in other: Workspace? = nil) async throws -> Upload {
    let atWork = (other ?? workspace).uploadsAtWork
    while true {
      let now = try await workspace.upload(upload.id, of: team)
      guard let now else { throw Broken() }
      if now.state == .accepted || now.state == .refused, atWork.take("check of " + upload.id) {
        atWork.release("check of " + upload.id)
        return now
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  func put(_ text: String, as path: String) async throws -> FileVersion {
    try await workspace.putFile(
      Pieces(pieces: [Array(text.utf8)]), path: path, announced: nil, sha256: nil, of: team,
      by: "ada", now: 1000)
  }

  /// The names in a folder below that of the team.
  func names(in name: String) -> [String] {
    let path = "\(folder.path)/teams/ice/\(name)"
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// A connection that broke.
struct Broken: Error {}

/// Bytes in pieces, as a request brings them.
struct Pieces: AsyncSequence {
  let pieces: [[UInt8]]
  var isBroken = false

  func makeAsyncIterator() -> AsyncThrowingStream<[UInt8], any Error>.Iterator {
    AsyncThrowingStream { continuation in
      for piece in pieces { continuation.yield(piece) }
      continuation.finish(throwing: isBroken ? Broken() : nil)
    }.makeAsyncIterator()
  }
}
