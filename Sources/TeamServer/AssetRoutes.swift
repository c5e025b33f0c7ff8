internal import Hummingbird
internal import NIOCore
internal import Pages

/// Style sheet and icon of the server's own pages.
///
/// Their names change with their content.
struct AssetRoutes: Sendable {
  let assets: SiteAssets

  func add(to router: Router<TeamRequestContext>) {
    for (name, type) in [("site.css", "text/css; charset=utf-8"), ("icon.svg", "image/svg+xml")] {
      guard let key = assets.keys[name], let bytes = assets.files[key] else { continue }
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
