import Cubes
import Jobs
import Multiscales
import PublishedArrays
import Recipes
import Stores
import Zarr
import ZarrCubes

/// What is published of a dataset as arrays: its multiscale cube and its time series.
struct ArrayProducts: Sendable {
  let published: PublishedDataset
  /// One for each variable; none where the recipe leaves the cube out.
  let cubes: [CubeBuilder]
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
    published = try PublishedDataset(
      id: recipe.id, attributes: cube.attributes,
      variables: try variables.map { variable, variableRecipe, fields in
        PublishedDataset.Wanted(
          variable: variable, key: pathSegment(variable.name), fields: fields,
          quantisation: try Self.quantisation(of: variable, variableRecipe, recipe))
      })
    let format = ZarrFormat(rawValue: recipe.cube?.zarrFormat ?? 3) ?? .v3
    self.format = format
    cubes =
      recipe.cube == nil
      ? []
      : published.variables.map {
        CubeBuilder(
          $0, dataset: recipe.id, format: format, folder: workshop.folder, pool: workshop.pool)
      }
  }

  /// The documents and coordinates of the cube, by key; none where there is no cube.
  ///
  /// - Parameter records: For each variable what was recorded of its fields.
  func cubeDocuments(_ records: [[UnitRecord]]) throws -> [String: [UInt8]] {
    guard !cubes.isEmpty else { return [:] }
    let variables = zip(cubes, records).map { (builder: $0, records: $1) }
    return try CubeDocuments(published, variables: variables, format: format).objects()
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
