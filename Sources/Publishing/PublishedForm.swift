/// With which header fields keys are published, and in which order.
public enum PublishedForm {
  /// How long caches may keep an object without asking.
  enum Caching: String {
    /// Other bytes have another key.
    case forever = "public, max-age=31536000, immutable"
    /// Tiles and chunks: they change seldom, but may.
    case data = "public, max-age=600, must-revalidate"
    /// What points at other objects.
    case document = "public, max-age=60, must-revalidate"
    /// What says which release is the current one.
    case never = "no-cache"
  }

  static func fields(
    type: String, encoding: String? = nil, caching: Caching
  ) -> [(name: String, value: String)] {
    var fields = [("content-type", type), ("cache-control", caching.rawValue)]
    if let encoding { fields.append(("content-encoding", encoding)) }
    return fields
  }

  /// How the bytes under a key are packed.
  ///
  /// Terrain tiles are gzip files by convention (quantized-mesh 1.0). Nothing that is read by ranges
  /// may be packed: offsets would mean the packed bytes.
  static func encoding(of key: String) -> String? { key.hasSuffix(".terrain") ? "gzip" : nil }

  /// Whether the key follows from the content: a file below `assets/` with eight hexadecimal digits
  /// or more as its folder's name or as a part of its own name between dots.
  static func isNamedByContent(_ key: String) -> Bool {
    guard key.utf8.starts(with: "assets/".utf8) else { return false }
    return key.split(separator: "/").dropFirst().contains { component in
      component.split(separator: ".").contains { part in
        part.utf8.count >= 8
          && part.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
              || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
          }
      }
    }
  }

  private static let documentEndings = [
    ".html", ".json", ".xml", ".webmanifest", "/.zgroup", "/.zarray", "/.zattrs", "/.zmetadata",
  ]

  /// Whether an object points at others: pages, metadata, capabilities.
  ///
  /// Such documents are published after what they point at, and copies of them are kept for going
  /// back to a release.
  public static func isDocument(_ key: String) -> Bool {
    if documentEndings.contains(where: { key.utf8.ends(with: $0.utf8) }) { return true }
    // The documents of the 4D viewer have no extension.
    guard key.utf8.starts(with: "4d_viewer/".utf8) else { return false }
    return key.utf8.ends(with: "/configuration".utf8) || key == "4d_viewer/variables"
  }

  /// The wave in which a document is published; lower ones first.
  ///
  /// New documents come before changed ones: what readers know already may point at them. Otherwise
  /// documents point down the tree or at their like, and pages point at documents for programs. So:
  /// metadata before pages, deeper before shallower, and `index.html` of the site at the very end.
  static func wave(_ key: String, isNew: Bool) -> Int {
    let depth = min(99, key.utf8.count { $0 == UInt8(ascii: "/") })
    return (isNew ? 0 : 200) + (key.utf8.ends(with: ".html".utf8) ? 100 : 0) + 99 - depth
  }
}

extension Sequence<UInt8> where Self: BidirectionalCollection {
  fileprivate func ends(with other: some BidirectionalCollection<UInt8>) -> Bool {
    reversed().starts(with: other.reversed())
  }
}
