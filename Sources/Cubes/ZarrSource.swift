import Codecs
import JSON
import Stores
import Zarr

/// The arrays of one Zarr group and the groups below it.
struct ZarrSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let opened: [String: ZarrArray]

  init(_ store: any Store, path: String = "") throws(CubeError) {
    location = path.isEmpty ? store.location : "\(store.location)/\(path)"
    var opened: [String: ZarrArray] = [:]
    var arrays: [SourceArray] = []
    do {
      let root = try ZarrGroup.open(store, path: path)
      attributes = root.attributes
      try Self.collect(root, named: "", depth: 0, &arrays, &opened)
    } catch {
      throw CubeError("open the Zarr group", of: location, reason: error.description)
    }
    self.opened = opened
    self.arrays = arrays
  }

  private static func collect(
    _ group: ZarrGroup, named path: String, depth: Int, _ arrays: inout [SourceArray],
    _ opened: inout [String: ZarrArray]
  ) throws(ZarrError) {
    for name in group.arrayNames {
      do {
        let array = try group.array(name)
        opened[path + name] = array
        arrays.append(described(array, named: path + name))
      } catch {
        // One array in a format that is not supported must not hide the others.
        arrays.append(
          SourceArray(
            name: path + name, dimensions: [], shape: [], elementType: nil, isString: false,
            attributes: JSONObject(), chunkShape: nil, defaultFill: nil,
            unreadable: error.description))
      }
    }
    guard depth < 8 else { return }
    for name in group.groupNames {
      guard let below = try? group.group(name) else { continue }
      try collect(below, named: path + name + "/", depth: depth + 1, &arrays, &opened)
    }
  }

  private static func described(_ array: ZarrArray, named name: String) -> SourceArray {
    var attributes = array.attributes
    // The conventions of xarray: v2 keeps a missing value in `fill_value` of the metadata, v3 in
    // the attribute.
    if array.format == 2, attributes["_FillValue"] == nil, !array.fillValue.isNull {
      attributes["_FillValue"] = array.fillValue
    }
    let dimensions = array.dimensionNames.enumerated().map { $1 ?? "\(name)_\($0)" }
    return SourceArray(
      name: name, dimensions: dimensions, shape: array.shape, elementType: array.elementType,
      isString: array.isString, attributes: attributes, chunkShape: array.chunkShape,
      defaultFill: nil, unreadable: nil)
  }

  private func array(_ described: SourceArray) throws(CubeError) -> ZarrArray {
    guard let array = opened[described.name] else {
      throw CubeError(
        "read \"\(described.name)\"", of: location,
        reason: described.unreadable ?? "there is no such array")
    }
    return array
  }

  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray {
    let opened = try self.array(array)
    do {
      return try opened.read(region)
    } catch {
      throw CubeError("read \"\(array.name)\"", of: location, reason: error.description)
    }
  }

  func expect(_ array: SourceArray, _ region: [Range<Int>]) { opened[array.name]?.expect(region) }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    let opened = try self.array(array)
    do {
      return try opened.readStrings()
    } catch {
      throw CubeError("read \"\(array.name)\"", of: location, reason: error.description)
    }
  }

  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    let opened = try self.array(array)
    do {
      return "zarr:" + (try opened.fingerprint(of: region))
    } catch {
      throw CubeError("look at \"\(array.name)\"", of: location, reason: error.description)
    }
  }
}
