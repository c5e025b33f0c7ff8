import ArgumentParser
import Cubes
import Foundation
import Recipes

/// What a site is made from.
struct RecipeOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A recipe (.yaml, .yml), or the NetCDF files, GeoTIFF files or Zarr stores of one cube.",
      valueName: "recipe-or-source"),
    completion: .file())
  var inputs: [String]

  @Option(
    help: ArgumentHelp(
      "The address where the site will be published; goes before the recipe's.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "Without a recipe: the CRS of a projected grid whose file names none, such as EPSG:3031.",
      valueName: "crs"))
  var crs: String?

  @Option(help: ArgumentHelp("Without a recipe: the finest zoom to make.", valueName: "zoom"))
  var maxZoom: Int?

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("Name a recipe or a source.") }
    if isRecipe, crs != nil || maxZoom != nil {
      throw ValidationError("--crs and --max-zoom go with sources; a recipe has keys for them.")
    }
    guard (0...24).contains(maxZoom ?? 0) else {
      throw ValidationError("--max-zoom must be between 0 and 24.")
    }
  }

  /// These options as they are written on a command line.
  var words: String {
    var words = inputs
    if let baseURL { words += ["--base-url", baseURL] }
    if let crs { words += ["--crs", crs] }
    if let maxZoom { words += ["--max-zoom", "\(maxZoom)"] }
    return words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
  }

  /// Reads the recipe, or makes one for sources.
  ///
  /// - Throws: `ExitCode` where it has mistakes, which are told.
  func recipe() throws -> Recipe {
    var recipe = try load()
    if let baseURL { recipe.site.baseURL = baseURL }
    return recipe
  }

  /// Whether a recipe is named, not sources.
  private var isRecipe: Bool {
    inputs.count == 1 && [".yaml", ".yml"].contains { inputs[0].lowercased().hasSuffix($0) }
  }

  private func load() throws -> Recipe {
    if isRecipe, let path = inputs.first { return try Recipe.loadOrExit(path) }
    var recipe = Recipe.automatic(sources: Array(inputs.prefix(1)))
    for index in recipe.datasets.indices {
      recipe.datasets[index].sources = inputs
      recipe.datasets[index].options.crs = crs
      recipe.datasets[index].maxZoom = maxZoom
    }
    return recipe
  }
}

/// With what a site is made.
struct WorkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many processor cores to use.", valueName: "n"))
  var workers: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "Memory for fields, such as 512M or 2G; larger fields go through a scratch file.",
      valueName: "size"))
  var memory = ByteCount(1 << 30)

  @Option(
    help: ArgumentHelp(
      "The folder that holds Templates and Site, where they are not found by themselves.",
      valueName: "folder"),
    completion: .directory)
  var share: String?

  @OptionGroup var access: AccessOptions

  func validate() throws {
    guard (1...1024).contains(workers) else {
      throw ValidationError("--workers must be between 1 and 1024.")
    }
    guard memory.bytes >= 16 << 20 else { throw ValidationError("--memory must be at least 16M.") }
  }
}

extension Recipe {
  /// Reads a recipe, or says everything that is wrong with it and ends with the code for that.
  static func loadOrExit(_ path: String) throws -> Recipe {
    do {
      return try Recipe.load(path: path)
    } catch {
      FileHandle.standardError.write(Data(error.description.utf8))
      throw ExitCode(2)
    }
  }
}
