import Codecs
import Cubes
import Grids
import JSON
import Jobs
import Multiscales
import PublishedArrays
import Pyramids
import Recipes
import Series
import Stores
import Zarr
import ZarrCubes

/// What is published of a dataset as arrays: its multiscale cube and its time series.
struct ArrayProducts: Sendable {
  let published: PublishedDataset
  /// One for each variable; none where the recipe leaves the cube out.
  let cubes: [CubeBuilder]
  /// For each variable its series, `nil` where it has no times.
  ///
  /// None where the recipe leaves series out.
  let series: [SeriesBuilder?]
  private let format: ZarrFormat

  /// Plans the arrays of a dataset.
  ///
  /// - Throws: `CommandError` where classes are to be quantised; `GridError` where PROJ cannot place
  ///   a grid.
  init(
    _ recipe: DatasetRecipe, cube: Cube,
    variables: [(variable: Variable, recipe: VariableRecipe, fields: [FieldSelection])],
    workshop: Workshop
  ) throws {
    let published = try PublishedDataset(
      id: recipe.id, attributes: cube.attributes,
      variables: try variables.map { variable, variableRecipe, fields in
        PublishedDataset.Wanted(
          variable: variable, key: pathSegment(variable.name), fields: fields,
          quantisation: try Self.quantisation(of: variable, variableRecipe, recipe))
      })
    self.published = published
    let format = ZarrFormat(rawValue: recipe.cube?.zarrFormat ?? 3) ?? .v3
    self.format = format
    cubes =
      recipe.cube == nil
      ? []
      : published.variables.map {
        CubeBuilder(
          $0, dataset: recipe.id, format: format, folder: workshop.folder, pool: workshop.pool)
      }
    series =
      recipe.series.map { seriesRecipe in
        published.variables.map { variable in
          guard variable.timeCount != nil else { return nil }
          return SeriesBuilder(
            variable, dataset: recipe.id, isGrowing: seriesRecipe.isGrowing,
            isShared: workshop.isShared, folder: workshop.folder, journal: workshop.journal,
            pool: workshop.pool)
        }
      } ?? []
  }

  /// The address of the cube, where there is one.
  var cubePath: String? { cubes.isEmpty ? nil : CubeBuilder.path(dataset: published.id) }

  /// The address of the series, where there are some.
  var seriesPath: String? {
    series.contains { $0 != nil } ? SeriesBuilder.path(dataset: published.id) : nil
  }

  /// Whether there are arrays.
  var isEmpty: Bool { cubePath == nil && seriesPath == nil }

  /// What documents say of the arrays, given their files; `nil` where there are none.
  func built(cube: ProductFiles, series: ProductFiles) -> BuiltArrays? {
    guard let meshes = cubePath ?? seriesPath else { return nil }
    let heads = (cube.others + series.others).filter { object in
      [cubePath, seriesPath].contains { path in
        path.map { object.key == $0 + "/zarr.json" || object.key == $0 + "/.zmetadata" } ?? false
      }
    }
    return BuiltArrays(
      cube: cubePath, series: seriesPath,
      grids: JSONObject(published.grids.map { ($0.id, $0.json(cube: meshes)) }),
      format: format.rawValue, cubeBytes: cube.bytes, seriesBytes: series.bytes,
      heads: Dictionary(heads.map { ($0.key, $0.sha256) }) { first, _ in first })
  }

  /// For each variable by how much values of level 0 may differ from the source's.
  func maximumErrors(_ results: [[ProductRecords]]) -> [Double] {
    published.variables.indices.map { number in
      guard !published.variables[number].packing.isLossless, results[number].count > 1 else {
        return 0
      }
      let records = results[number][1].records
      return (cubes.isEmpty ? SeriesDocuments.errors(records) : CubeDocuments.errors(records))
        .first ?? 0
    }
  }

  /// The products that take the fields of a variable.
  func products(_ variable: Int) -> [any FieldProduct] {
    var products: [any FieldProduct] = []
    if !cubes.isEmpty { products.append(cubes[variable]) }
    if !series.isEmpty, let series = series[variable] { products.append(series) }
    return products
  }

