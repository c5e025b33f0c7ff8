import Foundation
import HTTPTypes
import Hummingbird
import Teams
import Testing

@testable import TeamServer

/// What pages of other origins may do: with a token, where their origin was named; else nothing.
struct CrossOriginTests {
  private static let listed = "https://maps.test"
  private static let datasets = "/teams/ice/api/datasets"

  private static func workspace() async throws -> Workspace {
    try await Workspace.withCubes {
      $0.allowedOrigins = [WebOrigin(listed), WebOrigin("http://localhost:3000/")]
        .compactMap(\.self)
    }
  }

  private static func preflight(_ origin: String) -> HTTPFields {
    [
      .origin: origin, .accessControlRequestMethod: "GET",
      .accessControlRequestHeaders: "authorization,range",
    ]
  }

  private static let permissions: [HTTPField.Name] = [
    .accessControlAllowOrigin, .accessControlAllowMethods, .accessControlAllowHeaders,
    .accessControlExposeHeaders, .accessControlMaxAge, .accessControlAllowCredentials,
  ]

  @Test func namedOriginsAreAnswered() async throws {
    let workspace = try await Self.workspace()
    let client = try workspace.client()
    for origin in [Self.listed, "http://localhost:3000"] {
      for path in [Self.datasets, "/teams/none/api/datasets", "/teams/ice/api/timeseries/bed/v"] {
        let asked = try await client.send(.options, path, Self.preflight(origin))
        #expect(asked.status == .noContent && asked.text.isEmpty, "\(path)")
        #expect(asked.headers[.accessControlAllowOrigin] == origin)
        let fields = asked.headers[.accessControlAllowHeaders]?.lowercased() ?? ""
        for field in [
          "authorization", "range", "if-none-match", "content-type", "upload-checksum",
          "content-digest",
        ] {
          #expect(fields.split(separator: ", ").contains(field[...]), "\(field)")
        }
      }
      for user in Workspace.users {
        var headers = try await workspace.token(user)
        headers[.origin] = origin
        let answer = try await client.get(Self.datasets, headers)
        // Errors can be read as well.
        #expect(answer.status == (["stranger", "admin"].contains(user) ? .notFound : .ok))
        #expect(answer.headers[.accessControlAllowOrigin] == origin)
        #expect(answer.headers[.vary]?.contains("Origin") == true)
        let exposed = answer.headers[.accessControlExposeHeaders]?.split(separator: ", ") ?? []
        for field in ["Content-Range", "ETag", "Accept-Ranges", "Content-Length"] {
          #expect(exposed.contains(field[...]), "\(field)")
        }
        #expect(answer.headers[.accessControlAllowCredentials] == nil)
      }
      let nobody = try await client.get(Self.datasets, [.origin: origin])
      #expect(nobody.status == .unauthorized)
      #expect(nobody.headers[.accessControlAllowOrigin] == origin)
      // The browser must not ask for a password there.
      #expect(nobody.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    }
    let program = try await client.get(Self.datasets)
    #expect(program.headers[.wwwAuthenticate]?.hasPrefix("Basic") == true)
  }

  /// Browsers add the password of basic authentication by themselves once they know it, as they do cookies.
  @Test func passwordsAreForOurOwnPages() async throws {
    let workspace = try await Self.workspace()
    let client = try workspace.client()
    let token = try await workspace.token("owner", .write)[.authorization]?.dropFirst(7) ?? ""
    let basic = "Basic " + Data("any:\(token)".utf8).base64EncodedString()
    #expect(try await client.get(Self.datasets, [.authorization: basic]).status == .ok)
    for origin in [Self.listed, "https://evil.test", "null"] {
      let headers: HTTPFields = [.authorization: basic, .origin: origin]
      #expect(try await client.get(Self.datasets, headers).status == .unauthorized)
      let change = try await client.send(
        .put, "/teams/ice/api/viewer/state", headers, body: "{}")
      #expect(change.status == .forbidden, "\(origin)")
    }
    let own: HTTPFields = [.authorization: basic, .origin: "http://cubes.test"]
    #expect(
      try await client.send(.put, "/teams/ice/api/viewer/state", own, body: "{}").status == .ok)
  }

