/// Names as path segments and in services.
public enum Identifier {
  /// What an identifier looks like, as a regular expression.
  static let pattern = "[a-z0-9][a-z0-9._-]*"

  /// Whether a text is an identifier as it stands.
  static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || ".-_".utf8.contains($0) }
  }

  /// The identifier nearest to a text: lower case, with dashes for what is not allowed.
  public static func proposal(for text: String) -> String {
    var id: [UInt8] = []
    for byte in text.lowercased().utf8 {
      if isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") {
        id.append(byte)
      } else if id.last != UInt8(ascii: "-") {
        id.append(UInt8(ascii: "-"))
      }
    }
    let kept = id.drop { !isLetterOrDigit($0) }
    let end = kept.lastIndex { isLetterOrDigit($0) } ?? kept.startIndex
    let trimmed = kept.isEmpty ? kept : kept[kept.startIndex...end]
    return trimmed.isEmpty ? "dataset" : String(decoding: trimmed, as: UTF8.self)
  }

  /// The identifier that follows from the path or address of a source.
  static func proposal(forSource source: String) -> String {
    let path = source.split(separator: "?", maxSplits: 1).first.map(String.init) ?? source
    let parts = path.split(separator: "/").map(String.init)
    // A glob says more by its folder when the file part has nothing of its own.
    let candidates = [parts.last, parts.dropLast().last].compactMap { $0 }
    for var name in candidates {
      for ending in [".zip", ".nc4", ".nc", ".zarr", ".levels", ".cdf", ".netcdf"]
      where name.lowercased().hasSuffix(ending) {
        name.removeLast(ending.count)
      }
      let id = proposal(for: name.filter { !"*?[]".contains($0) })
      if id != "dataset" { return id }
    }
    return "dataset"
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// Finds what somebody may have meant.
enum Spelling {
  /// The known word nearest to a mistyped one, if one is near enough to be meant.
  static func nearest(to word: String, among known: [String]) -> String? {
    let plain = simplified(word)
    if let equal = known.first(where: { simplified($0) == plain }) { return equal }
    let allowed = max(1, min(3, plain.count / 3))
    let ranked = known.map { (word: $0, distance: distance(plain, simplified($0))) }
      .filter { $0.distance <= allowed }
    return ranked.min { $0.distance < $1.distance }?.word
  }

  private static func simplified(_ word: String) -> [Character] {
    word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }.prefix(64).map { $0 }
  }

  /// The number of letters to insert, remove, replace or swap with their neighbour (the optimal
  /// string alignment distance).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        current.append(best)
      }
      before = previous
      previous = current
    }
    return previous[b.count]
  }
}
