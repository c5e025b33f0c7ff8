import Codecs
import Stores
import Synchronization

/// Packs text files with gzip for clients that take it, as the fronts of published sites do.
///
/// What was packed is kept, so that each version of a file is packed once.
final class TextPacking: Sendable {
  private struct Kept {
    let tag: String
    let bytes: [UInt8]
  }
  private let kept = Mutex<[String: Kept]>([:])

  /// Smaller files gain nothing, larger ones take too long to be worth it.
  private static let sizes = 512...(16 << 20)
  /// What is kept together at most; then everything is let go.
  private static let capacity = 64 << 20

  /// Whether the answer to a request is to be packed.
  ///
  /// Never for a range: its offsets mean the file's own bytes (RFC 9110, 14.2).
  static func applies(to request: FileRequest, key: String, size: Int) -> Bool {
    guard sizes.contains(size), request.fields["range"] == nil, isText(ContentType.of(key: key)),
      let accepted = request.fields["accept-encoding"]?.lowercased()
    else { return false }
    return accepted.split(separator: ",").contains { entry in
      let parts = entry.filter { $0 != " " }.split(separator: ";")
      return parts.first == "gzip"
        && !parts.dropFirst().contains { $0.wholeMatch(of: /q=0(\.0*)?/) != nil }
    }
  }

  /// The packed bytes of a version of a file; nil where it cannot be read.
  func packed(_ key: String, tag: String, read: () throws -> [UInt8]) -> [UInt8]? {
    if let kept = kept.withLock({ $0[key] }), kept.tag == tag { return kept.bytes }
    guard let bytes = try? GzipCodec(level: 6).encode(read()) else { return nil }
    kept.withLock { kept in
      if kept.values.map(\.bytes.count).reduce(bytes.count, +) > Self.capacity { kept = [:] }
      kept[key] = Kept(tag: tag, bytes: bytes)
    }
    return bytes
  }

  private static func isText(_ type: String) -> Bool {
    type.hasPrefix("text/")
      || ["application/json", "application/geo+json", "application/xml", "image/svg+xml"]
        .contains(type)
  }
}
