import Foundation
import Teams
import TestKit
import Testing

@testable import Workspaces

/// Uploads: pieces, checksums, quota, crashes, and that a cube appears only when it is whole and checked.
struct UploadTests {
  private static let cube = Array("CDF\u{1} the rest of a cube".utf8)
  /// The SHA-256 of it by sha256sum.
  private static let sha256 = "25b5122b4dfe7c0d70034e5821071baed61416082be0cc0d059ac02b6fa10bcc"

  @Test func aCubeAppearsWhenItIsWhole() async throws {
    let keeping = try await Keeping()
    var upload = try await keeping.begin("bed", length: Self.cube.count, sha256: Self.sha256)
    upload = try await keeping.receive(Array(Self.cube[..<5]), of: upload, at: 0)
    #expect(upload.received == 5)
    #expect(try await keeping.workspace.datasets(of: keeping.team).isEmpty)
    upload = try await keeping.receive(Array(Self.cube[5...]), of: upload, at: 5)
    #expect(try await keeping.outcome(of: upload).state == .accepted)
    let dataset = try #require(try await keeping.workspace.dataset("bed", ofTeam: "ice"))
    #expect(dataset.sha256 == Self.sha256)
    #expect(keeping.folder.read(dataset.path) == Self.cube)
    let use = try await keeping.workspace.storageUse(of: keeping.team)
    #expect(use.datasets == Int64(Self.cube.count) && use.uploads == 0)
    try await keeping.workspace.removeDataset("bed", of: keeping.team)
    #expect(keeping.names(in: "uploaded").isEmpty)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == 0)
  }

