import Foundation
import HTTPTypes
import Hummingbird
import JWTKit
import Teams
import Testing

@testable import TeamServer

/// Signing in through a provider, with tokens as they should be and as forgers would make them.
struct IdentityProviderTests {
  private let now = secondsNow()
  private let source: TestProvider
  private let provider: IdentityProvider

  init() throws {
    source = try TestProvider()
    provider = IdentityProvider(source.settings, baseURL: "http://cubes.test")
  }

  private func claims() -> TestClaims {
    TestClaims(issuer: source.issuer, nonce: "the nonce", now: now)
  }

  private func identity(_ token: String) async throws -> IdentityProvider.Identity {
    try await provider.identity(idToken: token, nonce: "the nonce", now: now)
  }

  @Test func aGoodToken() async throws {
    let identity = try await identity(source.sign(claims()))
    #expect(identity.subject == source.issuer + "|4711")
    #expect(identity.wantedName == "Ada L.")
    #expect(identity.title == "Ada Lovelace")
  }

  @Test func spoiltClaims() async throws {
    let spoilers: [(String, (inout TestClaims) -> Void)] = [
      ("issuer", { $0.iss += "/" }),
      ("audience", { $0.aud = AudienceClaim(value: ["another"]) }),
      ("authorised party", { $0.azp = "another" }),
      ("expiry", { $0.exp = Double(now - 61) }),
      ("issued in the future", { $0.iat = Double(now + 61) }),
      ("nonce", { $0.nonce = "another" }),
      ("no nonce", { $0.nonce = nil }),
      ("subject", { $0.sub = "" }),
      ("long subject", { $0.sub = String(repeating: "x", count: 256) }),
    ]
    for (what, spoil) in spoilers {
      var spoilt = claims()
      spoil(&spoilt)
      let token = try await source.sign(spoilt)
      await #expect(throws: IdentityProviderError.self, "\(what)") { try await identity(token) }
    }
  }

  @Test func forgedSignatures() async throws {
    let good = try await source.sign(claims())
    let parts = good.split(separator: ".").map(String.init)
    func header(_ text: String) -> String {
      Data(text.utf8).base64EncodedString().replacing("=", with: "")
    }
    // Another key under the same identifier, and a secret that stands in the list of keys.
    let strangers = JWTKeyCollection()
    await strangers.add(ecdsa: ES256PrivateKey(), kid: "first")
    await strangers.add(
      hmac: "0123456789abcdef0123456789abcdef", digestAlgorithm: .sha256, kid: "shared")
    let forged = [
      header(#"{"alg":"none"}"#) + "." + parts[1] + ".",
      header(#"{"alg":"None"}"#) + "." + parts[1] + "." + parts[2],
      header(#"{"alg":"HS256","kid":"first"}"#) + "." + parts[1] + "." + parts[2],
      try await strangers.sign(claims(), kid: "first"),
      try await strangers.sign(claims(), kid: "shared"),
      parts[0] + "." + parts[1] + "." + String(parts[2].reversed()),
      parts[0] + "." + parts[1], "", "...", good + ".x", String(repeating: "a", count: 100_000),
    ]
    for token in forged {
      await #expect(throws: IdentityProviderError.self, "\(token.prefix(60))") {
        try await identity(token)
      }
    }
    #expect(source.keysAsked == 1, "forgeries do not make us flood the provider")
  }

  @Test func keysThatChange() async throws {
    _ = try await identity(source.sign(claims()))
    source.rotate()
    let token = try await source.sign(claims())
    await #expect(throws: IdentityProviderError.self, "too soon to ask again") {
      try await identity(token)
    }
    let later = now + 31
    let afterwards = try await provider.identity(idToken: token, nonce: "the nonce", now: later)
    #expect(afterwards.subject.hasSuffix("|4711"))
    #expect(source.keysAsked == 2)
  }

  @Test func thereAndBack() async throws {
    let workspace = try await Workspace()
    var settings = workspace.settings
    settings.identityProvider = source.settings
    let client = TestClient(try TeamServer(settings).router().buildResponder())
    #expect(try await client.get("/sign-in").text.contains("Institute"))

    let leaving = try await client.get("/sign-in/provider?to=/teams/ice")
    #expect(leaving.status == .seeOther)
    let address = try #require(URLComponents(string: leaving.headers[.location] ?? ""))
    let query = Dictionary(
      (address.queryItems ?? []).map { ($0.name, $0.value ?? "") }
    ) { first, _ in first }
    #expect(query["code_challenge_method"] == "S256")
    #expect(query["redirect_uri"] == "http://cubes.test/sign-in/provider/done")
    let state = try #require(query["state"])
    let cookie: HTTPFields = [.cookie: "cubepress-attempt=" + state]

    let claims = TestClaims(issuer: source.issuer, nonce: query["nonce"] ?? "", now: now)
    source.willAnswer(try await source.sign(claims))
    let back = "/sign-in/provider/done?code=c0de&state="
    #expect(try await client.get(back + state).status == .badRequest, "another browser")
    #expect(try await client.get(back + "x", cookie).status == .badRequest, "another attempt")
    let done = try await client.get(back + state, cookie)
    #expect(done.status == .seeOther)
    #expect(done.headers[.location] == "/teams/ice")
    #expect(try await client.get(back + state, cookie).status == .badRequest, "used up")
    #expect(try await workspace.database.user(named: "ada-l-")?.title == "Ada Lovelace")

    // The verifier that was sent is the one whose digest was shown (RFC 7636, section 4.6).
    let form = try #require(source.tokenForms.first)
    let verifier = form.split(separator: "&").first { $0.hasPrefix("code_verifier=") }?.dropFirst(
      14)
    #expect(RandomText.digest(String(verifier ?? "")) == query["code_challenge"])
    #expect(form.contains("client_secret=secret"))
  }

  /// The example of RFC 7636, appendix B.
  @Test func proofKey() {
    #expect(
      RandomText.digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }
}
