import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import JSON
import NIOCore
import Teams
import TestKit
import Testing
import Workspaces

@testable import TeamServer

/// Uploads by the form of the page and by `curl -F`: also badly made, by the wrong people, or cut off.
struct UploadFormTests {
  private static let cube = "CDF\u{1} by a form"
  private static let path = "/teams/ice/uploads"

  private static func field(_ name: String, _ value: String) -> String {
    "--X\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
  }

  private static func file(_ content: String, name: String = "by-form.nc") -> String {
    "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: application/x-netcdf\r\n\r\n\(content)\r\n"
  }

  private static let end = "--X--\r\n"

  private static func sending(
    _ headers: HTTPFields, _ body: String, type: String = "multipart/form-data; boundary=X"
  ) -> HTTPFields {
    var headers = headers
    headers[.contentType] = type
    headers[.contentLength] = "\(body.utf8.count)"
    return headers
  }

  private func team(_ workspace: TeamServerTests.Workspace) async throws -> (
    kept: Workspaces.Workspace, ice: Team
  ) {
    (
      Workspaces.Workspace(
        database: workspace.database, settings: workspace.settings.workspace),
      try #require(try await workspace.database.team(named: "ice"))
    )
  }

  /// Requires that neither an upload nor bytes of one are left.
  private func requireNothing(_ workspace: TeamServerTests.Workspace, _ what: String) async throws {
    let (kept, ice) = try await team(workspace)
    #expect(try await kept.uploads(of: ice).isEmpty, "\(what)")
    #expect(try await kept.storageUse(of: ice).total == 0, "\(what)")
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: workspace.folder.path + "/teams/ice/uploads")
    #expect(names ?? [] == [], "\(what)")
  }

  private func dataset(
    _ id: String, _ workspace: TeamServerTests.Workspace
  ) async throws -> Dataset? {
    let (kept, ice) = try await team(workspace)
    while try await kept.uploads(of: ice).contains(where: { $0.state == .checking }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    return try await kept.dataset(id, ofTeam: "ice")
  }

  @Test func aBrowserUploadsAndReplacesByTheFormOfThePage() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let editor = try await workspace.session("editor")
    let page = try await client.get(Self.path, editor.headers).text
    #expect(page.contains("enctype=\"multipart/form-data\"") && page.contains(editor.form))
    let body =
      Self.field("form", editor.form) + Self.field("dataset", "by-form")
      + Self.field("title", "By <form>") + Self.file(Self.cube) + Self.end
    let answer = try await client.send(
      .post, Self.path, Self.sending(editor.headers, body), body: body)
    #expect(answer.status == .seeOther && answer.headers[.location] == Self.path)
    let first = try #require(try await dataset("by-form", workspace))
    #expect(first.title == "By <form>" && first.bytes == Int64(Self.cube.utf8.count))
    #expect(workspace.folder.read(first.path) == Array(Self.cube.utf8))
    // Once more the id is taken: the page says so and keeps what was typed.
    let taken = try await client.send(
      .post, Self.path, Self.sending(editor.headers, body), body: body)
    #expect(taken.status == .conflict && taken.text.contains("role=\"alert\""))
    #expect(taken.text.contains("the team has a dataset of this id"))
    #expect(taken.text.contains("value=\"by-form\"") && taken.text.contains("By &lt;form&gt;"))
    let other =
      Self.field("form", editor.form) + Self.field("replace", "yes")
      + Self.field("dataset", "by-form") + Self.file("CDF\u{1} another") + Self.end
    let replacing = try await client.send(
      .post, Self.path, Self.sending(editor.headers, other), body: other)
    #expect(replacing.status == .seeOther)
    let second = try #require(try await dataset("by-form", workspace))
    #expect(second.title == "By <form>" && second.sha256 != first.sha256)
  }

  @Test func aProgramUploadsByCurl() async throws {
    let workspace = try await Workspace()
    let headers = try await workspace.token("editor", .write)
    let body = Self.file(Self.cube, name: "Sea Ice.nc") + Self.end
    let answer = try await workspace.client().send(
      .post, Self.path, Self.sending(headers, body), body: body)
    #expect(answer.status == .created)
    let told = try JSONValue(parsing: answer.text)
    #expect(told["dataset"]?.stringValue == "sea-ice")
    #expect(told["length"]?.doubleValue == Double(Self.cube.utf8.count))
    let id = try #require(told["id"]?.stringValue)
    #expect(answer.headers[.location] == "http://cubes.test\(Self.path)/\(id)")
    #expect(try await dataset("sea-ice", workspace)?.creator == "editor")
  }

  @Test func onlyEditorsByTheirOwnFormUpload() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    func status(_ headers: HTTPFields, form: String?) async throws -> Int {
      let body =
        (form.map { Self.field("form", $0) } ?? "") + Self.field("dataset", "evil")
        + Self.file(Self.cube) + Self.end
      return try await client.send(.post, Self.path, Self.sending(headers, body), body: body)
        .status.code
    }
    for user in ["reader", "guest", "stranger", "admin"] {
      let session = try await workspace.session(user)
      #expect(try await status(session.headers, form: session.form) == 404, "\(user)")
      #expect(try await status(workspace.token(user, .write), form: nil) == 404, "\(user)")
    }
    #expect(try await status([:], form: nil) == 401)
    #expect(try await status(workspace.token("editor", .read), form: nil) == 404)
    let editor = try await workspace.session("editor")
    let owner = try await workspace.session("owner")
    for form in [nil, "", owner.form] {
      #expect(try await status(editor.headers, form: form) == 403)
    }
    // Behind the file it comes too late: then all would have been taken already.
    let late = Self.file(Self.cube) + Self.field("form", editor.form) + Self.end
    #expect(
      try await client.send(.post, Self.path, Self.sending(editor.headers, late), body: late).status
        == .forbidden)
    var elsewhere = editor.headers
    elsewhere[.origin] = "https://evil.test"
    #expect(try await status(elsewhere, form: editor.form) == 403)
    try await requireNothing(workspace, "by others")
  }

  /// A form that is refused, told by what is wrong with it.
  private struct Refused: CustomStringConvertible {
    let what: String
    var type = "multipart/form-data; boundary=X"
    let body: String
    let status: Int

    var description: String { what }
  }

  private static let refused = [
    Refused(what: "no boundary", type: "multipart/form-data", body: file("CDF") + end, status: 400),
    Refused(
      what: "another type", type: "multipart/mixed; boundary=X", body: file("CDF") + end,
      status: 400),
    Refused(
      what: "another boundary", type: "multipart/form-data; boundary=Y", body: file("CDF") + end,
      status: 400),
    Refused(what: "no file", body: field("dataset", "a") + end, status: 422),
    Refused(
      what: "no file chosen", body: field("dataset", "a") + file("", name: "") + end, status: 422),
    Refused(what: "an empty file", body: field("dataset", "a") + file("") + end, status: 422),
    Refused(what: "no id to be made of its name", body: file("CDF", name: "…") + end, status: 422),
    Refused(
      what: "a field after the file", body: file("CDF") + field("dataset", "a") + end, status: 400),
    Refused(what: "two files", body: file("CDF") + file("CDF", name: "b.nc") + end, status: 400),
    Refused(what: "a wrong id", body: field("dataset", "../a") + file("CDF") + end, status: 422),
    Refused(
      what: "nothing to replace", body: field("replace", "yes") + file("CDF") + end, status: 404),
    Refused(
      what: "neither yes nor no", body: field("replace", "maybe") + file("CDF") + end, status: 400),
    Refused(what: "a wrong hash", body: field("sha256", "12") + file("CDF") + end, status: 422),
    Refused(what: "no end", body: file(cube), status: 400),
    Refused(what: "nothing", body: "", status: 400),
    Refused(
      what: "long fields",
      body: field("title", String(repeating: "a", count: 5000)) + file("CDF") + end, status: 413),
    Refused(
      what: "a long name", body: file("CDF", name: String(repeating: "a", count: 5000)) + end,
      status: 400),
    Refused(
      what: "endless heads", body: "--X\r\n" + String(repeating: "A: b\r\n", count: 2000),
      status: 400),
    Refused(
      what: "many fields", body: String(repeating: field("a", ""), count: 200) + file("CDF") + end,
      status: 400),
    Refused(
      what: "more than there is room", body: file(String(repeating: "C", count: 2 << 20)) + end,
      status: 507),
  ]

  @Test("hostile and broken forms", arguments: refused)
  private func refusals(form: Refused) async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let token = try await workspace.token("editor", .write)
    let headers = Self.sending(token, form.body, type: form.type)
    let answer = try await client.send(.post, Self.path, headers, body: form.body)
    #expect(answer.status.code == form.status, "\(answer.text)")
    try await requireNothing(workspace, form.what)
  }

  @Test func formsAreToSayHowLongTheyAre() async throws {
    let workspace = try await Workspace()
    let body = Self.file(Self.cube) + Self.end
    let token = try await workspace.token("editor", .write)
    for length in [nil, "-1", "many"] {
      var headers = Self.sending(token, body)
      headers[.contentLength] = length
      let answer = try await workspace.client().send(.post, Self.path, headers, body: body)
      #expect(answer.status == .lengthRequired)
    }
    try await requireNothing(workspace, "without a length")
  }

  @Test func whatBreaksOffIsForgotten() async throws {
    let workspace = try await Workspace()
    let body = Self.file(Self.cube) + Self.end
    let headers = Self.sending(try await workspace.token("editor", .write), body)
    for count in [20, body.utf8.count - Self.end.utf8.count - 4, body.utf8.count - 3] {
      let arriving = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
        for byte in body.utf8.prefix(count) { continuation.yield(ByteBuffer(bytes: [byte])) }
        continuation.finish(throwing: ChannelError.inputClosed)
      }
      let answer = try await workspace.client().send(
        .post, Self.path, headers, RequestBody(asyncSequence: arriving))
      #expect(answer.status.code >= 400)
      try await requireNothing(workspace, "after \(count) bytes")
    }
    // And at once the same can be sent again.
    let again = try await workspace.client().send(.post, Self.path, headers, body: body)
    #expect(again.status == .created)
  }
}
