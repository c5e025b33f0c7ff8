import Grids
import JSON

/// Finds where the cells of variables lie: horizontal dimensions, their coordinates and the CRS.
struct GridReading {
  /// The horizontal dimensions of a variable and the grid they span.
  struct Found {
    let row: Int
    let column: Int
    let grid: Grid
  }

  /// Why a variable has no place on a map, as a clause.
  struct Unplaced: Error {
    let reason: String
  }

  let source: any ArraySource
  let options: CubeOptions
  var notes = NoteCollector()
  /// Grids already made, by the names of what they are made of: many variables share one.
  private var made: [String: Grid] = [:]

  init(_ source: any ArraySource, options: CubeOptions) {
    self.source = source
    self.options = options
  }

  /// The grid of a variable.
  ///
  /// - Throws: `Unplaced` where it has none, `CubeError` where coordinates cannot be read.
  mutating func find(_ array: SourceArray, auxiliary: [SourceArray]) throws -> Found {
    let axes = array.dimensions.map { source.coordinate(of: $0) }
    let roles = zip(array.dimensions, axes).map { name, axis in
      axis.map { AxisRole(of: $0) }
        ?? AxisRole.byName(name.split(separator: "/").last.map(String.init) ?? name)
    }
    let column = roles.lastIndex { $0.isColumn }
    let row = roles.lastIndex { $0.isRow }
    if let row, let column, let y = axes[row], let x = axes[column] {
      if roles[row] == .latitude && roles[column] == .longitude {
        return Found(row: row, column: column, grid: try geographic(array, x: x, y: y))
      }
      if let crs = try self.crs(of: array, x: x, auxiliary: auxiliary) {
        return Found(row: row, column: column, grid: try projected(x: x, y: y, crs: crs))
      }
      if let found = try curvilinear(array, auxiliary) { return found }
      if let grid = try guessedGeographic(x: x, y: y) {
        return Found(row: row, column: column, grid: grid)
      }
      throw Unplaced(
        reason: "its axes \(y.shortName) and \(x.shortName) are those of a projection that the "
          + "source does not name: say which with the option crs, for example crs: EPSG:3031")
    }
    if let found = try curvilinear(array, auxiliary) { return found }
    guard row != nil, column != nil else {
      throw Unplaced(reason: "it has no two horizontal dimensions (\(array.dimensions))")
    }
    throw Unplaced(reason: "its horizontal dimensions have no coordinates")
  }

  private mutating func once(_ key: String, _ make: (inout Self) throws -> Grid) throws -> Grid {
    if let grid = made[key] { return grid }
    let grid = try make(&self)
    made[key] = grid
    return grid
  }
}

extension GridReading {
  private mutating func geographic(
    _ array: SourceArray, x: SourceArray, y: SourceArray
  ) throws -> Grid {
    try once("\(x.name)|\(y.name)") { reading in
      var crs = CRS.geographic
      if let mapping = reading.gridMapping(of: array, x: x),
        let stated = try? CRS(gridMapping: mapping.attributes), stated.isGeographic
      {
        crs = stated
      }
      let (longitudes, latitudes) = try reading.axes(x: x, y: y, isLongitude: true)
      return try Grid(x: longitudes, y: latitudes, crs: crs)
    }
  }

  private mutating func projected(x: SourceArray, y: SourceArray, crs: CRS) throws -> Grid {
    try once("\(x.name)|\(y.name)|\(crs.definition)") { reading in
      let (xs, ys) = try reading.axes(x: x, y: y, isLongitude: crs.isAngular, crs: crs)
      return try Grid(x: xs, y: ys, crs: crs)
    }
  }

  /// Axes without names and CRS that fit the globe in degrees and fit nothing in metres.
  private mutating func guessedGeographic(x: SourceArray, y: SourceArray) throws -> Grid? {
    let metric = [x, y].contains {
      ["m", "km", "meter", "meters", "metre", "metres"].contains($0.text("units")?.lowercased())
    }
    guard !metric, let xs = try? CoordinateReading.values(of: x, in: source),
      let ys = try? CoordinateReading.values(of: y, in: source),
      let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max(),
      left >= -180, right <= 361, low >= -90, high <= 90, xs.contains(where: { $0 != $0.rounded() })
    else { return nil }
    return try once("\(x.name)|\(y.name)") { reading in
      reading.notes.add(
        "guessed-geographic", about: "\(x.shortName), \(y.shortName)",
        "name neither degrees nor a CRS; taken for longitude and latitude by their values")
      let (longitudes, latitudes) = try reading.axes(x: x, y: y, isLongitude: true)
      return try Grid(x: longitudes, y: latitudes, crs: .geographic)
    }
  }