  @Test func piecesGoOnOnlyWhereTheUploadEnds() async throws {
    let keeping = try await Keeping()
    var upload = try await keeping.begin("bed", length: 10)
    upload = try await keeping.receive([1, 2, 3], of: upload, at: 0)
    for offset: Int64 in [0, 2, 4] {
      let error = await #expect(throws: WorkspaceError.self) {
        _ = try await keeping.receive([9], of: upload, at: offset)
      }
      #expect(error?.kind == .conflict)
    }
    let tooMuch = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.receive([UInt8](repeating: 0, count: 8), of: upload, at: 3)
    }
    #expect(tooMuch?.kind == .tooLarge)
    #expect(try await keeping.workspace.upload(upload.id, of: keeping.team)?.received == 3)
  }

  @Test func ofABrokenPieceCountsWhatArrivedUnlessItHasAChecksum() async throws {
    let keeping = try await Keeping()
    var upload = try await keeping.begin("bed", length: 10)
    await #expect(throws: Broken.self) {
      _ = try await keeping.receive([1, 2, 3], of: upload, at: 0, breaking: true)
    }
    upload = try #require(try await keeping.workspace.upload(upload.id, of: keeping.team))
    #expect(upload.received == 3)
    // SHA-1 of the bytes 4 and 5: `printf '\004\005' | sha1sum | xxd -r -p | base64`
    let digest = try #require(Data(base64Encoded: "lCuNIh4T18gLUxxjYppyQ7/s23s="))
    let checksum = try #require(PieceChecksum(algorithm: "sha1", value: Array(digest)))
    await #expect(throws: Broken.self) {
      _ = try await keeping.receive([4, 5], of: upload, at: 3, checksum: checksum, breaking: true)
    }
    let wrong = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.receive([4, 6], of: upload, at: 3, checksum: checksum)
    }
    #expect(wrong?.kind == .mismatch)
    #expect(try await keeping.workspace.upload(upload.id, of: keeping.team)?.received == 3)
    upload = try await keeping.receive([4, 5], of: upload, at: 3, checksum: checksum)
    #expect(upload.received == 5)
  }

  /// A client whose connection breaks behind the last byte cannot send it again.
  @Test func whatHasArrivedWholeIsLookedAtThoughTheConnectionBroke() async throws {
    let keeping = try await Keeping()
    let upload = try await keeping.begin("bed", length: Self.cube.count)
    await #expect(throws: Broken.self) {
      _ = try await keeping.receive(Self.cube, of: upload, at: 0, breaking: true)
    }
    #expect(try await keeping.outcome(of: upload).state == .accepted)
  }

  @Test func aPieceThatIsTooLongEndsNoUpload() async throws {
    let keeping = try await Keeping(quota: 1 << 30)
    // What is counted between two parts of a piece, so that it could be taken for the end.
    let length = 16 << 20
    let upload = try await keeping.begin("bed", length: length)
    let error = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.workspace.receive(
        Pieces(pieces: [[UInt8](repeating: 0, count: length), [1]]), of: upload, at: 0,
        checksum: nil
      ) { 1000 }
    }
    #expect(error?.kind == .tooLarge)
    let now = try await keeping.workspace.upload(upload.id, of: keeping.team)
    #expect(now?.state == .receiving && now?.received == 0)
  }

  private func receiveWhole(
    _ pieces: [[UInt8]], breaking: Bool = false, longest: Int, _ keeping: Keeping
  ) async throws -> Upload {
    try await keeping.workspace.receiveWhole(
      Pieces(pieces: pieces, isBroken: breaking),
      of: try await keeping.begin("bed", length: longest)
    ) { 1000 }
  }

  @Test(arguments: [0, 2, 1000]) func ofAWholeOnlyTheMostIsKnown(more: Int) async throws {
    let keeping = try await Keeping()
    let upload = try await receiveWhole(
      [Array(Self.cube[..<5]), [], Array(Self.cube[5...])], longest: Self.cube.count + more, keeping
    )
    #expect(upload.length == Int64(Self.cube.count) && upload.received == upload.length)
    #expect(try await keeping.outcome(of: upload).state == .accepted)
    #expect(try await keeping.workspace.dataset("bed", ofTeam: "ice")?.sha256 == Self.sha256)
    #expect(
      try await keeping.workspace.storageUse(of: keeping.team).total == Int64(Self.cube.count))
  }

  @Test func ofAWholeThatBreaksNothingStays() async throws {
    let keeping = try await Keeping()
    await #expect(throws: Broken.self) {
      _ = try await receiveWhole([Self.cube], breaking: true, longest: Self.cube.count, keeping)
    }
    for (pieces, kind) in [([[UInt8]](), WorkspaceError.Kind.invalid), ([Self.cube], .tooLarge)] {
      let error = await #expect(throws: WorkspaceError.self) {
        _ = try await receiveWhole(pieces, longest: Self.cube.count - 1, keeping)
      }
      #expect(error?.kind == kind)
    }
    #expect(try await keeping.workspace.uploads(of: keeping.team).isEmpty)
    #expect(keeping.names(in: "uploads").isEmpty)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == 0)
  }

  @Test func onlySoManyUploadsAreUnderWay() async throws {
    let keeping = try await Keeping()
    let most = keeping.workspace.settings.uploadsUnderWay
    var last: Upload?
    for number in 0..<most { last = try await keeping.begin("cube-\(number)", length: 1) }
    let error = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("one-more", length: 1)
    }
    #expect(error?.kind == .full)
    try await keeping.workspace.removeUpload(try #require(last))
    _ = try await keeping.begin("one-more", length: 1)
  }

  @Test func ofManyAtOnceOnlySoManyGetRoom() async throws {
    let keeping = try await Keeping(quota: 1000)
    let begun = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<30 {
        group.addTask { (try? await keeping.begin("cube-\(number)", length: 100)) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(begun == 10)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == 1000)
  }

  @Test func whatTheProgramCannotReadIsRefused() async throws {
    let keeping = try await Keeping(reader: "echo 'Error: its header is damaged.' >&2; exit 1")
    var upload = try await keeping.begin("bed", length: Self.cube.count)
    upload = try await keeping.outcome(
      of: try await keeping.receive(Self.cube, of: upload, at: 0))
    #expect(upload.state == .refused)
    #expect(upload.problem?.contains("its header is damaged") == true)
    #expect(keeping.names(in: "uploaded").isEmpty && keeping.names(in: "uploads").isEmpty)
    // Its room and its name are free again.
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == 0)
    _ = try await keeping.begin("bed", length: 1)
  }

  @Test(
    "other refusals",
    arguments: [
      ("neither", "neither a zip archive nor NetCDF nor GeoTIFF"),
      ("PK\u{3}\u{4}cut short", "cut short"),
    ])
  func refusals(text: String, reason: String) async throws {
    let keeping = try await Keeping()
    var upload = try await keeping.begin("bed", length: text.utf8.count)
    upload = try await keeping.outcome(
      of: try await keeping.receive(Array(text.utf8), of: upload, at: 0))
    #expect(upload.state == .refused)
    #expect(upload.problem?.contains(reason) == true, "\(upload.problem ?? "")")
  }

  @Test func aHashThatDoesNotFitIsRefused() async throws {
    let keeping = try await Keeping()
    var upload = try await keeping.begin(
      "bed", length: Self.cube.count, sha256: String(repeating: "0", count: 64))
    upload = try await keeping.outcome(
      of: try await keeping.receive(Self.cube, of: upload, at: 0))
    #expect(upload.problem?.contains(Self.sha256) == true)
  }

  @Test func aCheckThatAStopCutOffBeginsAnew() async throws {
    // The first program never ends; the workspace of a next start has one that does.
    let keeping = try await Keeping(reader: "exec sleep 1000")
    var upload = try await keeping.begin("bed", length: Self.cube.count)
    upload = try await keeping.receive(Self.cube, of: upload, at: 0)
    #expect(upload.state == .checking)
    try keeping.folder.write("#!/bin/sh\n" + Keeping.content + "\n", to: "reader2")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: keeping.folder.path + "/reader2")
    try keeping.folder.write("orphan", to: "teams/ice/uploads/unknown")
    try keeping.folder.write("orphan", to: "teams/ice/uploaded/unknown/cube.nc")
    try keeping.folder.write("orphan", to: "teams/ice/blobs/unknown")
    let next = Workspace(
      database: keeping.database,
      settings: WorkspaceSettings(
        dataFolder: keeping.folder.path, program: keeping.folder.path + "/reader2"))
    try await next.takeUp(now: 1000)
    #expect(try await keeping.outcome(of: upload, in: next).state == .accepted)
    #expect(keeping.names(in: "uploaded") == [upload.id])
    #expect(keeping.names(in: "blobs").isEmpty)
  }

  @Test func ofEndedUploadsTheLatestAreKept() async throws {
    let keeping = try await Keeping()
    var settings = keeping.workspace.settings
    settings.outcomesKept = 3
    let workspace = Workspace(database: keeping.database, settings: settings)
    let other = try await keeping.database.addTeam("sea", title: "Sea", owner: keeping.owner)
    func send(_ dataset: String, _ bytes: [UInt8], to team: Team, at now: Int64) async throws
      -> String
    {
      let upload = try await workspace.beginUpload(
        length: Int64(bytes.count), dataset: dataset, title: "", sha256: nil, for: team, by: "ada",
        now: now)
      _ = try await workspace.receive(
        Pieces(pieces: [bytes]), of: upload, at: 0, checksum: nil, now: { now })
      while try await workspace.upload(upload.id, of: team)?.state == .checking {
        try await Task.sleep(for: .milliseconds(5))
      }
      return upload.id
    }
    let elsewhere = try await send("x", [1], to: other, at: 1)
    let underWay = try await keeping.begin("under-way", length: 9)
    var sent: [String] = []
    for number in 0..<5 {
      sent.append(try await send("bad-\(number)", [1], to: keeping.team, at: 1))
    }
    sent.append(try await send("good", Self.cube, to: keeping.team, at: 1))
    var known: [String] = []
    for id in sent where try await workspace.upload(id, of: keeping.team) != nil {
      known.append(id)
    }
    #expect(known.count == 3 && known.last == sent.last)
    #expect(try await workspace.upload(underWay.id, of: keeping.team) != nil)
    #expect(try await workspace.upload(elsewhere, of: other)?.state == .refused)
    #expect(try await workspace.dataset("good", ofTeam: "ice") != nil)
  }

  @Test func oldUploadsAreForgotten() async throws {
    let keeping = try await Keeping()
    let upload = try await keeping.begin("bed", length: 10)
    _ = try await keeping.receive([1], of: upload, at: 0)
    try await keeping.workspace.forgetOldUploads(now: 1000 + 7 * 86_400 + 1)
    #expect(try await keeping.workspace.uploads(of: keeping.team).isEmpty)
    #expect(keeping.names(in: "uploads").isEmpty)
  }
}
