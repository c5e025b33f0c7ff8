public import Codecs
import Glibc
public import JSON
import Synchronization

/// A NetCDF file opened for reading: classic, 64-bit offset, 64-bit data or NetCDF-4 (HDF5).
///
/// It may be used by several threads; all calls of netCDF-C wait for each other, those on other
/// files too. The file is closed when the last reference goes.
public final class NetCDFFile: Sendable {
  /// The path that was opened.
  public let path: String
  /// The attributes of the root group.
  public let attributes: JSONObject
  /// The dimensions of all groups.
  public let dimensions: [NetCDFDimension]
  /// The variables of all groups, in the order of the file.
  public let variables: [NetCDFVariable]

  private let handle: Int32
  private let byName: [String: Int]
  /// Variables whose chunk cache has been sized.
  private let cached = Mutex<Set<String>>([])

  /// The most numbers that one call reads, so that a lying header cannot ask for all memory.
  public static let readLimit = 1 << 29

  /// Opens a file and reads what is in it, but no values.
  ///
  /// - Throws: `NetCDFError` where the file is not there, not NetCDF, damaged or cut short.
  public init(path: String) throws(NetCDFError) {
    self.path = path
    try Self.checkFile(path)
    try ClassicHeader.checkLength(path: path)
    do throws(NetCDFStatus) {
      (handle, attributes, dimensions, variables) = try NetCDFLibrary.run {
        (library) throws(NetCDFStatus) in
        let handle = try library.open(path)
        do throws(NetCDFStatus) {
          var contents = NetCDFContents()
          try contents.collect(handle, named: "", with: library)
          let attributes = try library.attributes(ofGroup: handle)
          return (handle, attributes, contents.dimensions, contents.variables)
        } catch {
          library.close(handle)
          throw error
        }
      }
    } catch {
      throw NetCDFError("read the header", of: path, reason: error.text)
    }
    byName = Dictionary(
      variables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  deinit {
    let handle = handle
    NetCDFLibrary.run { $0.close(handle) }
  }

  /// The variable of that name.
  public func variable(named name: String) -> NetCDFVariable? { byName[name].map { variables[$0] } }

  /// Reads the numbers of a region as stored, in C order.
  ///
  /// - Parameters:
  ///   - variable: The name, with groups.
  ///   - region: One range for each dimension, inside the shape.
  /// - Returns: An array of the shape of the region.
  /// - Throws: `NetCDFError` for what is not there, not numbers, or damaged.
  public func read(
    _ variable: String, _ region: [Range<Int>]
  ) throws(NetCDFError) -> NumericArray {
    let operation = "read variable \"\(variable)\""
    let described = try self.described(variable, operation)
    guard let type = described.elementType else {
      throw NetCDFError(operation, of: path, reason: "it does not hold numbers")
    }
    try check(region, of: described, operation)
    let shape = region.map(\.count)
    let count = shape.reduce(1, *)
    sizeChunkCache(described, type: type)
    do {
      let bytes = try Self.bytes(count: count * type.size) {
        (memory) throws(NetCDFStatus) in
        try NetCDFLibrary.run { (library) throws(NetCDFStatus) in
          try library.read(
            described.group, described.id, start: region.map(\.lowerBound), count: shape,
            into: memory)
        }
      }
      return try NumericArray(type: type, shape: shape, bytes: bytes)
    } catch let error as NetCDFStatus {
      throw NetCDFError(operation, of: path, reason: "\(error.text) (region \(region))")
    } catch {
      throw NetCDFError(operation, of: path, reason: "\(error)")
    }
  }

  /// Reads all texts of a variable, in C order, without blanks and zero bytes at their ends.
  ///
  /// - Throws: `NetCDFError` for what is not there, not text, or damaged.
  public func readStrings(_ variable: String) throws(NetCDFError) -> [String] {
    let operation = "read variable \"\(variable)\""
    let described = try self.described(variable, operation)
    guard described.isString else {
      throw NetCDFError(operation, of: path, reason: "it does not hold texts")
    }
    let shape = described.shape + (described.textLength.map { [$0] } ?? [])
    let start = shape.map { _ in 0 }
    let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard (0...1 << 26).contains(count) else {
      throw NetCDFError(operation, of: path, reason: "\(shape) is too much text")
    }
    do throws(NetCDFStatus) {
      guard let length = described.textLength else {
        return try NetCDFLibrary.run { (library) throws(NetCDFStatus) in
          try library.readStrings(described.group, described.id, start: start, count: shape)
        }
      }
      let bytes = try Self.bytes(count: count) { (memory) throws(NetCDFStatus) in
        try NetCDFLibrary.run { (library) throws(NetCDFStatus) in
          try library.read(
            described.group, described.id, start: start, count: shape, into: memory)
        }
      }
      guard length > 0 else { return described.shape.isEmpty ? [""] : [] }
      return stride(from: 0, to: count, by: length).map { begin in
        let letters = bytes[begin..<begin + length].map { CChar(bitPattern: $0) }
        let text = NetCDFLibrary.text(letters)
        return String(text.reversed().drop { $0 == " " }.reversed())
      }
    } catch {
      throw NetCDFError(operation, of: path, reason: error.text)
    }
  }
}

extension NetCDFFile {
  private func described(
    _ name: String, _ operation: String
  ) throws(NetCDFError) -> NetCDFVariable {
    guard let variable = variable(named: name) else {
      throw NetCDFError(operation, of: path, reason: "there is no such variable")
    }
    if let reason = variable.unreadableReason {
      throw NetCDFError(operation, of: path, reason: reason)
    }
    return variable
  }

  private func check(
    _ region: [Range<Int>], of variable: NetCDFVariable, _ operation: String
  ) throws(NetCDFError) {
    let fits =
      region.count == variable.shape.count
      && zip(region, variable.shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 }
    guard fits else {
      throw NetCDFError(
        operation, of: path, reason: "the region \(region) leaves the shape \(variable.shape)")
    }
    var count = 1
    for range in region {
      count = count.multipliedReportingOverflow(by: range.count).partialValue
      guard (0...Self.readLimit).contains(count) else {
        throw NetCDFError(
          operation, of: path, reason: "the region \(region) is too much to read at once")
      }
    }
  }

  /// Lets HDF5 keep one layer of chunks, so that the steps within one chunk decode it once.
  private func sizeChunkCache(_ variable: NetCDFVariable, type: ElementType) {
    guard let chunks = variable.chunkShape, chunks.count == variable.shape.count,
      cached.withLock({ $0.insert(variable.name).inserted })
    else { return }
    let chunkBytes = chunks.reduce(type.size) { $0.multipliedReportingOverflow(by: $1).0 }
    // The two dimensions that vary fastest, nearly always the horizontal ones, span a layer.
    let layer = zip(chunks, variable.shape).suffix(2)
      .reduce(1) { $0 * (($1.1 + max(1, $1.0) - 1) / max(1, $1.0)) }
    let (wanted, overflow) = chunkBytes.multipliedReportingOverflow(by: layer)
    guard !overflow, wanted > Self.smallCache, chunkBytes > 0 else { return }
    let bytes = min(wanted, max(Self.largeCache, chunkBytes))
    NetCDFLibrary.run {
      $0.setChunkCache(
        variable.group, variable.id, bytes: bytes, slots: 100 * (bytes / chunkBytes) + 1)
    }
  }

  /// What HDF5 gives each variable anyway.
  private static let smallCache = 16 << 20
  private static let largeCache = 128 << 20

  private static func bytes(
    count: Int, _ fill: (UnsafeMutableRawPointer) throws(NetCDFStatus) -> Void
  ) throws(NetCDFStatus) -> [UInt8] {
    var failure: NetCDFStatus?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard count > 0, let base = buffer.baseAddress else { return }
      do throws(NetCDFStatus) {
        try fill(UnsafeMutableRawPointer(base))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Only plain files: a path with a scheme would make netCDF-C ask the network.
  private static func checkFile(_ path: String) throws(NetCDFError) {
    guard !path.contains("://"), !path.contains("#") else {
      throw NetCDFError(
        "open the header", of: path, reason: "it is not the path of a file",
        remedy: "download the file first and give its path, without \"#\"")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw NetCDFError("open the header", of: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw NetCDFError("open the header", of: path, reason: "it is not a file")
    }
  }
}
