/// The keys of GeoTIFF 1.1 (OGC 19-008r4, section 7.1): numbers and texts by number.
struct GeoKeys: Sendable {
  private var shorts: [Int: Int] = [:]
  private var doubles: [Int: Double] = [:]
  private var texts: [Int: String] = [:]

  /// Reads the directory, four shorts for each key after the first four; what contradicts itself is left out.
  init(directory: [UInt16], doubles: [Double], texts: String) {
    guard directory.count >= 4 else { return }
    let letters = Array(texts.utf8)
    for start in stride(from: 4, to: directory.count - 3, by: 4).prefix(Int(directory[3])) {
      let (key, place) = (Int(directory[start]), Int(directory[start + 1]))
      let (count, value) = (Int(directory[start + 2]), Int(directory[start + 3]))
      switch place {
      case 0: shorts[key] = value
      case 34_735 where directory.indices.contains(value): shorts[key] = Int(directory[value])
      case 34_736 where doubles.indices.contains(value): self.doubles[key] = doubles[value]
      case 34_737 where value + count <= letters.count:
        let text = String(decoding: letters[value..<value + count], as: UTF8.self)
        self.texts[key] = String(text.reversed().drop { $0 == "|" || $0 == "\0" }.reversed())
      default: break
      }
    }
  }

  func short(_ key: Int) -> Int? { shorts[key] }

  /// The first of some numbers that is there.
  func double(_ keys: Int...) -> Double? {
    keys.lazy.compactMap { doubles[$0] }.first { $0.isFinite }
  }

  func text(_ key: Int) -> String? { texts[key] }
}
