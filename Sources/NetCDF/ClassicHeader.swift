import Glibc

/// The header of a classic NetCDF file, read for one thing: how long the file has to be.
///
/// netCDF-C takes what lies behind the end of a classic file for zeros, so that a file that was cut
/// short would read as data. Format: NetCDF User's Guide, appendix B; CDF-1, CDF-2 and CDF-5.
struct ClassicHeader {
  private let descriptor: Int32
  private let fileSize: Int
  /// A piece of the file, and where it begins.
  private var window: [UInt8] = []
  private var windowStart = 0
  private var position = 0
  private var version = 1

  private struct Broken: Error {}

  /// Refuses a classic file that is shorter than its header says; takes any other file.
  static func checkLength(path: String) throws(NetCDFError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw NetCDFError("open the header", of: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size >= 4 else {
      throw NetCDFError("read the header", of: path, reason: "it is too short for a NetCDF file")
    }
    var header = ClassicHeader(descriptor: descriptor, fileSize: Int(status.st_size))
    do {
      guard let needed = try header.neededLength() else { return }
      guard needed <= header.fileSize else {
        throw NetCDFError(
          "read the header", of: path,
          reason: "the file is cut short: it has \(header.fileSize) of \(needed) bytes",
          remedy: "copy or download it again")
      }
    } catch let error as NetCDFError {
      throw error
    } catch {
      throw NetCDFError("read the header", of: path, reason: "its header is damaged or cut short")
    }
  }

  private init(descriptor: Int32, fileSize: Int) {
    self.descriptor = descriptor
    self.fileSize = fileSize
  }

  /// The least length of the file; `nil` where it is not a classic one.
  private mutating func neededLength() throws -> Int? {
    let magic = try take(4)
    guard magic[0...2] == [0x43, 0x44, 0x46] else { return nil }
    version = Int(magic[3])
    guard [1, 2, 5].contains(version) else { return nil }
    let records = try count()
    // All bits set means that a writer was still streaming; then the library counts by length.
    let streaming = records == (version == 5 ? -1 : 0xFFFF_FFFF)
    var lengths: [Int] = []
    for _ in 0..<(try list()) {
      try skipName()
      lengths.append(try count())
    }
    try skipAttributes()
    var fixedEnd = 0
    var recordParts: [(begin: Int, size: Int)] = []
    for _ in 0..<(try list()) {
      try skipName()
      let rank = try count()
      guard (0...fileSize).contains(rank) else { throw Broken() }
      var ids: [Int] = []
      for _ in 0..<rank { ids.append(try count()) }
      try skipAttributes()
      let size = Self.sizes[try word()] ?? 0
      _ = try count()
      let begin = version == 1 ? try word() : try long()
      guard ids.allSatisfy({ lengths.indices.contains($0) }), begin >= 0, size > 0 else {
        throw Broken()
      }
      let isRecord = ids.first.map { lengths[$0] == 0 } ?? false
      let bytes = try ids.dropFirst(isRecord ? 1 : 0).reduce(size) {
        let (product, overflow) = $0.multipliedReportingOverflow(by: lengths[$1])
        guard !overflow, product >= 0, product < 1 << 60 else { throw Broken() }
        return product
      }
      if isRecord {
        recordParts.append((begin, bytes))
      } else if bytes > 0 {
        fixedEnd = max(fixedEnd, try Self.sum(begin, bytes))
      }
    }
    guard !streaming, records > 0 else { return max(fixedEnd, position) }
    // One record variable alone is not padded to four bytes.
    let step =
      recordParts.count == 1
      ? recordParts[0].size
      : try recordParts.reduce(0) { try Self.sum($0, ($1.size + 3) / 4 * 4) }
    let (before, overflow) = step.multipliedReportingOverflow(by: records - 1)
    guard !overflow, before < 1 << 60 else { throw Broken() }
    return try recordParts.reduce(max(fixedEnd, position)) {
      max($0, try Self.sum($1.begin, before, $1.size))
    }
  }

  /// Bytes of each type by its number.
  private static let sizes = [
    1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8,
  ]

  private mutating func skipAttributes() throws {
    for _ in 0..<(try list()) {
      try skipName()
      guard let size = Self.sizes[try word()] else { throw Broken() }
      try skip(count(), of: size)
    }
  }

  private mutating func skipName() throws { try skip(count(), of: 1) }

  /// The number of elements of a list, which begins with a tag.
  private mutating func list() throws -> Int {
    let tag = try word()
    let elements = try count()
    guard (0...0x0C).contains(tag), elements >= 0, elements <= fileSize else { throw Broken() }
    return elements
  }

  private mutating func skip(_ elements: Int, of size: Int) throws {
    guard elements >= 0, elements <= fileSize else { throw Broken() }
    let end = position + (elements * size + 3) / 4 * 4
    guard end <= fileSize else { throw Broken() }
    position = end
  }

  private mutating func count() throws -> Int { version == 5 ? try long() : try word() }

  private mutating func word() throws -> Int { try take(4).reduce(0) { $0 << 8 | Int($1) } }

  private mutating func long() throws -> Int {
    Int(truncatingIfNeeded: try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard position + count <= fileSize else { throw Broken() }
    if position < windowStart || position + count > windowStart + window.count {
      var piece = [UInt8](repeating: 0, count: min(1 << 16, fileSize - position))
      let read = pread(descriptor, &piece, piece.count, off_t(position))
      guard read >= count else { throw Broken() }
      (window, windowStart) = (Array(piece.prefix(read)), position)
    }
    defer { position += count }
    // The numbers of a slice count from its array; callers count from its first byte.
    let first = position - windowStart
    return ArraySlice(Array(window[first..<first + count]))
  }

  /// A sum of lengths; a file whose header makes it overflow is none.
  private static func sum(_ terms: Int...) throws -> Int {
    try terms.reduce(0) {
      let (sum, overflow) = $0.addingReportingOverflow($1)
      guard !overflow else { throw Broken() }
      return sum
    }
  }
}
