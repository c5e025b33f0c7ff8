internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Pages
internal import Teams

/// Makes the server's pages from templates, within the frame of every page.
struct PageRenderer: Sendable {
  private let templates: PageTemplates
  private let styleSheet: String
  private let icon: String
  private let tokenSheet: String
  private let workspaceSheet: String
  private let assets: SiteAssets

  /// - Parameters:
  ///   - templates: of all pages.
  ///   - assets: those of sites, of which pages here share the style sheets.
  ///   - own: the assets that only pages here have.
  /// - Throws: `PageError` where a style sheet or the icon is missing.
  init(templates: PageTemplates, assets: SiteAssets, own: SiteAssets) throws {
    self.templates = templates
    styleSheet = try assets.key("site.css")
    icon = try assets.key("icon.svg")
    tokenSheet = try assets.key("tokens.css")
    workspaceSheet = try own.key("workspace.css")
    self.assets = own
  }

  /// A page as an answer.
  ///
  /// - Parameters:
  ///   - template: its name.
  ///   - title: of the page.
  ///   - principal: whose name and sign-out button the header shows.
  ///   - status: of the answer.
  ///   - script: the name of the one script that the page loads.
  ///   - values: what the template is filled with, besides what every page has.
  /// - Returns: an answer that no cache keeps.
  /// - Throws: `PageError` where the template asks for what is not given.
  func page(
    _ template: String, title: String, principal: Principal?, status: HTTPResponse.Status = .ok,
    script: String? = nil, _ values: [String: PageValue]
  ) throws -> Response {
    var context = common(values, principal)
    context["pageTitle"] = .text(title)
    context["script"] = .optional(try script.map(assets.key))
    var response = answer(try templates.render(template, context), status: status)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
      + (script == nil ? "" : "; script-src 'self'; connect-src 'self'")
    return response
  }

  /// A part of a page that something else makes.
  ///
  /// - Throws: `PageError` where the template asks for what is not given.
  func part(
    _ template: String, principal: Principal, _ values: [String: PageValue]
  ) throws -> String {
    try templates.render(template, common(values, principal))
  }

  /// The text of a page as an answer that no cache keeps.
  func answer(_ page: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: page)))
  }

  private func common(
    _ values: [String: PageValue], _ principal: Principal?
  ) -> [String: PageValue] {
    var context = values
    context["styleSheet"] = .text(styleSheet)
    context["tokenSheet"] = .text(tokenSheet)
    context["workspaceSheet"] = .text(workspaceSheet)
    context["icon"] = .text(icon)
    context["form"] = .text(principal?.formSecret ?? "")
    context["user"] = principal.map { .table(["userTitle": .text($0.user.title)]) } ?? .flag(false)
    context["administrator"] = .flag(principal?.mayAdministrate ?? false)
    return context
  }
}
