/// What a zip archive says about its files (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3).
struct ZipDirectory: Sendable {
  /// One file of an archive.
  struct Entry: Sendable, Equatable {
    /// How the bytes are packed: 0 not at all, 8 deflate.
    let method: Int
    let isEncrypted: Bool
    let checksum: UInt32
    let packedSize: Int
    let size: Int
    /// Where the header that stands before the bytes begins.
    let headerOffset: Int
    /// How many bytes that header's copy of the name has.
    let nameLength: Int
  }

  /// What breaks the format's rules.
  struct Fault: Error {
    let reason: String
    var kind = StoreError.Kind.damaged
  }

  /// The last part of an archive, which says where the directory is.
  struct Trailer: Equatable {
    let entryCount: Int
    let directory: Range<Int>
  }

  private(set) var entries: [String: Entry] = [:]
  /// Names of files that are no keys: such as those that lead out of a folder.
  private(set) var strayNames: [String] = []

  /// How far from the end the trailer may begin: its own size, the longest comment, and the two
  /// records of zip64 when they stand where all writers put them.
  static let longestTrailer = 22 + 65535 + 20 + 56

  /// Finds the directory from the archive's last bytes.
  ///
  /// - Parameters:
  ///   - tail: the last bytes, ``longestTrailer`` or all.
  ///   - archiveSize: how many bytes the archive has.
  ///   - bytes: reads other bytes of the archive.
  /// - Returns: where the directory is and how many files it names.
  /// - Throws: ``Fault`` when this is no archive, a damaged one, or one part of several.
  static func trailer(
    tail: [UInt8], archiveSize: Int, bytes: (Range<Int>) throws -> [UInt8]
  ) throws -> Trailer {
    // A comment may hold what looks like a trailer: only one that ends with the archive counts.
    guard
      let start = stride(from: tail.count - 22, through: 0, by: -1).first(where: { start in
        let comment = Int(tail[start + 20]) + Int(tail[start + 21]) << 8
        guard start + 22 + comment == tail.count else { return false }
        return tail[start..<start + 4].elementsEqual([0x50, 0x4b, 5, 6])
      })
    else {
      throw Fault(reason: "it has no zip directory at its end, so it is cut short or no zip file")
    }
    var cursor = LittleEndianCursor(tail[(start + 4)...])
    let disks = [try cursor.number(2), try cursor.number(2)]
    let (onDisk, count) = (try cursor.number(2), try cursor.number(2))
    let (size, offset) = (try cursor.number(4), try cursor.number(4))
    let position = archiveSize - tail.count + start
    let isZip64 = count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff
    if isZip64, start >= 20, tail[start - 20..<start - 16].elementsEqual([0x50, 0x4b, 6, 7]) {
      return try trailer64(locator: tail[(start - 16)..<start], before: position - 20, bytes: bytes)
    }
    guard disks == [0, 0], onDisk == count else {
      throw Fault(reason: "it is one part of several", kind: .unsupported)
    }
    return Trailer(entryCount: count, directory: try range(offset, size, before: position))
  }

  /// The trailer of archives with more than 65534 files or 4 GiB.
  private static func trailer64(
    locator: ArraySlice<UInt8>, before end: Int, bytes: (Range<Int>) throws -> [UInt8]
  ) throws -> Trailer {
    var cursor = LittleEndianCursor(locator)
    _ = try cursor.number(4)
    let record = try range(try cursor.number(8), 56, before: end)
    var fields = LittleEndianCursor(try bytes(record)[...])
    guard try fields.number(4) == 0x0606_4b50 else {
      throw Fault(reason: "the zip64 record is not where the archive says")
    }
    try fields.skip(12)
    let disks = [try fields.number(4), try fields.number(4)]
    let (onDisk, count) = (try fields.number(8), try fields.number(8))
    let (size, offset) = (try fields.number(8), try fields.number(8))
    guard disks == [0, 0], onDisk == count else {
      throw Fault(reason: "it is one part of several", kind: .unsupported)
    }
    return Trailer(
      entryCount: count, directory: try range(offset, size, before: record.lowerBound))
  }

