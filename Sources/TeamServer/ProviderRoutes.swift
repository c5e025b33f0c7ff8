internal import Foundation
internal import Hummingbird
internal import Logging
internal import Teams

/// Signing in through the institute's identity provider.
struct ProviderRoutes: Sendable {
  let database: TeamDatabase
  let provider: IdentityProvider
  let signIn: SignInRoutes
  let settings: ServerSettings
  private let attempts = SignInAttempts()

  init(
    database: TeamDatabase, provider: IdentityProvider, signIn: SignInRoutes,
    settings: ServerSettings
  ) {
    self.database = database
    self.provider = provider
    self.signIn = signIn
    self.settings = settings
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("sign-in/provider", use: leave)
    router.get("sign-in/provider/done", use: comeBack)
  }

  private static let cookieName = "cubepress-attempt"

  @Sendable private func leave(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let target = SignInRoutes.target(request.uri.queryParameters["to"].map(String.init))
    let attempt = try SignInAttempt(target: target, now: secondsNow())
    let address: String
    do {
      address = try await provider.signInAddress(for: attempt)
    } catch let error as IdentityProviderError {
      context.logger.error("sign-in", metadata: ["error": "\(error)"])
      throw HTTPError(.badGateway, message: "\(error)")
    }
    await attempts.begin(attempt)
    var response = Response.redirect(to: address, type: .normal)
    response.setCookie(cookie(attempt.state, maxAge: Int(SignInAttempts.patience)))
    return response
  }

  @Sendable private func comeBack(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let query = request.uri.queryParameters
    guard let state = query["state"].map(String.init),
      request.cookies[Self.cookieName]?.value == state,
      let attempt = await attempts.end(state, now: secondsNow())
    else {
      throw HTTPError(
        .badRequest, message: "This attempt to sign in is over or began elsewhere: begin again.")
    }
    guard let code = query["code"].map(String.init) else {
      throw HTTPError(
        .forbidden, message: "The identity provider did not let you in; it can say why.")
    }
    do {
      let identity = try await provider.identity(code: code, attempt: attempt, now: secondsNow())
      let user = try await database.user(
        subject: identity.subject,
        wantedName: Self.name(identity.wantedName ?? identity.subject), title: identity.title)
      guard let user else { throw HTTPError(.forbidden, message: "This account was disabled.") }
      var response = try await signIn.beginSession(of: user, target: attempt.target, context)
      response.setCookie(cookie("", maxAge: 0))
      return response
    } catch let error as IdentityProviderError {
      context.logger.error("sign-in", metadata: ["error": "\(error)"])
      throw HTTPError(.forbidden, message: "\(error)")
    }
  }

  /// An id made from any text.
  static func name(_ text: String) -> String {
    let kept = text.lowercased().utf8.map { byte -> Character in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    let name = String(kept.drop { $0 == "-" }.prefix(60))
    return name.isEmpty ? "user" : name
  }

  private func cookie(_ state: String, maxAge: Int) -> Cookie {
    // Lax: the way back is a link from another site.
    Cookie(
      name: Self.cookieName, value: state, maxAge: maxAge, path: "/sign-in/provider",
      secure: settings.isSecure, httpOnly: true, sameSite: .lax)
  }
}
