import Cubes
public import Grids
public import JSON

/// A grid as it is published: its coordinates at every level, and where its cells lie on the ground.
///
/// A cell (row, column) of level *k* stands for the source rows row · 2^k ..< (row + 1) · 2^k, as far
/// as there are such, and columns likewise. Columns that repeat the first ones are left out.
public struct PublishedGrid: Sendable {
  /// The grid of the source.
  public let grid: Grid
  /// Its id in documents, such as `g0`.
  public let id: String
  /// How many columns count.
  public let columns: Int
  /// The names of the row and column dimensions, those of the 2-D coordinates of a curvilinear grid
  /// (latitude, longitude), and of the grid mapping.
  let names: Names
  /// Where the corners of cells lie, for grids that do not follow meridians and parallels.
  public let mesh: GroundMesh?
  /// What the grid mapping variable says.
  let mapping: JSONObject
  /// The coordinates of a rectilinear grid.
  private var rowSide: GridSide?
  private var columnSide: GridSide?
  /// What is said of the 2-D coordinates of a curvilinear grid.
  private let latitudes: JSONObject
  private let longitudes: JSONObject

  struct Names: Sendable, Hashable {
    let row: String
    let column: String
    let latitude: String
    let longitude: String
    let mapping: String
  }

  init(_ variable: Variable, number: Int, name: (String) -> String) throws {
    grid = variable.grid
    id = "g\(number)"
    columns = grid.turn ?? grid.columns
    mesh =
      Self.followsMeridians(grid) ? nil : try GroundMesh(variable.grid, columnCount: columns)
    if case .curvilinear = grid.geometry {
      names = Names(
        row: name("y"), column: name("x"), latitude: name("lat"), longitude: name("lon"),
        mapping: name("crs"))
    } else {
      let (row, column) = grid.crs.isGeographic ? ("lat", "lon") : ("y", "x")
      let (rowName, columnName) = (name(row), name(column))
      names = Names(
        row: rowName, column: columnName, latitude: rowName, longitude: columnName,
        mapping: name("crs"))
    }
    mapping = Self.mapping(of: variable)
    latitudes = Self.attributes(of: variable.statedPlaces(units: "degrees_north"), isLatitude: true)
    longitudes = Self.attributes(
      of: variable.statedPlaces(units: "degrees_east"), isLatitude: false)
    if case .rectilinear(let x, let y) = grid.geometry {
      let isAngular = grid.crs.isAngular
      rowSide = GridSide(
        y, count: grid.rows, stated: variable.statedRows, isAngular: isAngular,
        attributes: Self.axisAttributes(grid.crs, isRow: true), name: names.row, unique: name)
      columnSide = GridSide(
        x, count: columns, stated: variable.statedColumns, isAngular: isAngular,
        attributes: Self.axisAttributes(grid.crs, isRow: false), name: names.column, unique: name)
    }
  }

  private static func followsMeridians(_ grid: Grid) -> Bool {
    guard case .rectilinear = grid.geometry else { return false }
    return grid.crs.isPlainLongitudeLatitude
  }

  /// The attributes of the source's grid mapping, and the system as WKT, which every client reads.
  private static func mapping(of variable: Variable) -> JSONObject {
    let name = variable.attributes["grid_mapping"]?.stringValue?
      .split(separator: " ").first.map { $0.last == ":" ? String($0.dropLast()) : String($0) }
    var attributes = name.flatMap { variable.attributes(ofNeighbour: $0) } ?? JSONObject()
    if attributes["grid_mapping_name"] == nil, variable.grid.crs.isGeographic {
      attributes["grid_mapping_name"] = "latitude_longitude"
    }
    if let wkt = variable.grid.crs.wkt2 {
      attributes["crs_wkt"] = .string(wkt)
      // GDAL and rioxarray look for this name.
      attributes["spatial_ref"] = .string(wkt)
    }
    return attributes
  }

  /// The name of the dimension of rows.
  public var rowDimension: String { names.row }

  /// The name of the dimension of columns.
  public var columnDimension: String { names.column }

  /// How many rows a level has.
  public func rows(level: Int) -> Int { Self.length(grid.rows, level: level) }

  /// How many columns a level has.
  public func columns(level: Int) -> Int { Self.length(columns, level: level) }

  /// Changes when rows or columns are others, or other parts of the ground.
  public var fingerprint: String {
    "\(grid.crs.definition) \(grid.rows) \(columns) \(grid.nativeBounds)"
  }

  private static func length(_ count: Int, level: Int) -> Int {
    (count + (1 << level) - 1) >> level
  }
}

// MARK: Coordinates

extension PublishedGrid {
  /// The coordinate arrays of a level, by name, the grid mapping among them.
  func coordinates(level: Int) -> [String: StoredArray] {
    var arrays: [String: StoredArray] = [:]
    switch grid.geometry {
    case .rectilinear:
      for side in [rowSide, columnSide] {
        arrays.merge(side?.arrays(level: level) ?? [:]) { own, _ in own }
      }
    case .curvilinear(let cells):
      let places = self.places(of: cells, level: level)
      let shape = [rows(level: level), columns(level: level)]
      arrays[names.latitude] = StoredArray(
        places.latitudes, shape: shape, dimensions: [names.row, names.column],
        attributes: latitudes)
      arrays[names.longitude] = StoredArray(
        places.longitudes, shape: shape, dimensions: [names.row, names.column],
        attributes: longitudes)
    }
    arrays[names.mapping] = StoredArray([Int64(0)], shape: [], dimensions: [], attributes: mapping)
    return arrays
  }

