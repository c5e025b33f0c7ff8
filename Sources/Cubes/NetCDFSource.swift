import Codecs
import JSON
import NetCDF

/// The arrays of one NetCDF file.
final class NetCDFSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let file: NetCDFFile
  private let identity: String

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

  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    FileKind.netCDF.fingerprint(identity: identity, array, region)
  }
}
