/// The rules for paths of files that teams keep, such as `models/2026/ice.pt`.
public enum FilePath {
  /// The longest path, in bytes.
  public static let longest = 512

  /// The rules in words, for whoever broke them.
  public static let rule =
    "use at most \(longest) bytes, names of at most 255 between single slashes that do not begin with a dot"

  /// The folder of a file, with the slash at its end; empty for one that lies in none.
  public static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Whether a text is a path that leads nowhere else: components between single slashes, none of them
  /// empty or beginning with a dot, no backslash and no control character.
  public static func isValid(_ path: String) -> Bool {
    guard (1...longest).contains(path.utf8.count),
      !path.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 || $0 == "\\" })
    else { return false }
    return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && !$0.utf8.starts(with: ".".utf8) && $0.utf8.count <= 255
    }
  }
}
