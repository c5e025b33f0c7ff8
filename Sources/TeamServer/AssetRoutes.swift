internal import Hummingbird
internal import NIOCore
internal import Pages

/// Style sheets, scripts and icon of the server's own pages.
///
/// Their names change with their content.
struct AssetRoutes: Sendable {
  let assets: SiteAssets
  /// Those that only pages here have.
  let own: SiteAssets

  private static let types: [Substring: String] = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
  ]

  func add(to router: Router<TeamRequestContext>) {
    let shared = ["tokens.css", "site.css", "icon.svg"].compactMap { assets.keys[$0] }
      .compactMap { key in assets.files[key].map { (key, $0) } }
    for (key, bytes) in shared + own.files.map({ ($0.key, $0.value) }) {
      let type = Self.types[key.split(separator: ".").last ?? ""] ?? "application/octet-stream"
      let body = ByteBuffer(bytes: bytes)
      router.get(.init(stringLiteral: key)) { _, _ in
        Response(
          status: .ok,
          headers: [
            .contentType: type, .cacheControl: "public, max-age=31536000, immutable",
          ],
          body: .init(byteBuffer: body))
      }
    }
  }
}
