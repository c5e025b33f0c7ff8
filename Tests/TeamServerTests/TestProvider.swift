import Foundation
import JSON
import JWTKit
import Synchronization
import TestKit

@testable import TeamServer

/// An identity provider on this machine, which signs what a test wants and can change its key.
final class TestProvider: Sendable {
  private struct State {
    var key = ES256PrivateKey()
    var kid = "first"
    var idToken = ""
    var issuer = ""
    var keysAsked = 0
  }

  private let state: SharedState
  private let server: LoopbackServer

  private final class SharedState: Sendable {
    let value = Mutex(State())
  }

  init() throws {
    let state = SharedState()
    server = try LoopbackServer { request in
      let path = request.target.split(separator: "?").first ?? ""
      guard let text = Self.answer(String(path), state) else {
        return LoopbackServer.answer("404 Not Found", body: [])
      }
      return LoopbackServer.answer("200 OK", body: Array(text.utf8))
    }
    let issuer = String(server.url("").dropLast())
    state.value.withLock { $0.issuer = issuer }
    self.state = state
  }

  var issuer: String { state.value.withLock { $0.issuer } }
  /// How often the list of keys was asked for.
  var keysAsked: Int { state.value.withLock { $0.keysAsked } }
  /// The forms that were sent for tokens.
  var tokenForms: [String] {
    server.requests.filter { $0.target == "/token" }.map {
      String(decoding: $0.body, as: UTF8.self)
    }
  }

  var settings: IdentityProviderSettings {
    IdentityProviderSettings(
      title: "Institute", issuer: issuer, clientID: "cubepress", clientSecret: "secret")
  }

  /// Begins to sign with another key, as providers do from time to time.
  func rotate() {
    state.value.withLock {
      $0.key = ES256PrivateKey()
      $0.kid = "second"
    }
  }

  /// Signs claims with the key of today.
  func sign(_ claims: TestClaims) async throws -> String {
    let (key, kid) = state.value.withLock { ($0.key, $0.kid) }
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: key, kid: JWKIdentifier(string: kid))
    return try await keys.sign(claims, kid: JWKIdentifier(string: kid))
  }

  /// What the next code is exchanged for.
  func willAnswer(_ idToken: String) { state.value.withLock { $0.idToken = idToken } }

  private static func answer(_ path: String, _ state: SharedState) -> String? {
    state.value.withLock { state in
      switch path {
      case "/.well-known/openid-configuration":
        """
        {"issuer":"\(state.issuer)","authorization_endpoint":"\(state.issuer)/authorize",
        "token_endpoint":"\(state.issuer)/token","jwks_uri":"\(state.issuer)/keys"}
        """
      case "/keys":
        keys(&state)
      case "/token":
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"\(state.idToken)\"}"
      default: nil
      }
    }
  }

  private static func keys(_ state: inout State) -> String {
    state.keysAsked += 1
    guard let point = state.key.publicKey.parameters else { return "{}" }
    // A key that this program does not know comes first, as it may at a real provider.
    return """
      {"keys":[{"kty":"XYZ","kid":"new"},{"kty":"oct","kid":"shared","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY","alg":"HS256"},
      {"kty":"EC","crv":"P-256","kid":"\(state.kid)","use":"sig","alg":"ES256",
      "x":"\(point.x)","y":"\(point.y)"}]}
      """
  }
}

/// The claims of a good token; each test spoils one.
struct TestClaims: JWTPayload {
  var iss: String
  var sub = "4711"
  var aud = AudienceClaim(value: ["cubepress"])
  var exp: Double
  var iat: Double
  var nonce: String?
  var azp: String?
  var name: String? = "Ada Lovelace"
  var preferredUsername: String? = "Ada L."

  private enum CodingKeys: String, CodingKey {
    case iss, sub, aud, exp, iat, nonce, azp, name
    case preferredUsername = "preferred_username"
  }

  init(issuer: String, nonce: String, now: Int64) {
    iss = issuer
    self.nonce = nonce
    exp = Double(now + 300)
    iat = Double(now)
  }

  func verify(using algorithm: some JWTAlgorithm) {}
}