  /// Offsets that must lie in the archive before its other records.
  private static func range(_ offset: Int, _ size: Int, before end: Int) throws -> Range<Int> {
    guard offset >= 0, size >= 0, end >= 0, offset <= end, size <= end - offset else {
      throw Fault(reason: "its directory points out of the archive")
    }
    return offset..<offset + size
  }

  /// Reads the directory.
  init(_ bytes: [UInt8], trailer: Trailer, limits: ZipLimits) throws {
    var cursor = LittleEndianCursor(bytes[...])
    // 46 bytes is the least for one entry: a lying count must not reserve memory.
    guard (0...bytes.count / 46).contains(trailer.entryCount) else {
      throw Fault(reason: "it names more files than its directory has room for")
    }
    entries.reserveCapacity(trailer.entryCount)
    for _ in 0..<trailer.entryCount {
      let (name, entry) = try Self.entry(&cursor, limits)
      let end = entry.headerOffset.addingReportingOverflow(30 + entry.nameLength)
      guard !end.overflow, end.partialValue <= trailer.directory.lowerBound,
        entry.packedSize <= trailer.directory.lowerBound - end.partialValue
      else {
        throw Fault(reason: "the file “\(name)” lies outside the archive")
      }
      // Folders have entries too. Names that are no keys could not be asked for. Writers that
      // update an archive append, so the later of two entries counts.
      if StoreKey.fault(in: name) == nil {
        entries[name] = entry
      } else if StoreKey.fault(in: name.hasSuffix("/") ? String(name.dropLast()) : name) != nil {
        strayNames.append(name)
      }
    }
  }

  private static func entry(
    _ cursor: inout LittleEndianCursor, _ limits: ZipLimits
  ) throws -> (String, Entry) {
    guard try cursor.number(4) == 0x0201_4b50 else {
      throw Fault(reason: "its directory is damaged")
    }
    try cursor.skip(4)
    let (flags, method) = (try cursor.number(2), try cursor.number(2))
    try cursor.skip(4)
    let checksum = UInt32(truncatingIfNeeded: try cursor.number(4))
    var (packedSize, size) = (try cursor.number(4), try cursor.number(4))
    let (nameLength, extraLength) = (try cursor.number(2), try cursor.number(2))
    let commentLength = try cursor.number(2)
    try cursor.skip(8)
    var offset = try cursor.number(4)
    guard nameLength <= limits.nameLength else {
      throw Fault(reason: "it has a file name of \(nameLength) bytes", kind: .tooLarge)
    }
    let name = String(decoding: try cursor.take(nameLength), as: UTF8.self)
    var extra = LittleEndianCursor(try cursor.take(extraLength))
    try cursor.skip(commentLength)
    while extra.remaining >= 4 {
      let (kind, length) = (try extra.number(2), try extra.number(2))
      var field = LittleEndianCursor(try extra.take(min(length, extra.remaining)))
      guard kind == 1 else { continue }
      // Only what does not fit 32 bits is here, in this order.
      if size == 0xffff_ffff { size = try field.number(8) }
      if packedSize == 0xffff_ffff { packedSize = try field.number(8) }
      if offset == 0xffff_ffff { offset = try field.number(8) }
    }
    guard size >= 0, packedSize >= 0, offset >= 0 else {
      throw Fault(reason: "the file “\(name)” has an impossible size or place")
    }
    let entry = Entry(
      method: method, isEncrypted: flags & 1 == 1, checksum: checksum, packedSize: packedSize,
      size: size, headerOffset: offset, nameLength: nameLength)
    return (name, entry)
  }
}

/// Reads unsigned little-endian numbers one after another, and never past the end.
struct LittleEndianCursor {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var remaining: Int { rest.count }

  /// The next number of so many bytes; one of 8 bytes that is too large for `Int` is negative.
  mutating func number(_ count: Int) throws -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(truncatingIfNeeded: value)
  }

  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else {
      throw ZipDirectory.Fault(reason: "its directory ends too early")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func skip(_ count: Int) throws { _ = try take(count) }
}
