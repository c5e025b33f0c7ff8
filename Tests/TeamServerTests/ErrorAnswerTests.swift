import Foundation
import HTTPTypes
import JSON
import Teams
import Testing

@testable import TeamServer

/// What is said to people and programs where something is refused.
struct ErrorAnswerTests {
  @Test func thePageKnowsWhoAsks() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let (headers, _) = try await workspace.session("reader")
    let page = try await client.get("/teams/none", headers)
    #expect(page.status == .notFound)
    #expect(page.text.contains("Sign out") && page.text.contains("Reader"))
    let stranger = try await client.get("/none", [.accept: "text/html"])
    #expect(stranger.status == .notFound && !stranger.text.contains("Sign out"))
  }

  @Test func programsGetJSONWhereTheyAskForIt() async throws {
    let workspace = try await Workspace(keeping: true)
    let client = try workspace.client()
    var headers = try await workspace.token("reader")
    let path = "/teams/ice/places/lakes/features?bbox=5"
    #expect(
      try await client.get(path, headers).headers[.contentType]?.hasPrefix("text/plain") == true)
    headers[.accept] = "application/geo+json, application/json"
    let answer = try await client.get(path, headers)
    #expect(answer.status == .unprocessableContent)
    #expect(answer.headers[.contentType] == "application/json")
    let error = try JSONValue(parsing: answer.text)["error"]
    #expect(error?["status_code"] == 422)
    #expect(error?["message"]?.stringValue?.contains("four numbers in degrees") == true)
  }

  @Test(
    "of a token for reading its owner is told",
    arguments: ["/teams/ice/files/a", "/teams/none/files/a"])
  func tokensForReading(path: String) async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let change = try await client.send(.put, path, try await workspace.token("editor"), body: "x")
    #expect(change.status == .notFound)
    #expect(change.text.contains("this token is for reading only"))
    let look = try await client.get(path, try await workspace.token("editor"))
    #expect(look.status == .notFound && !look.text.contains("token"))
  }

  @Test func editorsAreToldWhatPathsAre() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    for path in ["/teams/ice/files/.hidden", "/teams/ice/files/a%5Cb"] {
      let answer = try await client.send(
        .put, path, try await workspace.token("editor", .write), body: "x")
      #expect(answer.status == .unprocessableContent, "\(path)")
      #expect(answer.text.contains("between single slashes"))
      let other = try await client.send(
        .put, path, try await workspace.token("stranger", .write), body: "x")
      #expect(other.status == .notFound)
    }
  }
}
