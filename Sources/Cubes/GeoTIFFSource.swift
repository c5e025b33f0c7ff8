import Codecs
import GeoTIFF
import Glibc
import JSON

/// The image of one GeoTIFF file as arrays: `band_data` of bands, rows and columns, with coordinates of
/// the centres of cells and a grid mapping.
///
/// A single band, and bands that differ in how their numbers are packed, are arrays of their own, with
/// the names that the file gives them.
struct GeoTIFFSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let file: GeoTIFFFile
  private let identity: String
  /// By name, the bands of an array of numbers.
  private let bands: [String: Range<Int>]

  private static let mapping = "spatial_ref"
  private static let bandAxis = "band"
  private static let boundsSuffix = "_bnds"

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - location: what people call it.
  ///   - identity: a text that other bytes do not have.
  /// - Throws: `CubeError` where it is not TIFF, or damaged, or has no place on Earth.
  init(path: String, location: String, identity: String) throws(CubeError) {
    self.location = location
    self.identity = identity
    do {
      file = try GeoTIFFFile(path: path)
    } catch {
      throw CubeError(error.operation, of: location, reason: error.reason, remedy: error.remedy)
    }
    attributes = JSONObject(file.metadata.map { ($0.name, .string($0.text)) })
    let axes = Self.axes(of: file)
    var arrays = axes.arrays
    var bands: [String: Range<Int>] = [:]
    let groups = Self.groups(of: file)
    let names = Self.names(of: groups, in: file)
    for (group, name) in zip(groups, names) {
      bands[name] = group
      arrays.append(Self.data(name, group, of: file, axes: axes.names))
    }
    if groups.contains(where: { $0.count > 1 }) {
      arrays.append(
        Self.described(Self.bandAxis, [Self.bandAxis], [file.bandCount], isString: true))
    }
    for (number, page) in file.otherPages.enumerated() {
      arrays.append(
        Self.described(
          "image_\(number + 2)", ["rows", "columns"], [page.rows, page.columns],
          unreadable: "only the first image of a file is read"))
    }
    self.arrays = arrays
    self.bands = bands
  }

  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray {
    let operation = "read \"\(array.name)\""
    do {
      guard let group = bands[array.name] else { return try coordinate(array, region) }
      let place = region.count == 3 ? region[0] : 0..<1
      let numbers = try file.read(
        bands: place.lowerBound + group.lowerBound..<place.upperBound + group.lowerBound,
        rows: region[region.count - 2], columns: region[region.count - 1])
      return try NumericArray(
        type: numbers.type, shape: region.map(\.count), bytes: numbers.bytes)
    } catch let error as GeoTIFFError {
      throw CubeError(operation, of: location, reason: error.reason, remedy: error.remedy)
    } catch {
      throw CubeError(operation, of: location, reason: "\(error)")
    }
  }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    file.bands.enumerated().map { $1.description ?? String($0 + 1) }
  }

  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    FileKind.geoTIFF.fingerprint(identity: identity, array, region)
  }

  /// The centres of columns or rows, the edges of an only one, and the one number of the grid mapping.
  private func coordinate(
    _ array: SourceArray, _ region: [Range<Int>]
  ) throws(CodecError) -> NumericArray {
    guard let range = region.last else {
      return try NumericArray(type: .int32, shape: [], bytes: [0, 0, 0, 0])
    }
    let isColumn = array.dimensions.first == Self.axisNames(of: file).x
    let place = file.placement
    let (first, step) =
      isColumn ? (place.firstX, place.stepX) : (place.firstY, place.stepY)
    // The edges of an only cell lie half a step before and behind its centre.
    let values = range.map { first + (Double($0) - (region.count == 2 ? 0.5 : 0)) * step }
    return try NumericArray(
      type: .float64, shape: region.map(\.count),
      bytes: values.withUnsafeBytes { Array($0) })
  }
}

extension GeoTIFFSource {
  private static func axisNames(of file: GeoTIFFFile) -> (x: String, y: String) {
    if case .geographic = file.placement.system { ("lon", "lat") } else { ("x", "y") }
  }

