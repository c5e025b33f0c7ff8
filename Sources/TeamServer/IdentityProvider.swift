internal import Foundation
internal import JSON
internal import JWTKit
internal import Transport

/// An OpenID Connect provider: where it sends people to sign in, and what its tokens say of them
/// (OpenID Connect Core 1.0, section 3.1; RFC 7636 for PKCE).
actor IdentityProvider {
  /// What the provider says of itself (OpenID Connect Discovery 1.0, section 3).
  struct Metadata: Sendable {
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysAddress: String
  }

  /// What a checked ID token says.
  struct Identity: Sendable, Equatable {
    /// Issuer and subject, which together never change and are never given to somebody else.
    let subject: String
    /// What the person would like to be called; `nil` where the provider does not say.
    let wantedName: String?
    let title: String?
  }

  private let settings: IdentityProviderSettings
  private let redirectAddress: String
  private let engine: HTTPEngine
  private var metadata: Metadata?
  private var keys: JWTKeyCollection?
  /// When the keys were last asked for, in seconds since 1970.
  private var keysFetched: Int64 = 0

  /// An unknown key makes us ask for the keys again, but not more often than this many seconds: else
  /// forged tokens would make us flood the provider.
  private static let keyPatience: Int64 = 30

  init(_ settings: IdentityProviderSettings, baseURL: String) {
    self.settings = settings
    redirectAddress = baseURL + "/sign-in/provider/done"
    var configuration = HTTPConfiguration()
    configuration.maximumAttempts = 2
    configuration.stallTimeout = .seconds(10)
    engine = HTTPEngine(configuration: configuration)
  }

  /// The address to which a browser is sent to sign in.
  ///
  /// - Throws: ``IdentityProviderError`` where the provider cannot be asked where that is.
  func signInAddress(for attempt: SignInAttempt) async throws -> String {
    let query = [
      ("response_type", "code"), ("client_id", settings.clientID),
      ("redirect_uri", redirectAddress), ("scope", "openid profile"), ("state", attempt.state),
      ("nonce", attempt.nonce), ("code_challenge", attempt.challenge),
      ("code_challenge_method", "S256"),
    ]
    let endpoint = try await discovered().authorizationEndpoint
    return endpoint + (endpoint.contains("?") ? "&" : "?") + Self.encoded(query)
  }

  /// Who has signed in, from the code that the browser brought back.
  ///
  /// - Throws: ``IdentityProviderError`` for a code that the provider does not take, or a token that is
  ///   not for us, not from it, not of this attempt, over, or badly signed.
  func identity(code: String, attempt: SignInAttempt, now: Int64) async throws -> Identity {
    var form = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectAddress),
      ("client_id", settings.clientID), ("code_verifier", attempt.verifier),
    ]
    if let secret = settings.clientSecret { form.append(("client_secret", secret)) }
    let answer = try await ask(
      HTTPRequest(
        "POST", try await discovered().tokenEndpoint,
        fields: [("Content-Type", "application/x-www-form-urlencoded")],
        body: .bytes(Array(Self.encoded(form).utf8))))
    guard let token = answer["id_token"]?.stringValue else {
      throw IdentityProviderError("its answer holds no ID token")
    }
    return try await identity(idToken: token, nonce: attempt.nonce, now: now)
  }

  /// Checks an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
  func identity(idToken token: String, nonce: String, now: Int64) async throws -> Identity {
    let header = try TokenHeader(token)
    let claims: IDTokenClaims
    do {
      claims = try await keys(now: now).verify(token, as: IDTokenClaims.self)
    } catch  where now - keysFetched > Self.keyPatience {
      // The provider may have new keys since.
      keys = nil
      claims = try await verified(token, now: now)
    } catch {
      throw IdentityProviderError(
        "its token is not signed with a key of its own (\(header.algorithm))")
    }
    try claims.check(settings: settings, nonce: nonce, now: now)
    return Identity(
      subject: claims.iss + "|" + claims.sub, wantedName: claims.preferredUsername,
      title: claims.name)
  }

  private func verified(_ token: String, now: Int64) async throws -> IDTokenClaims {
    do { return try await keys(now: now).verify(token, as: IDTokenClaims.self) } catch let error
      as IdentityProviderError
    { throw error } catch {
      throw IdentityProviderError("its token is not signed with a key of its own")
    }
  }

  private func discovered() async throws -> Metadata {
    if let metadata { return metadata }
    // An issuer may end with a slash, which is then part of its name (Discovery, section 4.1).
    let base = settings.issuer.hasSuffix("/") ? settings.issuer.dropLast() : settings.issuer[...]
    let address = base + "/.well-known/openid-configuration"
    let document = try await ask(HTTPRequest("GET", String(address)))
    guard document["issuer"]?.stringValue == settings.issuer,
      let authorization = document["authorization_endpoint"]?.stringValue,
      let token = document["token_endpoint"]?.stringValue,
      let keys = document["jwks_uri"]?.stringValue
    else {
      throw IdentityProviderError(
        "its configuration lacks an endpoint or names another issuer than \(settings.issuer)")
    }
    let found = Metadata(
      authorizationEndpoint: authorization, tokenEndpoint: token, keysAddress: keys)
    metadata = found
    return found
  }

  private func keys(now: Int64) async throws -> JWTKeyCollection {
    if let keys { return keys }
    let document = try await ask(
      HTTPRequest("GET", try await discovered().keysAddress))
    keysFetched = now
    // Secret keys have no place in a public list: with one of them anybody could sign.
    let usable = (document["keys"]?.arrayValue ?? []).filter {
      ["RSA", "EC", "OKP"].contains($0["kty"]?.stringValue)
        && ($0["use"]?.stringValue ?? "sig") == "sig"
    }
    let collection = JWTKeyCollection()
    for key in usable {
      // A key of a kind that we do not know must not hide the others.
      _ = try? await collection.add(jwk: JWK(json: key.serialized()))
    }
    keys = collection
    return collection
  }

  /// Asks the provider.
  private func ask(_ request: HTTPRequest) async throws -> JSONValue {
    do {
      let reply = try await withCheckedContinuation { continuation in
        engine.start(request) { continuation.resume(returning: $0) }
      }.get()
      guard reply.isSuccess else {
        throw IdentityProviderError("it answers \(reply.status) at \(request.url)")
      }
      return try JSONValue(parsing: reply.body)
    } catch let error as TransportError {
      throw IdentityProviderError("it cannot be reached: \(error)")
    } catch let error as JSONError {
      throw IdentityProviderError("its answer at \(request.url) is \(error)")
    }
  }

  private static func encoded(_ pairs: [(String, String)]) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return pairs.map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")"
    }.joined(separator: "&")
  }
}

