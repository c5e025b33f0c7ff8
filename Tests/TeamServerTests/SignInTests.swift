import Foundation
import HTTPTypes
import Hummingbird
import Teams
import Testing

@testable import TeamServer

/// Signing in and out, invitations, and what must not help anybody to get in.
struct SignInTests {
  @Test func theFirstInvitation() async throws {
    let workspace = try await Workspace()
    #expect(try await workspace.server.firstInvitation() == nil, "there are users")
    var settings = workspace.settings
    settings.dataFolder += "/fresh"
    let server = try TeamServer(settings)
    let link = try #require(try await server.firstInvitation())
    #expect(link.hasPrefix("http://cubes.test/invitation/"))
    let path = String(link.dropFirst("http://cubes.test".count))
    let client = TestClient(try server.router().buildResponder())
    #expect(try await client.get(path).status == .ok)
    let differ = try await client.post(
      path, [:], ["password": Workspace.password, "again": "another password"])
    #expect(differ.status == .unprocessableContent)
    let done = try await client.post(
      path, [:], ["password": Workspace.password, "again": Workspace.password])
    #expect(done.status == .seeOther)
    #expect(done.headers[.setCookie]?.contains("HttpOnly") == true)
    #expect(done.headers[.setCookie]?.contains("SameSite=Lax") == true)
    #expect(try await client.get(path).status == .notFound, "it works once")
    let again = try await client.post(
      "/sign-in", [:], ["name": "admin", "password": Workspace.password, "to": "/teams/ice"])
    #expect(again.status == .seeOther)
    #expect(again.headers[.location] == "/teams/ice")
  }

  @Test func signingOutEndsTheSession() async throws {
    let workspace = try await Workspace()
    let session = try await workspace.session("reader")
    let client = try workspace.client()
    #expect(try await client.get("/teams/ice", session.headers).status == .ok)
    let out = try await client.post("/sign-out", session.headers, ["form": session.form])
    #expect(out.status == .seeOther)
    #expect(try await client.get("/teams/ice", session.headers).status == .seeOther)
  }

  @Test func aPlantedCookieIsWorthNothing() async throws {
    let workspace = try await Workspace()
    let reader = try #require(try await workspace.database.user(named: "reader"))
    try await workspace.database.setPassword(Workspace.password, of: reader)
    let client = try workspace.client()
    let planted: HTTPFields = [.cookie: "cubepress=planted"]
    let response = try await client.post(
      "/sign-in", planted, ["name": "reader", "password": Workspace.password])
    #expect(response.status == .seeOther)
    #expect(response.headers[.setCookie]?.contains("planted") == false)
    #expect(try await client.get("/teams/ice", planted).status == .unauthorized)
  }

  @Test func guessingIsSlowed() async throws {
    let workspace = try await Workspace()
    let reader = try #require(try await workspace.database.user(named: "reader"))
    try await workspace.database.setPassword(Workspace.password, of: reader)
    let client = try workspace.client()
    for _ in 0..<10 {
      let wrong = try await client.post("/sign-in", [:], ["name": "reader", "password": "wrong"])
      #expect(wrong.status == .unprocessableContent)
      #expect(wrong.text.contains("Name or password is wrong."))
    }
    let right = try await client.post(
      "/sign-in", [:], ["name": "reader", "password": Workspace.password])
    #expect(right.status == .tooManyRequests)
    #expect(right.headers[.retryAfter] != nil)
  }

