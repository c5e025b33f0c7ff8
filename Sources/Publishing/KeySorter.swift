import Glibc
import Stores

/// Puts keys into the order of their bytes, each with a few words on it, in bounded memory: what does
/// not fit lies in sorted runs in a file beside the site, which are merged when they are read.
///
/// Entries of one key stay in the order in which they were added.
final class KeySorter {
  private let folder: SiteFolder
  private let limit: Int
  private var file: SpillFile?
  /// Where the runs lie in the file.
  private var runs: [Range<Int>] = []
  /// Entries that lie in no run yet, as they are stored, and where each begins.
  private var entries: [UInt8] = []
  private var starts: [Int] = []
  /// How many entries there are.
  private(set) var count = 0

  /// How many bytes of entries are held in memory, and as much again while they are sorted.
  static let memory = 16 << 20

  init(in folder: SiteFolder, limit: Int = KeySorter.memory) {
    self.folder = folder
    self.limit = limit
  }

  /// Adds a key and what is to be known of it.
  ///
  /// - Throws: `StoreError` where the file cannot be written.
  func add(_ key: String, _ value: String) throws(StoreError) {
    starts.append(entries.count)
    StoredEntry.append(key, value, to: &entries)
    count += 1
    if entries.count >= limit { try spill() }
  }

  /// All entries in order; more may be added afterwards, which this does not show.
  ///
  /// - Throws: `StoreError` where the file cannot be read.
  func sorted() throws(StoreError) -> SortedKeys {
    var cursors: [RunCursor] = []
    for run in runs { cursors.append(try RunCursor(run, of: file)) }
    if !starts.isEmpty { cursors.append(RunCursor(sortedEntries())) }
    return SortedKeys(cursors)
  }

  private func spill() throws(StoreError) {
    let file: SpillFile
    if let known = self.file { file = known } else { file = try folder.spillFile() }
    self.file = file
    let bytes = sortedEntries()
    var failure: StoreError?
    bytes.withUnsafeBytes { bytes in
      do throws(StoreError) { try file.append(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    let start = runs.last?.upperBound ?? 0
    runs.append(start..<start + bytes.count)
    entries.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }

  private func sortedEntries() -> [UInt8] {
    var sorted: [UInt8] = []
    sorted.reserveCapacity(entries.count)
    entries.withUnsafeBytes { bytes in
      let order = starts.sorted { one, other in
        let comparison = StoredEntry.compareKeys(bytes, one, bytes, other)
        return comparison == 0 ? one < other : comparison < 0
      }
      for start in order {
        sorted += bytes[start..<start + (StoredEntry.length(bytes, at: start) ?? 0)]
      }
    }
    return sorted
  }
}

/// Entries of a sorter, one after the other.
struct SortedKeys {
  /// Those that have an entry left, as a heap: the one with the lowest key is the first.
  private var cursors: [RunCursor]

  fileprivate init(_ cursors: [RunCursor]) {
    self.cursors = cursors.filter { !$0.isAtEnd }
    for place in stride(from: self.cursors.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  /// The next key and what is known of it; `nil` at the end.
  ///
  /// - Throws: `StoreError` where the file cannot be read.
  mutating func next() throws(StoreError) -> (key: String, value: String)? {
    guard let entry = cursors.first?.entry else { return nil }
    try cursors[0].advance()
    if cursors[0].isAtEnd {
      cursors[0] = cursors[cursors.count - 1]
      cursors.removeLast()
    }
    sink(0)
    return entry
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var lowest = place
      for child in [2 * place + 1, 2 * place + 2] where child < cursors.count {
        if cursors[child].precedes(cursors[lowest]) { lowest = child }
      }
      if lowest == place { return }
      cursors.swapAt(place, lowest)
      place = lowest
    }
  }
}

/// A place in a run of sorted entries.
private struct RunCursor {
  /// How much of a run is read at once.
  private static let piece = 64 << 10

  private let file: SpillFile?
  /// What of the run is not read yet.
  private var rest: Range<Int>
  private var bytes: [UInt8]
  private var start = 0
  /// Tells runs apart, in the order in which they were made.
  private let number: Int

  /// A run that lies in a file.
  init(_ run: Range<Int>, of file: SpillFile?) throws(StoreError) {
    self.file = file
    rest = run
    bytes = []
    number = run.lowerBound
    try fill()
  }

  /// The last run, which is in memory.
  init(_ bytes: [UInt8]) {
    file = nil
    rest = 0..<0
    self.bytes = bytes
    number = .max
  }

  var isAtEnd: Bool { start >= bytes.count }

  var entry: (key: String, value: String)? {
    bytes.withUnsafeBytes { StoredEntry.texts($0, at: start) }
  }

  func precedes(_ other: RunCursor) -> Bool {
    let comparison = bytes.withUnsafeBytes { own in
      other.bytes.withUnsafeBytes { StoredEntry.compareKeys(own, start, $0, other.start) }
    }
    return comparison == 0 ? number < other.number : comparison < 0
  }

  mutating func advance() throws(StoreError) {
    start += bytes.withUnsafeBytes { StoredEntry.length($0, at: start) } ?? bytes.count
    try fill()
  }

  /// Reads on until the entry that begins here is whole.
  private mutating func fill() throws(StoreError) {
    while let file, !rest.isEmpty,
      bytes.withUnsafeBytes({ StoredEntry.length($0, at: start) }) == nil
    {
      let read = try file.read(count: min(Self.piece, rest.count), at: rest.lowerBound)
      guard !read.isEmpty else {
        throw StoreError(
          .unreadable, attempt: "read a file for what does not fit into memory",
          reason: "it is shorter than it was")
      }
      bytes = Array(bytes[start...]) + read
      start = 0
      rest = rest.lowerBound + read.count..<rest.upperBound
    }
  }
}

/// An entry as it is stored: the lengths of key and value (four bytes each, this machine's order), the
/// key, the value.
private enum StoredEntry {
  private static let head = 8

  static func append(_ key: String, _ value: String, to bytes: inout [UInt8]) {
    for length in [key.utf8.count, value.utf8.count] {
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: length)) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: key.utf8)
    bytes.append(contentsOf: value.utf8)
  }

  private static func lengths(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (key: Int, value: Int)? {
    guard start + head <= bytes.count else { return nil }
    return (
      Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)),
      Int(bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
    )
  }

  /// How long the entry is that begins there; `nil` where it is not whole.
  static func length(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
    guard let (key, value) = lengths(bytes, at: start) else { return nil }
    let length = head + key + value
    return start + length <= bytes.count ? length : nil
  }

  static func texts(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (key: String, value: String)? {
    guard let (key, value) = lengths(bytes, at: start), length(bytes, at: start) != nil else {
      return nil
    }
    let middle = start + head + key
    return (
      String(decoding: bytes[start + head..<middle], as: UTF8.self),
      String(decoding: bytes[middle..<middle + value], as: UTF8.self)
    )
  }

  /// Less than 0 where the one key comes first, 0 where they are equal.
  static func compareKeys(
    _ ones: UnsafeRawBufferPointer, _ one: Int, _ others: UnsafeRawBufferPointer, _ other: Int
  ) -> Int {
    // Entries are whole here, so keys lie within the bytes.
    guard length(ones, at: one) != nil, length(others, at: other) != nil,
      let count = lengths(ones, at: one)?.key, let otherCount = lengths(others, at: other)?.key,
      let ones = ones.baseAddress, let others = others.baseAddress
    else { return 0 }
    let comparison = memcmp(ones + one + head, others + other + head, min(count, otherCount))
    return comparison == 0 ? count - otherCount : Int(comparison)
  }
}
