import CNetCDF
import Codecs
import JSON
import NetCDF

/// What lies in the groups of a file.
struct NetCDFContents {
  private(set) var dimensions: [NetCDFDimension] = []
  private(set) var variables: [NetCDFVariable] = []
  /// Where the library finds the variables, by their names.
  private(set) var places: [String: Place] = [:]

  /// The library's numbers for a variable.
  struct Place {
    let group: Int32
    let id: Int32
  }

  private var byID: [Int32: NetCDFDimension] = [:]

  /// Adds a group and those below it.
  mutating func collect(
    _ group: Int32, named path: String, with library: borrowing NetCDFLibrary, depth: Int = 0
  ) throws(NetCDFStatus) {
    for (id, name, length, isUnlimited) in try library.dimensions(of: group) {
      let dimension = NetCDFDimension(
        name: path + name, length: length, isUnlimited: isUnlimited)
      dimensions.append(dimension)
      byID[id] = dimension
    }
    for id in try library.variableIDs(of: group) {
      let variable = try describe(group, id, path, library)
      variables.append(variable)
      // Of two with one name the first counts, as where they are asked for.
      if places[variable.name] == nil { places[variable.name] = Place(group: group, id: id) }
    }
    // HDF5 allows links that make a group its own ancestor.
    guard depth < 32 else { return }
    for (name, id) in try library.groups(of: group) {
      try collect(id, named: path + name + "/", with: library, depth: depth + 1)
    }
  }

  private func describe(
    _ group: Int32, _ id: Int32, _ path: String, _ library: borrowing NetCDFLibrary
  ) throws(NetCDFStatus) -> NetCDFVariable {
    let (name, type, ids, count) = try library.variable(group, id)
    let attributes = try library.attributes(group, id, count: count)
    var dimensions = ids.map { byID[$0]?.name ?? "dimension\($0)" }
    var shape = ids.map { byID[$0]?.length ?? 0 }
    var chunks = try library.chunkShape(group, id, rank: shape.count)
    var textLength: Int?
    if type == NC_CHAR {
      textLength = shape.popLast() ?? 1
      _ = dimensions.popLast()
      _ = chunks?.popLast()
    }
    let element = ElementType(netCDF: type)
    var fill: JSONValue?
    if attributes["_FillValue"] == nil, let element, element.size > 1,
      let bytes = try library.fill(group, id)
    {
      fill = JSONValue(element, in: bytes, at: 0)
    }
    let isString = type == NC_CHAR || type == NC_STRING
    return NetCDFVariable(
      name: path + name, dimensions: dimensions, shape: shape, elementType: element,
      isString: isString, attributes: attributes, chunkShape: chunks, defaultFill: fill,
      unreadableReason: Self.obstacle(
        isReadable: isString || element != nil, filters: library.missingFilters(group, id)),
      textLength: textLength)
  }

  private static func obstacle(isReadable: Bool, filters: [UInt32]) -> String? {
    guard isReadable else { return "it has a user-defined type" }
    guard !filters.isEmpty else { return nil }
    // Numbers registered with the HDF Group.
    let known: [UInt32: String] = [
      307: "bzip2", 32_000: "LZF", 32_001: "Blosc", 32_004: "LZ4", 32_008: "bitshuffle",
      32_013: "ZFP", 32_015: "Zstandard", 32_026: "Blosc2",
    ]
    let names = filters.map { filter in known[filter].map { "\(filter) (\($0))" } ?? "\(filter)" }
    return "its data needs the HDF5 filter \(names.joined(separator: " and ")), which this build "
      + "of netCDF lacks; rewrite the file with deflate or as Zarr"
  }
}
