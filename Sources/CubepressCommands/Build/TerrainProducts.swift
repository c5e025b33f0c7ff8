import Cubes
import JSON
import Jobs
import Multiscales
import Pyramids
import Recipes
import Terrain

/// What is made of the variable of a dataset that holds heights.
struct TerrainProducts: Sendable {
  private let recipe: TerrainRecipe
  private let meshes: TerrainBuilder
  private let pictures: TerrainPictureBuilder?
  private let fields: [FieldSelection]
  /// The number of the variable among those of the dataset.
  let variable: Int

  /// Plans the terrain of a dataset; `nil` where its recipe wants none.
  ///
  /// - Throws: `CommandError` where the dataset has no such variable; `TerrainError` where its values
  ///   are no heights; `GridError` where PROJ cannot place its grid.
  init?(
    _ dataset: DatasetRecipe, cube: Cube, variables: [PreparedDataset.PreparedVariable],
    workshop: Workshop
  ) throws {
    guard let recipe = dataset.terrain else { return nil }
    guard let number = variables.firstIndex(where: { $0.variable.name == recipe.variable }) else {
      throw CommandError.unknownVariable(
        recipe.variable, source: "the terrain of \(dataset.id)",
        known: variables.map(\.variable.name))
    }
    let variable = variables[number]
    let plan = try TerrainPlan(
      dataset: dataset.id,
      title: variable.recipe.title ?? variable.variable.longName ?? variable.variable.name,
      attribution: dataset.attribution ?? cube.institution, variable: variable.variable,
      options: TerrainPlan.Options(
        reference: recipe.heightsAbove == "geoid" ? .geoid : .ellipsoid, units: recipe.units,
        error: recipe.error, exaggeration: recipe.exaggeration, missing: recipe.missing,
        water: try recipe.water.map { try Self.water($0, cube: cube) }, maxZoom: recipe.maxZoom))
    self.recipe = recipe
    self.variable = number
    fields = variable.fields
    meshes = try TerrainBuilder(
      plan: plan, folder: workshop.folder, pool: workshop.pool, memory: workshop.memory)
    pictures =
      recipe.hasPictures
      ? try TerrainPictureBuilder(plan: plan, folder: workshop.folder, pool: workshop.pool) : nil
  }

  private static func water(_ water: TerrainRecipe.Water, cube: Cube) throws -> TerrainPlan.Water {
    switch water {
    case .belowZero: return .belowZero
    case .missing: return .missing
    case .values(let values, let name):
      guard let mask = cube.variable(named: name) else {
        throw CommandError.unknownVariable(
          name, source: cube.location, known: cube.variables.map(\.name))
      }
      return .values(values, of: mask)
    }
  }

  /// The products that take the fields of a variable.
  func products(_ number: Int) -> [any FieldProduct] {
    guard number == variable else { return [] }
    return [meshes] + (pictures.map { [$0] } ?? [])
  }

  /// The units whose records are needed as long as the dataset is there.
  var units: Set<String> {
    Set(fields.map { meshes.unit(of: $0) })
      .union(pictures.map { pictures in fields.map { pictures.unit(of: $0) } } ?? [])
  }

  /// What documents say of the terrain.
  ///
  /// - Parameter files: all files that were made.
  /// - Returns: `nil` where no field has a value.
  func built(_ files: ProductFiles) -> BuiltTerrain? {
    guard files.count > 0 else { return nil }
    return BuiltTerrain(
      variable: meshes.plan.key, heightsAbove: recipe.heightsAbove,
      exaggeration: recipe.exaggeration, pictureZooms: pictures?.zooms)
  }
}
