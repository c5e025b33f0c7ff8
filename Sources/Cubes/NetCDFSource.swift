import Codecs
import Glibc
import JSON
import NetCDF
import Synchronization

/// The arrays of one NetCDF file, which is opened when it is read.
final class NetCDFSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let pool: NetCDFPool
  private let identity: String

  init(path: String, pool: NetCDFPool) throws(CubeError) {
    location = path
    self.pool = pool
    identity = try Self.identity(of: path)
    let file = try pool.file(path)
    attributes = file.attributes
    arrays = file.variables.map { variable in
      SourceArray(
        name: variable.name, dimensions: variable.dimensions, shape: variable.shape,
        elementType: variable.elementType, isString: variable.isString,
        attributes: variable.attributes, chunkShape: variable.chunkShape,
        defaultFill: variable.defaultFill, unreadable: variable.unreadableReason)
    }
  }

  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray {
    let file = try pool.file(location)
    do {
      return try file.read(array.name, region)
    } catch {
      throw CubeError("read \"\(array.name)\"", of: location, reason: error.reason)
    }
  }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    let file = try pool.file(location)
    do {
      return try file.readStrings(array.name)
    } catch {
      throw CubeError("read \"\(array.name)\"", of: location, reason: error.reason)
    }
  }

  /// Name, size and time of change of the file and what is read of it: the same in another folder.
  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    let ranges = region.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    return "netcdf:\(identity):\(array.name):\(ranges)"
  }

  private static func identity(of path: String) throws(CubeError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CubeError("open the file", of: path, reason: String(cString: strerror(errno)))
    }
    let name = path.split(separator: "/").last ?? ""
    let nanoseconds = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    return "\(name):\(status.st_size):\(nanoseconds)"
  }
}

/// Open NetCDF files, of which only so many are kept: those used last.
final class NetCDFPool: Sendable {
  private let open = Mutex<[NetCDFFile]>([])
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
  }

  /// The file of that path, opened if it is not.
  func file(_ path: String) throws(CubeError) -> NetCDFFile {
    let found = open.withLock { files -> NetCDFFile? in
      guard let place = files.lastIndex(where: { $0.path == path }) else { return nil }
      let file = files.remove(at: place)
      files.append(file)
      return file
    }
    if let found { return found }
    let file: NetCDFFile
    do {
      file = try NetCDFFile(path: path)
    } catch {
      throw CubeError(error.operation, of: path, reason: error.reason, remedy: error.remedy)
    }
    // What is dropped is closed after the lock is left, when its last reader is done.
    let dropped = open.withLock { files -> [NetCDFFile] in
      files.append(file)
      let dropped = Array(files.prefix(max(0, files.count - limit)))
      files.removeFirst(dropped.count)
      return dropped
    }
    return withExtendedLifetime(dropped) { file }
  }
}