  /// All at once are no way around it: what is under way counts, too.
  @Test func guessingAtOnceIsSlowedAsWell() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let tried = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
      for number in 0..<30 {
        group.addTask {
          try await client.post(
            "/sign-in", [:], ["name": "reader\(number % 2)", "password": "wrong"]
          ).status
        }
      }
      return try await group.reduce(0) { $0 + ($1 == .unprocessableContent ? 1 : 0) }
    }
    #expect(tried == 10)
  }

  /// Of those who share an address, the ones who know their passwords do not slow each other.
  @Test func signingInOftenIsNotSlowed() async throws {
    let workspace = try await Workspace()
    let reader = try #require(try await workspace.database.user(named: "reader"))
    try await workspace.database.setPassword(Workspace.password, of: reader)
    let client = try workspace.client()
    for _ in 0..<12 {
      let right = try await client.post(
        "/sign-in", [:], ["name": "reader", "password": Workspace.password])
      #expect(right.status == .seeOther)
    }
  }

  @Test(
    "who chooses many addresses of one network is one client",
    arguments: [
      ("192.0.2.1", "192.0.2.2", false), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
      ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
      ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
      ("unknown", "unknown", true), ("::1", "0:0:0:0:0:0:0:1", true),
    ])
  func networks(one: String, other: String, areOne: Bool) {
    #expect((AttemptLimiter.network(of: one) == AttemptLimiter.network(of: other)) == areOne)
  }

  /// A name that none can have is not kept: neither for counting nor, as a whole, in the log.
  @Test func longNamesAreNotRemembered() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let name = "e" + String(repeating: "\u{301}", count: 500)
    let answer = try await client.post("/sign-in", [:], ["name": name, "password": "wrong"])
    #expect(answer.status == .unprocessableContent)
    let entry = try #require(try await workspace.database.audit(team: nil, limit: 1).first)
    #expect(entry.action == "sign-in refused" && (1...66).contains(entry.actor.utf8.count))
    #expect(SignInRoutes.target("/" + String(repeating: "a", count: 2000)) == "/")
  }

  @Test func namesThatDoNotExistAnswerAlike() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let none = try await client.post("/sign-in", [:], ["name": "nobody", "password": "wrong"])
    let some = try await client.post("/sign-in", [:], ["name": "reader", "password": "wrong"])
    #expect(none.status == some.status)
    #expect(none.text.replacing("nobody", with: "reader") == some.text)
  }

  @Test(
    "where to go after signing in",
    arguments: [
      ("/teams/ice", "/teams/ice"), ("https://evil.test/", "/"), ("//evil.test/", "/"),
      ("/\\evil.test", "/"), ("/a\r\nSet-Cookie: x=y", "/"), ("", "/"), ("teams", "/"),
    ])
  func target(wanted: String, taken: String) {
    #expect(SignInRoutes.target(wanted) == taken)
  }

  @Test(
    "tokens",
    arguments: ["Bearer wrong", "Basic !!!", "Basic dTpw", "Digest abc", "Bearer", "nonsense"])
  func wrongTokens(field: String) async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let response = try await client.get("/sites/ice/index.html", [.authorization: field])
    #expect(response.status == .unauthorized)
    #expect(!response.text.contains(field))
  }

  @Test func aTokenAsPassword() async throws {
    let workspace = try await Workspace()
    let secret = try #require(
      try await workspace.token("reader")[.authorization]?.split(separator: " ").last)
    let pair = "anybody:\(secret)".data(using: .utf8)?.base64EncodedString() ?? ""
    let client = try workspace.client()
    let response = try await client.get(
      "/sites/ice/index.html", [.authorization: "Basic " + pair])
    #expect(response.status == .ok)
  }

  @Test func largeFormsAreRefused() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let response = try await client.post(
      "/sign-in", [:], ["name": String(repeating: "a", count: 5000)])
    #expect(response.status == .contentTooLarge)
  }

  @Test func safetyHeadersStandEverywhere() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    for path in ["/sign-in", "/health/live", "/none"] {
      let response = try await client.get(path, [.accept: "text/html"])
      #expect(response.headers[.xContentTypeOptions] == "nosniff", "\(path)")
    }
    let page = try await client.get("/sign-in")
    #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
    #expect(page.headers[.cacheControl] == "no-store")
    #expect(try await client.get("/health/ready").status == .ok)
  }

  @Test func markupInNamesIsShownNotObeyed() async throws {
    let workspace = try await Workspace()
    let client = try workspace.client()
    let response = try await client.post(
      "/sign-in", [:], ["name": "\"><script>alert(1)</script>", "password": "x"])
    #expect(!response.text.contains("<script>"))
  }

  @Test(
    "who is behind a proxy",
    arguments: [
      ("192.0.2.1", "203.0.113.9", "192.0.2.1"), ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
      ("127.0.0.1", nil, "127.0.0.1"), ("::1", "evil, 2001:db8::1", "2001:db8::1"),
      ("127.0.0.1", "a\nforged: line", "127.0.0.1"), ("127.0.0.1", "", "127.0.0.1"),
    ] as [(String, String?, String)])
  func clients(connection: String, forwarded: String?, client: String) {
    #expect(TeamRequestContext.client(connection: connection, forwarded: forwarded) == client)
  }
}
