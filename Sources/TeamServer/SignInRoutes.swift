internal import Hummingbird
internal import Pages
internal import Teams

/// Signing in with a name and a password, by an invitation, and signing out.
struct SignInRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let cookies: SessionCookies
  let settings: ServerSettings
  /// By name and by address, so that neither one account nor one client can be used to guess for long.
  let limiter = AttemptLimiter(allowed: 10, span: 900)

  func add(to router: Router<TeamRequestContext>) {
    router.get("sign-in") { request, context in
      try signInPage(
        target: Self.target(request.uri.queryParameters["to"].map(String.init)), context)
    }
    router.post("sign-in", use: signIn)
    router.post("sign-out", use: signOut)
    router.get("invitation/:secret", use: invitation)
    router.post("invitation/:secret", use: acceptInvitation)
  }

  private func signInPage(
    target: String, name: String = "", problem: String? = nil,
    status: HTTPResponse.Status = .ok, _ context: TeamRequestContext
  ) throws -> Response {
    try pages.page(
      "sign-in", title: "Sign in", principal: context.principal, status: status,
      [
        "target": .text(target), "name": .text(name), "problem": .optional(problem),
        "provider": .optional(settings.identityProvider?.title),
      ])
  }

  @Sendable private func signIn(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let form = try await Form(request, limit: settings.largestBody)
    let name = form.text("name")
    let target = Self.target(form.text("to"))
    let now = secondsNow()
    let nameKey = "name " + name
    let addressKey = "address " + AttemptLimiter.network(of: context.remoteAddress)
    // What cannot be a name is nobody's, and need not be remembered.
    let wait = await limiter.begin(
      Names.isID(name) ? [nameKey, addressKey] : [addressKey], now: now)
    guard wait == 0 else {
      var response = try signInPage(
        target: target, name: name,
        problem: "Too many wrong passwords: try again in \((wait + 59) / 60) minutes.",
        status: .tooManyRequests, context)
      response.headers[.retryAfter] = String(wait)
      return response
    }
    guard let user = try await database.user(named: name, password: form.exactText("password"))
    else {
      try await database.record(
        "sign-in refused", on: context.remoteAddress,
        by: String(decoding: name.utf8.prefix(Names.longest), as: UTF8.self), now: now)
      return try signInPage(
        target: target, name: name, problem: "Name or password is wrong.",
        status: .unprocessableContent, context)
    }
    await limiter.forget(nameKey)
    await limiter.takeBack(addressKey)
    return try await beginSession(of: user, target: target, context)
  }

  /// A new secret at every sign-in: one that was planted in the browser before is worth nothing.
  func beginSession(
    of user: User, target: String, _ context: TeamRequestContext
  ) async throws -> Response {
    let now = secondsNow()
    let secret = try await database.beginSession(
      of: user, lifetime: settings.sessionLifetime, now: now)
    try await database.record("signed in", on: context.remoteAddress, by: user.name, now: now)
    var response = Response.redirect(to: target, type: .normal)
    response.setCookie(cookies.cookie(secret))
    return response
  }

  @Sendable private func signOut(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let principal = try context.requirePrincipal()
    try await Form(request, limit: settings.largestBody).requireSecret(of: principal)
    if let secret = cookies.secret(of: request) { try await database.endSession(secret) }
    var response = Response.redirect(to: "/sign-in", type: .normal)
    response.setCookie(cookies.removal)
    return response
  }

  @Sendable private func invitation(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let secret = try context.parameters.require("secret")
    guard let user = try await database.invited(by: secret, now: secondsNow()) else {
      throw HTTPError(.notFound)
    }
    return try invitationPage(user, problem: nil, context)
  }

  @Sendable private func acceptInvitation(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let secret = try context.parameters.require("secret")
    let form = try await Form(request, limit: settings.largestBody)
    let now = secondsNow()
    guard let invited = try await database.invited(by: secret, now: now) else {
      throw HTTPError(.notFound)
    }
    let password = form.exactText("password")
    guard password == form.exactText("again") else {
      return try invitationPage(invited, problem: "The two passwords differ.", context)
    }
    do {
      guard
        let user = try await database.accept(invitation: secret, password: password, now: now)
      else { throw HTTPError(.notFound) }
      try await database.record("set a password", on: user.name, by: user.name, now: now)
      return try await beginSession(of: user, target: "/", context)
    } catch let error as TeamsError where error.kind == .invalid {
      return try invitationPage(invited, problem: error.remedy, context)
    }
  }

  private func invitationPage(
    _ user: User, problem: String?, _ context: TeamRequestContext
  ) throws -> Response {
    try pages.page(
      "invitation", title: "Choose a password", principal: nil,
      status: problem == nil ? .ok : .unprocessableContent,
      ["name": .text(user.name), "problem": .optional(problem)])
  }

  /// Where to go after signing in: a path of ours, never another site.
  static func target(_ wanted: String?) -> String {
    guard let wanted, wanted.utf8.count <= 2000, wanted.hasPrefix("/"), !wanted.hasPrefix("//"),
      !wanted.hasPrefix("/\\"),
      wanted.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    return wanted
  }
}