  private static func axisAttributes(_ crs: CRS, isRow: Bool) -> JSONObject {
    guard !crs.isGeographic else {
      var attributes = geographicAttributes(isLatitude: isRow)
      attributes["axis"] = isRow ? "Y" : "X"
      return attributes
    }
    let letter = isRow ? "y" : "x"
    var attributes = JSONObject()
    if crs.isAngular {
      let name = isRow ? "grid_latitude" : "grid_longitude"
      attributes["standard_name"] = .string(name)
      attributes["units"] = "degrees"
    } else {
      attributes["standard_name"] = .string("projection_\(letter)_coordinate")
      attributes["long_name"] = .string("\(letter) coordinate of projection")
      if crs.metresPerUnit == 1 { attributes["units"] = "m" }
    }
    attributes["axis"] = isRow ? "Y" : "X"
    return attributes
  }

  /// What the source says of latitudes or longitudes, and what must be said.
  private static func attributes(of stated: StatedCoordinate?, isLatitude: Bool) -> JSONObject {
    var attributes = stated?.attributes.withoutValues ?? JSONObject()
    for (key, value) in geographicAttributes(isLatitude: isLatitude)
    where key != "long_name" || attributes[key] == nil {
      attributes[key] = value
    }
    return attributes
  }

  private static func geographicAttributes(isLatitude: Bool) -> JSONObject {
    isLatitude
      ? ["standard_name": "latitude", "long_name": "latitude", "units": "degrees_north"]
      : ["standard_name": "longitude", "long_name": "longitude", "units": "degrees_east"]
  }

  /// The places of the cells of a curvilinear grid: at coarser levels the mean direction of the
  /// source cells that have a place.
  private func places(
    of cells: Curvilinear, level: Int
  ) -> (longitudes: [Double], latitudes: [Double]) {
    let (height, width) = (rows(level: level), columns(level: level))
    var (longitudes, latitudes): ([Double], [Double]) = ([], [])
    for row in 0..<height {
      for column in 0..<width {
        let place = cells.place(
          rows: row << level..<min(grid.rows, (row + 1) << level),
          columns: column << level..<min(columns, (column + 1) << level))
        longitudes.append(place.longitude)
        latitudes.append(place.latitude)
      }
    }
    return (longitudes, latitudes)
  }
}

// MARK: Documents

extension PublishedGrid {
  /// Where the nodes of the mesh are kept below the root of a cube, where there is a mesh.
  public var meshPath: String? { mesh == nil ? nil : "mesh/\(id)" }

  /// The two arrays of the mesh, by name.
  func meshArrays() -> [String: StoredArray] {
    guard let mesh else { return [:] }
    let shape = [mesh.rows.count, mesh.columns.count]
    let dimensions = ["row_edge", "column_edge"]
    return [
      "longitude": StoredArray(
        mesh.longitudes, shape: shape, dimensions: dimensions,
        attributes: Self.geographicAttributes(isLatitude: false)),
      "latitude": StoredArray(
        mesh.latitudes, shape: shape, dimensions: dimensions,
        attributes: Self.geographicAttributes(isLatitude: true)),
    ]
  }

  /// What viewers need to place the cells; `cube` is the address of the cube with the mesh, below the
  /// site's root.
  public func json(cube: String) -> JSONValue {
    var members: JSONObject = [
      "rows": .integer(Int64(grid.rows)), "columns": .integer(Int64(columns)),
      "closed": .bool(grid.turn != nil), "kind": .string(mesh == nil ? "geographic" : "mesh"),
    ]
    if let mesh {
      members["mesh"] = [
        "rows": .array(mesh.rows.map { .integer(Int64($0)) }),
        "columns": .array(mesh.columns.map { .integer(Int64($0)) }),
        "path": .string("\(cube)/mesh/\(id)"), "error": .number(mesh.error),
      ]
    } else if case .rectilinear(let x, let y) = grid.geometry {
      members["rowEdges"] = Self.edges(y, count: grid.rows, within: 90)
      members["columnEdges"] = Self.edges(x, count: columns, within: .infinity)
    }
    return .object(members)
  }

  /// The edges of cells: start, step and how many there are, where that says all.
  private static func edges(_ axis: GridAxis, count: Int, within limit: Double) -> JSONValue {
    let edges = (0...count).map { axis.edge($0) }
    let fits = edges.allSatisfy { abs($0) <= limit + 1e-9 }
    if axis.isRegular, fits {
      return [
        "start": .number(axis.edge(0)), "step": .number(axis.step),
        "count": .integer(Int64(count + 1)),
      ]
    }
    return .array(edges.map { .number(max(-limit, min(limit, $0))) })
  }

  /// The affine transformation of a level (GeoZarr `spatial:transform`), where the cells are regular.
  func transform(level: Int) -> JSONValue? {
    guard case .rectilinear(let x, let y) = grid.geometry, x.isRegular, y.isRegular else {
      return nil
    }
    let size = Double(1 << level)
    return .array(
      [x.step * size, 0, x.edge(0), 0, y.step * size, y.edge(0)].map(JSONValue.number))
  }
}
