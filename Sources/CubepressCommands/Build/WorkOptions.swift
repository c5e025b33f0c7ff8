import ArgumentParser
import Cubes
import Foundation
import Recipes

/// How much of the machine a build may use, and where it finds what it needs.
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
      "The address where the site will be published; goes before the recipe's.", valueName: "url"))
  var baseURL: String?

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

  func means() throws -> BuildSession.Means {
    BuildSession.Means(
      share: try SharedFiles.find(share), workers: workers, memoryBudget: memory.bytes,
      spoolLimit: access.spool.bytes)
  }

  /// The recipe with what the options say instead of it.
  func applied(to recipe: Recipe) -> Recipe {
    var recipe = recipe
    if let baseURL { recipe.site.baseURL = baseURL }
    for index in recipe.datasets.indices {
      let named = recipe.datasets[index].options.bucket
      recipe.datasets[index].options.bucket = access.bucket.or(named)
    }
    return recipe
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
