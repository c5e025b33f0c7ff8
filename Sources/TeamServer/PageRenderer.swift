internal import Hummingbird
internal import NIOCore
internal import Pages
internal import Teams

/// Makes the server's pages from templates, within the frame of every page.
struct PageRenderer: Sendable {
  private let templates: PageTemplates
  private let styleSheet: String
  private let icon: String

  init(templates: PageTemplates, assets: SiteAssets) throws {
    self.templates = templates
    styleSheet = try assets.key("site.css")
    icon = try assets.key("icon.svg")
  }

  /// A page as an answer.
  ///
  /// - Parameters:
  ///   - template: its name.
  ///   - title: of the page.
  ///   - principal: whose name and sign-out button the header shows.
  ///   - status: of the answer.
  ///   - values: what the template is filled with, besides what every page has.
  /// - Returns: an answer that no cache keeps.
  /// - Throws: `PageError` where the template asks for what is not given.
  func page(
    _ template: String, title: String, principal: Principal?, status: HTTPResponse.Status = .ok,
    _ values: [String: PageValue]
  ) throws -> Response {
    var context = values
    context["pageTitle"] = .text(title)
    context["styleSheet"] = .text(styleSheet)
    context["icon"] = .text(icon)
    context["form"] = .text(principal?.formSecret ?? "")
    context["user"] = principal.map { .table(["userTitle": .text($0.user.title)]) } ?? .flag(false)
    context["administrator"] = .flag(principal?.mayAdministrate ?? false)
    let text = try templates.render(template, context)
    return Response(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy:
          "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      ],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