  @Test(arguments: [
    "https://evil.test", "null", "*", "", "https://maps.test.evil.test", "https://maps.test:444",
    "http://maps.test", "HTTPS://MAPS.TEST", "https://maps.test/",
    "https://maps.test, https://evil.test",
    "https://evil.test\r\nX-Evil: 1", "https://maps.test\r\nX-Evil: 1",
  ])
  func othersAreNot(origin: String) async throws {
    let workspace = try await Self.workspace()
    let client = try workspace.client()
    var headers = try await workspace.token("reader")
    headers[.origin] = origin
    let asked = try await client.send(.options, Self.datasets, Self.preflight(origin))
    let answer = try await client.get(Self.datasets, headers)
    for one in [asked, answer] {
      for field in Self.permissions { #expect(one.headers[field] == nil, "\(origin): \(field)") }
      // What a cache keeps for one origin is not for another.
      #expect(one.headers[.vary]?.contains("Origin") == true)
      for field in one.headers { #expect(!field.value.contains("vil"), "\(field)") }
    }
    #expect(asked.status == .notFound)
  }

  @Test func nobodyIsNamedByDefault() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let asked = try await client.send(.options, Self.datasets, Self.preflight(Self.listed))
    #expect(asked.status == .notFound)
    var headers = try await workspace.token("reader")
    headers[.origin] = Self.listed
    let answer = try await client.get(Self.datasets, headers)
    #expect(answer.status == .ok)
    for field in Self.permissions { #expect(answer.headers[field] == nil) }
    let stored = try await client.get("/teams/ice/api/s3/datasets/bed.zarr/.zgroup", headers)
    for field in Self.permissions { #expect(stored.headers[field] == nil) }
  }

  /// Somebody who is signed in here is nobody for a page from elsewhere, named or not.
  @Test(arguments: [
    ["Origin": "https://maps.test"], ["Origin": "https://evil.test"], ["Origin": "null"],
    // Without CORS browsers send no origin, but say this.
    ["Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"],
    ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"],
    ["Sec-Fetch-Site": "cross-site"],
    ["Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"],
  ])
  func sessionsAreForOurOwnPages(sent: [String: String]) async throws {
    let workspace = try await Self.workspace()
    let client = try workspace.client()
    let own = try await workspace.session("owner").headers
    var headers = own
    headers[.accept] = "application/json"
    for (name, value) in sent { headers[try #require(HTTPField.Name(name))] = value }
    for path in [
      Self.datasets, "/sites/ice/api/datasets.json", "/teams/ice/api/s3/datasets", "/metrics",
      "/teams/ice", "/teams/ice/api/tiles/bed/v/0/0/0",
    ] {
      let answer = try await client.get(path, headers)
      #expect(answer.status == .unauthorized || path == "/metrics", "\(path): \(answer.status)")
      #expect(answer.status != .ok, "\(path)")
    }
    let change = try await client.send(.put, "/teams/ice/api/viewer/state", headers, body: "{}")
    #expect(change.status == .forbidden)
  }

  @Test(arguments: [
    [:], ["Origin": "http://cubes.test"],
    ["Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"], ["Sec-Fetch-Site": "none"],
    // Somebody follows a link in a mail or on another site.
    ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"],
  ])
  func sessionsWorkAtHome(sent: [String: String]) async throws {
    let workspace = try await Self.workspace()
    var headers = try await workspace.session("owner").headers
    for (name, value) in sent { headers[try #require(HTTPField.Name(name))] = value }
    #expect(try await workspace.client().get("/teams/ice", headers).status == .ok)
  }

  @Test func originsAreRead() {
    for (text, origin) in [
      ("https://maps.example.org", "https://maps.example.org"),
      ("HTTPS://Maps.Example.org/", "https://maps.example.org"),
      ("https://maps.example.org:443", "https://maps.example.org"),
      ("http://localhost:8000", "http://localhost:8000"), ("http://x:80", "http://x"),
      ("http://x:443", "http://x:443"), ("http://[::1]:3000", "http://[::1]:3000"),
      ("http://127.0.0.1", "http://127.0.0.1"),
    ] {
      #expect(WebOrigin(text)?.description == origin, "\(text)")
    }
    for text in [
      "", "*", "null", "maps.example.org", "https://", "https://*.example.org", "https://x/y",
      "https://x//", "https://x?y", "https://x#y", "https://x:0", "https://x:70000", "https://x:",
      "https://u@x", "ftp://x", "https://x y", "https://x,https://y", "https://x\r\nY: 1",
      "https://é.org", "http://[]", "http://[::1",
    ] {
      #expect(WebOrigin(text) == nil, "\(text)")
    }
  }
}
