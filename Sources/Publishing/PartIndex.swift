/// Finds single entries among sorted parts: a search by halves reads a few of them, and the one that was
/// read last stays in memory.
struct PartIndex {
  private let parts: [ManifestPart]
  private let shelf: any PartShelf
  private var firstKeys: [Int: String] = [:]
  private var latest: (number: Int, lines: [UInt8])?

  init(_ parts: [ManifestPart], on shelf: any PartShelf) {
    self.parts = parts
    self.shelf = shelf
  }

  /// What is said of a key; `nil` for nothing.
  ///
  /// - Throws: ``PublishingError`` where a part is missing or damaged.
  mutating func entry(of key: String) throws -> ManifestEntry? {
    // The part is the last one that does not begin behind the key.
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if key.precedesInBytes(try firstKey(of: middle)) { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return nil }
    return Self.entry(of: key, in: try lines(of: low - 1))
  }

  private mutating func firstKey(of number: Int) throws -> String {
    if let known = firstKeys[number] { return known }
    let lines = try lines(of: number)
    guard let first = Self.entry(in: lines, around: 0)?.entry.key else { throw damaged }
    firstKeys[number] = first
    return first
  }

  private mutating func lines(of number: Int) throws -> [UInt8] {
    if let latest, latest.number == number { return latest.lines }
    let lines = try shelf.lines(of: parts[number])
    latest = (number, lines)
    return lines
  }

  private var damaged: PublishingError {
    PublishingError(
      .damaged, attempt: "read the manifest in \(shelf.location)", reason: "a line is no entry")
  }

  private static func entry(of key: String, in lines: [UInt8]) -> ManifestEntry? {
    var (low, high) = (0, lines.count)
    while low < high, let found = entry(in: lines, around: (low + high) / 2) {
      if found.entry.key.utf8.elementsEqual(key.utf8) { return found.entry }
      if key.precedesInBytes(found.entry.key) {
        high = found.line.lowerBound
      } else {
        low = found.line.upperBound
      }
    }
    return nil
  }

  /// The entry whose line holds a place, and where that is, with its end.
  private static func entry(
    in lines: [UInt8], around place: Int
  ) -> (entry: ManifestEntry, line: Range<Int>)? {
    let newline = UInt8(ascii: "\n")
    let start = lines[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let end = lines[place...].firstIndex(of: newline) ?? lines.count
    return ManifestEntry(line: lines[start..<end]).map { ($0, start..<min(end + 1, lines.count)) }
  }
}