  /// The coordinates and the grid mapping.
  private static func axes(
    of file: GeoTIFFFile
  ) -> (names: (x: String, y: String), arrays: [SourceArray]) {
    let names = axisNames(of: file)
    var (x, y, mapping): (JSONObject, JSONObject, JSONObject?) = ([:], [:], nil)
    switch file.placement.system {
    case .geographic(let definition):
      x = ["standard_name": "longitude", "units": "degrees_east"]
      y = ["standard_name": "latitude", "units": "degrees_north"]
      mapping = ["spatial_ref": .string(definition)]
    case .projected(let definition):
      x = ["standard_name": "projection_x_coordinate"]
      y = ["standard_name": "projection_y_coordinate"]
      mapping = ["spatial_ref": .string(definition)]
    case .unknown(let what): mapping = ["grid_mapping_name": .string("GeoTIFF: \(what)")]
    case .none: break
    }
    var arrays: [SourceArray] = []
    for (name, count, attributes) in [(names.y, file.rows, y), (names.x, file.columns, x)] {
      var attributes = attributes
      // The centre of a cell alone does not say how wide it is.
      if count == 1 {
        attributes["bounds"] = .string(name + boundsSuffix)
        arrays.append(described(name + boundsSuffix, [name, "bnds"], [1, 2], .float64))
      }
      arrays.append(described(name, [name], [count], .float64, attributes))
    }
    if let mapping { arrays.append(described(Self.mapping, [], [], .int32, mapping)) }
    return (names, arrays)
  }

  /// Bands that make one array: all, where they are packed alike.
  private static func groups(of file: GeoTIFFFile) -> [Range<Int>] {
    guard let first = file.bands.first else { return [] }
    let isAlike = file.bands.allSatisfy {
      ($0.units, $0.scale, $0.offset) == (first.units, first.scale, first.offset)
    }
    return isAlike ? [0..<file.bandCount] : file.bands.indices.map { $0..<$0 + 1 }
  }

  /// The names of arrays: what the file calls a band, where that is a name for one alone.
  private static func names(of groups: [Range<Int>], in file: GeoTIFFFile) -> [String] {
    let described = groups.map { group -> String? in
      guard group.count == 1, let text = file.bands[group.lowerBound].description,
        let first = text.unicodeScalars.first, first.properties.isAlphabetic,
        text.count <= 64,
        text.unicodeScalars.allSatisfy({
          $0.properties.isAlphabetic || ("0"..."9").contains($0)
            || "_-. ".unicodeScalars.contains($0)
        }), !["x", "y", "lon", "lat", bandAxis, mapping].contains(text),
        !text.hasSuffix(boundsSuffix)
      else { return nil }
      return text.replacing(" ", with: "_")
    }
    if described.count == 1 { return [described[0] ?? "band_data"] }
    let isTold = Set(described).count == described.count && !described.contains(nil)
    return isTold
      ? described.compactMap(\.self) : groups.map { "band_\($0.lowerBound + 1)" }
  }

  private static func data(
    _ name: String, _ group: Range<Int>, of file: GeoTIFFFile, axes: (x: String, y: String)
  ) -> SourceArray {
    let band = file.bands[group.lowerBound]
    var attributes: JSONObject = [:]
    if group.count == 1 { attributes["long_name"] = band.description.map { .string($0) } }
    attributes["units"] = (band.units ?? file.placement.verticalUnits).map { .string($0) }
    attributes["scale_factor"] = band.scale.flatMap { $0 == 1 ? nil : .number($0) }
    attributes["add_offset"] = band.offset.flatMap { $0 == 0 ? nil : .number($0) }
    if let noData = file.noData {
      attributes["_FillValue"] = Int64(exactly: noData).map { .integer($0) } ?? .number(noData)
    }
    if file.placement.system != .none { attributes["grid_mapping"] = .string(mapping) }
    let isStack = group.count > 1
    return described(
      name, (isStack ? [bandAxis] : []) + [axes.y, axes.x],
      (isStack ? [group.count] : []) + [file.rows, file.columns], file.elementType, attributes,
      chunks: file.blockShape.map { isStack ? $0 : Array($0.dropFirst()) },
      unreadable: file.unreadable)
  }

  private static func described(
    _ name: String, _ dimensions: [String], _ shape: [Int], _ type: ElementType? = nil,
    _ attributes: JSONObject = [:], chunks: [Int]? = nil, isString: Bool = false,
    unreadable: String? = nil
  ) -> SourceArray {
    SourceArray(
      name: name, dimensions: dimensions, shape: shape, elementType: type, isString: isString,
      attributes: attributes, chunkShape: chunks, defaultFill: nil, unreadable: unreadable)
  }
}