  private mutating func curvilinear(
    _ array: SourceArray, _ auxiliary: [SourceArray]
  ) throws -> Found? {
    // By CF the variable names its 2-D coordinates; where it does not, those over two of its
    // dimensions are taken.
    let candidates = auxiliary + source.arrays.filter { !$0.isString && $0.unreadable == nil }
    func coordinate(_ role: AxisRole) -> SourceArray? {
      candidates.first {
        $0.shape.count == 2 && Set($0.dimensions).isSubset(of: Set(array.dimensions))
          && $0.name != array.name && AxisRole(of: $0) == role
      }
    }
    guard let x = coordinate(.longitude), let y = coordinate(.latitude),
      x.dimensions == y.dimensions, x.shape == y.shape,
      let row = array.dimensions.firstIndex(of: x.dimensions[0]),
      let column = array.dimensions.firstIndex(of: x.dimensions[1]), row != column
    else { return nil }
    let grid = try once("\(x.name)|\(y.name)|2") { reading in
      let longitudes = try CoordinateReading.values(of: x, in: reading.source)
      let latitudes = try CoordinateReading.values(of: y, in: reading.source)
      return Grid(
        try Curvilinear(
          longitudes: longitudes, latitudes: latitudes, rows: x.shape[0], columns: x.shape[1]))
    }
    return Found(row: row, column: column, grid: grid)
  }
}

extension GridReading {
  /// The array that describes the CRS of a variable (CF 1.11 section 5.6).
  private func gridMapping(of array: SourceArray, x: SourceArray) -> SourceArray? {
    guard let text = array.text("grid_mapping") else { return nil }
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    guard words.contains(where: { $0.hasSuffix(":") }) else {
      return source.array(named: text, near: array)
    }
    // The extended form, `crsOSGB: x y crsWGS84: lat lon`: the mapping that lists our x.
    var current: String?
    var first: String?
    for word in words {
      if word.hasSuffix(":") {
        current = String(word.dropLast())
        first = first ?? current
      } else if word == x.shortName || word == x.name, let current {
        return source.array(named: current, near: array)
      }
    }
    return first.flatMap { source.array(named: $0, near: array) }
  }

  /// The CRS of projected axes; `nil` where nothing names one.
  private mutating func crs(
    of array: SourceArray, x: SourceArray, auxiliary: [SourceArray]
  ) throws -> CRS? {
    if let text = options.crs { return try CRS(text) }
    if let mapping = gridMapping(of: array, x: x) {
      do {
        return try CRS(gridMapping: mapping.attributes)
      } catch {
        notes.add(
          "unusable-grid-mapping", about: mapping.name, "cannot be used as a CRS: \(error.reason)")
      }
    }
    let keys = ["grid_mapping_name", "crs_wkt", "spatial_ref"]
    let described = source.arrays.filter { candidate in
      candidate.valueCount <= 1 && keys.contains { candidate.attributes[$0] != nil }
    }
    let named = described.first { mapping in auxiliary.contains { $0.name == mapping.name } }
    if let mapping = named ?? (described.count == 1 ? described.first : nil),
      let crs = try? CRS(gridMapping: mapping.attributes)
    {
      notes.add(
        "assumed-grid-mapping", about: array.name,
        "names no grid mapping; \"\(mapping.name)\" is taken, the only one there is")
      return crs
    }
    for key in ["proj:code", "proj:wkt2", "crs_wkt", "spatial_ref", "crs"] {
      guard let text = array.text(key) ?? source.attributes[key]?.stringValue, !text.isEmpty,
        let crs = try? CRS(text)
      else { continue }
      return crs
    }
    return nil
  }
}

extension ArraySource {
  /// The 1-D coordinate of a dimension: the array of its name, in its group or above.
  func coordinate(of dimension: String) -> SourceArray? {
    let short = dimension.split(separator: "/").last.map(String.init) ?? dimension
    let candidates = arrays.filter { $0.dimensions == [dimension] && $0.unreadable == nil }
    return candidates.first { $0.name == dimension } ?? candidates.first { $0.shortName == short }
  }

  /// The array of that name, searched from the group of another one upwards, then anywhere.
  func array(named name: String, near other: SourceArray) -> SourceArray? {
    let wanted = name.hasPrefix("/") ? String(name.dropFirst()) : name
    var groups = other.name.split(separator: "/").dropLast().map(String.init)
    while !groups.isEmpty {
      let path = groups.joined(separator: "/") + "/" + wanted
      if let found = arrays.first(where: { $0.name == path }) { return found }
      groups.removeLast()
    }
    return array(named: wanted)
  }
}
