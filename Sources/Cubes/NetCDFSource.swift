import Codecs
import Glibc
import JSON
import NetCDF

/// The arrays of one NetCDF file.
final class NetCDFSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let file: NetCDFFile
  private let identity: String

  convenience init(path: String) throws(CubeError) {
    try self.init(path: path, location: path, identity: try Self.identity(of: path))
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - location: what people call it.
  ///   - identity: a text that other bytes do not have.
  /// - Throws: `CubeError` where it is not NetCDF, or damaged.
  init(path: String, location: String, identity: String) throws(CubeError) {
    self.location = location
    self.identity = identity
    do {
      file = try NetCDFFile(path: path)
    } catch {
      throw CubeError(error.operation, of: location, reason: error.reason, remedy: error.remedy)
    }
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
    do {
      return try file.read(array.name, region)
    } catch {
      throw CubeError(
        "read \"\(array.name)\"", of: location, reason: error.reason, remedy: error.remedy)
    }
  }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    do {
      return try file.readStrings(array.name)
    } catch {
      throw CubeError(
        "read \"\(array.name)\"", of: location, reason: error.reason, remedy: error.remedy)
    }
  }

  /// Name, size and time of change of the file and what is read of it: the same in another folder.
  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    Self.fingerprint(identity: identity, array, region)
  }

  static func fingerprint(
    identity: String, _ array: SourceArray, _ region: [Range<Int>]
  ) -> String {
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