/// Why somebody could not sign in through the identity provider.
struct IdentityProviderError: Error, CustomStringConvertible {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  var description: String { "Cannot sign in through the identity provider: \(reason)." }
}

/// The header of a signed token (RFC 7515, section 4).
struct TokenHeader {
  let algorithm: String

  /// Signatures with public keys alone: `none` signs nothing, and HMAC with a public key as its secret
  /// is a known forgery.
  private static let algorithms: Set<String> = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]

  init(_ token: String) throws {
    guard token.utf8.count <= 64 << 10, let first = token.split(separator: ".").first,
      let data = Data(base64URL: first),
      let algorithm = try? JSONValue(parsing: Array(data))["alg"]?.stringValue
    else { throw IdentityProviderError("its token is no signed JSON token") }
    guard Self.algorithms.contains(algorithm) else {
      throw IdentityProviderError("its token is signed by '\(algorithm)', which proves nothing")
    }
    self.algorithm = algorithm
  }
}

extension Data {
  /// Bytes from base64url without padding (RFC 4648, section 5).
  init?(base64URL text: Substring) {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    self.init(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
  }
}

/// The claims of an ID token that are looked at.
struct IDTokenClaims: JWTPayload {
  let iss: String
  let sub: String
  let aud: AudienceClaim
  let exp: Double
  let iat: Double?
  let nonce: String?
  let azp: String?
  let preferredUsername: String?
  let name: String?

  private enum CodingKeys: String, CodingKey {
    case iss, sub, aud, exp, iat, nonce, azp, name
    case preferredUsername = "preferred_username"
  }

  /// Nothing here: time and nonce are those of the attempt, which ``check(settings:nonce:now:)`` knows.
  func verify(using algorithm: some JWTAlgorithm) {}

  /// How far the clocks of both sides may differ, in seconds.
  private static let clockSkew = 60.0

  func check(settings: IdentityProviderSettings, nonce wanted: String, now: Int64) throws {
    guard iss == settings.issuer else {
      throw IdentityProviderError("its token is from another issuer, '\(iss)'")
    }
    guard aud.value.contains(settings.clientID), azp == nil || azp == settings.clientID else {
      throw IdentityProviderError("its token is for another program")
    }
    guard nonce == wanted else {
      throw IdentityProviderError("its token belongs to another attempt to sign in")
    }
    guard exp + Self.clockSkew > Double(now), (iat ?? 0) - Self.clockSkew < Double(now) else {
      throw IdentityProviderError("its token is over, or the clocks of the two computers differ")
    }
    guard !sub.isEmpty, sub.utf8.count <= 255 else {
      throw IdentityProviderError("its token names nobody")
    }
  }
}
