import CDeflate
import Codecs
import Synchronization
public import Transport

/// How much of a zip archive is believed.
public struct ZipLimits: Sendable, Hashable {
  /// The most files that an archive may have.
  public var entryCount = 2_000_000
  /// The most bytes that its directory may have.
  public var directorySize = 512 << 20
  /// The most bytes that a file's name may have.
  public var nameLength = 4096
  /// The most bytes that one file may have when it is unpacked.
  public var objectSize = 2 << 30

  /// Makes the limits that suit the archives of data cubes.
  public init() {}
}

/// A store whose keys are the files in a zip archive, which may itself be in any store.
///
/// Takes files that are stored or deflated, and zip64. Only the directory at the archive's end and
/// the files that are asked for are read, so archives on web servers are read by ranges. A file
/// that is read whole is checked against its CRC-32.
public struct ZipStore: Store {
  /// The archive's location.
  public let location: String
  private let source: any Store
  private let sourceKey: String
  private let limits: ZipLimits
  private let directory: ZipDirectory
  private let directoryOffset: Int
  private let places = KnownPlaces()

  /// Where the bytes of files begin, for those that were looked at.
  private final class KnownPlaces: Sendable {
    let offsets = Mutex<[Int: Int]>([:])
  }

  /// Opens an archive that is an object in another store.
  ///
  /// - Parameters:
  ///   - key: the archive's key there.
  ///   - store: the store that holds the archive.
  ///   - limits: how much of the archive is believed.
  /// - Throws: ``StoreError`` when there is no such object, it cannot be read, it is no zip archive
  ///   or a damaged one, or it exceeds the limits.
  public init(
    _ key: String, in store: any Store, limits: ZipLimits = ZipLimits()
  ) throws(StoreError) {
    location = store.location + "/" + key
    (source, sourceKey, self.limits) = (store, key, limits)
    guard let size = try store.size(of: key) else {
      throw StoreError(
        .notFound, attempt: "open the zip archive \(location)", reason: "there is no such file",
        remedy: "Check the path or address.")
    }
    do {
      let place = location
      let read = { (range: Range<Int>) throws -> [UInt8] in
        let wanted = ByteRange.from(offset: range.lowerBound, length: range.count)
        let bytes = try store.read(key, range: wanted)
        guard let bytes, bytes.count == range.count else {
          throw ZipDirectory.Fault(reason: "\(place) changed while it was read")
        }
        return bytes
      }
      let tailStart = max(0, size - ZipDirectory.longestTrailer)
      let tail = try read(tailStart..<size)
      let trailer = try ZipDirectory.trailer(tail: tail, archiveSize: size, bytes: read)
      guard trailer.entryCount <= limits.entryCount,
        trailer.directory.count <= limits.directorySize
      else {
        throw ZipDirectory.Fault(
          reason: "it has \(trailer.entryCount) files, more than is allowed", kind: .tooLarge)
      }
      let bytes =
        trailer.directory.lowerBound >= tailStart
        ? Array(tail[(trailer.directory.lowerBound - tailStart)...].prefix(trailer.directory.count))
        : try read(trailer.directory)
      directory = try ZipDirectory(bytes, trailer: trailer, limits: limits)
      directoryOffset = trailer.directory.lowerBound
    } catch let fault as ZipDirectory.Fault {
      throw StoreError(
        fault.kind, attempt: "open the zip archive \(location)", reason: fault.reason,
        remedy: "Copy or make the archive again.")
    } catch {
      throw error as? StoreError
        ?? StoreError(
          .unreadable, attempt: "open the zip archive \(location)", reason: "\(error)")
    }
  }

  /// Opens an archive that is a file.
  ///
  /// - Parameters:
  ///   - path: the file's path.
  ///   - limits: how much of the archive is believed.
  /// - Throws: ``StoreError`` as the other initialiser.
  public init(path: String, limits: ZipLimits = ZipLimits()) throws(StoreError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = String(slash.map { path[path.index(after: $0)...] } ?? path[...])
    try self.init(name, in: try FolderStore(path: folder), limits: limits)
  }

  /// The sizes of all files, unpacked, by key.
  public var sizes: [String: Int] { directory.entries.mapValues(\.size) }

  /// Names in the archive that are no keys, such as `../../etc/passwd`; they cannot be asked for.
  public var strayNames: [String] { directory.strayNames }

