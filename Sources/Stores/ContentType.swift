/// The media types of the files of a site.
public enum ContentType {
  /// The media type for a key, told from its last component (RFC 9110, 8.3).
  ///
  /// Text types name their character set, which is always UTF-8.
  ///
  /// - Parameter key: a key or a file name.
  /// - Returns: `application/octet-stream` for chunks and everything unknown.
  public static func of(key: String) -> String {
    let name = key.utf8.lastIndex(of: UInt8(ascii: "/")).map { key[key.index(after: $0)...] }
    let last = (name ?? key[...]).lowercased()
    // Zarr's own documents: the first four have no extension at all.
    if [".zgroup", ".zarray", ".zattrs", ".zmetadata"].contains(last) { return "application/json" }
    if key.hasPrefix("4d_viewer/") { return ofViewer(name: last) }
    guard let dot = last.lastIndex(of: ".") else { return unknown }
    return byExtension[String(last[last.index(after: dot)...])] ?? unknown
  }

  /// Of the 4D viewer's addresses, which have no extension.
  private static func ofViewer(name: String) -> String {
    if name == "variables" || name == "configuration" { return "application/json" }
    return name.hasSuffix("_png") ? "image/png" : unknown
  }

  private static let unknown = "application/octet-stream"

  private static let byExtension: [String: String] = [
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "map": "application/json",
    "webmanifest": "application/manifest+json",
    "xml": "application/xml",
    "xsd": "application/xml",
    "txt": "text/plain; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "png": "image/png",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "ico": "image/vnd.microsoft.icon",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "nc": "application/x-netcdf",
    "wasm": "application/wasm",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "pmtiles": "application/vnd.pmtiles",
    "terrain": "application/vnd.quantized-mesh",
    "fgb": "application/flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
  ]
}