  /// The units whose records are needed as long as the dataset is there.
  var units: Set<String> {
    var units = Set(cubes.flatMap { cube in cube.variable.fields.map { cube.unit(of: $0) } })
    for case let series? in series {
      units.formUnion(series.variable.fields.map { series.unit(of: $0) } + series.sealUnits)
    }
    return units
  }

  /// Writes the documents and coordinates of the cube.
  ///
  /// - Parameters:
  ///   - results: What a pass left behind, after the tiles' records those of the products.
  ///   - workshop: Where they go.
  /// - Returns: All files of the cube.
  /// - Throws: `StoreError` where a file cannot be written.
  func finishCube(_ results: [[ProductRecords]], workshop: Workshop) throws -> ProductFiles {
    guard !cubes.isEmpty else { return ProductFiles() }
    let records = results.map { $0[1].records }
    let variables = zip(cubes, records).map { (builder: $0, records: $1) }
    let documents = try CubeDocuments(published, variables: variables, format: format).objects()
    return ProductFiles(Array(records.joined()), others: try write(documents, workshop.folder))
  }

  /// Makes the shards of the series that are not up to date, and writes documents and coordinates.
  ///
  /// - Parameters:
  ///   - results: What a pass left behind; the series' records come last.
  ///   - workshop: Where they go.
  /// - Returns: All files of the series.
  /// - Throws: as ``SeriesBuilder/seal()``.
  func finishSeries(_ results: [[ProductRecords]], workshop: Workshop) throws -> ProductFiles {
    var variables: [(builder: SeriesBuilder, records: [FinishedUnit])] = []
    var shards: [FinishedUnit] = []
    for (series, results) in zip(series, results) {
      guard let series else { continue }
      shards += try series.seal()
      variables.append((series, results.last?.records ?? []))
    }
    guard !variables.isEmpty else { return ProductFiles() }
    let documents = try SeriesDocuments(published, variables: variables, cube: cubePath).objects()
    return ProductFiles(shards, others: try write(documents, workshop.folder))
  }

  private func write(
    _ documents: [String: [UInt8]], _ folder: SiteFolder
  ) throws(StoreError) -> [BuiltObject] {
    var objects: [BuiltObject] = []
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      try folder.write(bytes, to: key)
      objects.append(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
    }
    return objects
  }

  private static func quantisation(
    of variable: Variable, _ recipe: VariableRecipe, _ dataset: DatasetRecipe
  ) throws -> Quantisation {
    // Classes are small already; only a variable that asks for it itself is told so.
    if variable.isCategorical {
      guard recipe.quantisation ?? .lossless == .lossless else {
        throw CommandError(
          description: "dataset \(dataset.id), variable \(variable.name): its values are classes, "
            + "which cannot be quantised. Remove 'quantise'")
      }
      return .lossless
    }
    return switch recipe.quantisation ?? dataset.cube?.quantisation ?? .lossless {
    case .lossless: .lossless
    case .range(let number, let range): .range(number == .uint8 ? .uint8 : .int16, range)
    case .maximumError(let number, let error, let offset):
      .maximumError(number == .uint8 ? .uint8 : .int16, error, offset: offset)
    }
  }
}

extension BuiltVariableArrays {
  /// What documents say of the arrays of a variable.
  init(_ published: PublishedVariable, dimensions: [TileDimension], maximumError: Double) {
    let grid = published.grid
    var axes = [
      CellAxis(name: grid.rowDimension, count: grid.grid.rows),
      CellAxis(name: grid.columnDimension, count: grid.columns),
    ]
    if case .rectilinear(let x, let y) = grid.grid.geometry {
      axes = [
        CellAxis(y, name: grid.rowDimension, count: grid.grid.rows),
        CellAxis(x, name: grid.columnDimension, count: grid.columns),
      ]
    }
    self.init(
      grid: grid.id, dimensions: dimensions, maximumError: maximumError,
      type: published.packing.source.type.rawValue, axes: axes)
  }
}

extension CellAxis {
  fileprivate init(_ axis: GridAxis, name: String, count: Int) {
    let values = axis.values.prefix(count)
    self.init(
      name: name, count: count, first: values.first, last: values.last,
      step: axis.isRegular ? axis.step : nil)
  }
}