  /// All bytes of a file, unpacked and checked; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed, or the file cannot be read, is damaged,
  ///   too large, encrypted, or packed by another method than deflate.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    guard let entry = try entry(key) else { return nil }
    try check(entry, key)
    let packed = try packedBytes(0..<entry.packedSize, of: entry, key)
    let bytes = entry.method == 0 ? packed : try inflate(packed, entry, key)
    guard bytes.count == entry.size, libdeflate_crc32(0, bytes, bytes.count) == entry.checksum
    else {
      throw failure(.damaged, key, "its bytes do not fit its checksum")
    }
    return bytes
  }

  /// The bytes of a file in a range; `nil` when there is no such file.
  ///
  /// Of a stored file only these are read, and not checked; a deflated one is unpacked whole.
  ///
  /// - Throws: ``StoreError`` as ``read(_:)``, and when the range begins past the file's end.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    guard let entry = try entry(key) else { return nil }
    let offsets = try range.offsets(inObjectOfSize: entry.size, key: key, location: location)
    try check(entry, key)
    if entry.method == 0 { return try packedBytes(offsets, of: entry, key) }
    return try read(key).map { Array($0[offsets]) }
  }

  /// The size of a file in bytes, unpacked; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed.
  public func size(of key: String) throws(StoreError) -> Int? { try entry(key)?.size }

  /// The names directly below a prefix, sorted.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try StoreKey.check(prefix: prefix, in: location)
    return childNames(below: prefix, among: directory.entries.keys)
  }

  /// The file's checksum and size; `nil` when there is no such file.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    try entry(key).map { "\(String($0.checksum, radix: 16))-\($0.size)" }
  }

  private func entry(_ key: String) throws(StoreError) -> ZipDirectory.Entry? {
    try StoreKey.check(key, in: location)
    return directory.entries[key]
  }

  /// Refuses what cannot be unpacked, before any memory is taken for it.
  private func check(_ entry: ZipDirectory.Entry, _ key: String) throws(StoreError) {
    if entry.isEncrypted { throw failure(.unsupported, key, "it is encrypted") }
    guard entry.size <= limits.objectSize, entry.packedSize <= limits.objectSize else {
      throw failure(.tooLarge, key, "it says that it has \(entry.size) bytes")
    }
    switch entry.method {
    case 0 where entry.size == entry.packedSize: return
    // Deflate makes at most 1032 bytes of one: more is a lie that only costs memory.
    case 8 where entry.size / 1032 <= entry.packedSize: return
    case 0, 8: throw failure(.damaged, key, "its two sizes do not fit each other")
    default:
      throw failure(
        .unsupported, key, "it is packed by zip method \(entry.method)",
        remedy: "Make the archive again with stored or deflated files.")
    }
  }

  private func inflate(
    _ packed: [UInt8], _ entry: ZipDirectory.Entry, _ key: String
  ) throws(StoreError) -> [UInt8] {
    do {
      return try RawDeflate().decode(packed, expectedSize: entry.size, limit: entry.size)
    } catch {
      throw failure(.damaged, key, error.reason)
    }
  }

  /// Bytes of a file as they are in the archive.
  private func packedBytes(
    _ range: Range<Int>, of entry: ZipDirectory.Entry, _ key: String
  ) throws(StoreError) -> [UInt8] {
    if let start = places.offsets.withLock({ $0[entry.headerOffset] }) {
      return try archiveBytes(start + range.lowerBound, range.count, key)
    }
    // The header before the bytes has a length of its own. Its fields beyond the name rarely exceed
    // 64 bytes, so that the header and a whole file mostly come with one request.
    let guess = 30 + entry.nameLength + 64 + (range.lowerBound == 0 ? range.count : 0)
    let available = min(guess, directoryOffset - entry.headerOffset)
    let head = try archiveBytes(entry.headerOffset, available, key)
    let start = try lengthOfHeader(head, key)
    guard entry.packedSize <= directoryOffset - entry.headerOffset - start else {
      throw failure(.damaged, key, "it lies outside the archive")
    }
    places.offsets.withLock { $0[entry.headerOffset] = entry.headerOffset + start }
    if start + range.upperBound <= head.count {
      return Array(head[(start + range.lowerBound)..<(start + range.upperBound)])
    }
    return try archiveBytes(entry.headerOffset + start + range.lowerBound, range.count, key)
  }

  /// Checks the header that stands before a file's bytes.
  private func lengthOfHeader(_ bytes: [UInt8], _ key: String) throws(StoreError) -> Int {
    do {
      var cursor = LittleEndianCursor(bytes[...])
      let signature = try cursor.number(4)
      try cursor.skip(22)
      let (nameLength, extraLength) = (try cursor.number(2), try cursor.number(2))
      guard signature == 0x0403_4b50, try cursor.take(nameLength).elementsEqual(key.utf8) else {
        throw ZipDirectory.Fault(reason: "another file is where it should be")
      }
      return 30 + nameLength + extraLength
    } catch {
      throw failure(.damaged, key, (error as? ZipDirectory.Fault)?.reason ?? "\(error)")
    }
  }

  private func archiveBytes(
    _ offset: Int, _ count: Int, _ key: String
  ) throws(StoreError) -> [UInt8] {
    let bytes = try source.read(sourceKey, range: .from(offset: offset, length: count))
    guard let bytes, bytes.count == count else {
      throw failure(.damaged, key, "the archive became shorter while it was read")
    }
    return bytes
  }

  private func failure(
    _ kind: StoreError.Kind, _ key: String, _ reason: String, remedy: String? = nil
  ) -> StoreError {
    StoreError(kind, attempt: "read “\(key)” in \(location)", reason: reason, remedy: remedy)
  }
}
