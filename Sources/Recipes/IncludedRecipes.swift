import Foundation

/// Recipes in folders that another recipe includes.
enum IncludedRecipes {
  /// The recipes in some folders, in the order of the folders and of their names.
  ///
  /// A folder that is not there holds none: a server makes it when a team first publishes.
  static func files(in folders: [String]) -> [String] {
    folders.flatMap { folder -> [String] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map {
        "\(folder)/\($0)"
      }
    }
  }

  /// The datasets of an included recipe.
  ///
  /// - Throws: `RecipeProblems` where it is no recipe, has more than datasets, or an id is taken.
  static func datasets(
    of path: String, besides others: [DatasetRecipe]
  ) throws(RecipeProblems) -> [DatasetRecipe] {
    let recipe = try Recipe.load(path: path)
    func problem(_ id: String, _ summary: String, _ explanation: String, _ fix: String)
      -> RecipeProblems
    {
      RecipeProblems(
        path: path, text: "",
        problems: [
          RecipeProblem(
            id: id, line: 0, column: 0, summary: summary, explanation: explanation, fix: fix)
        ])
    }
    guard recipe.include.isEmpty, recipe.stories.isEmpty, recipe.scenes.isEmpty,
      recipe.publish == nil
    else {
      throw problem(
        "more-than-datasets", "an included recipe has more than datasets",
        "The recipe that includes it says everything else.", "keep only 'datasets' there")
    }
    let taken = Set(others.map(\.id))
    if let again = recipe.datasets.first(where: { taken.contains($0.id) }) {
      throw problem(
        "duplicate-id", "the dataset '\(again.id)' is there already",
        "Another recipe of the site has a dataset of this id.", "give it an id of its own")
    }
    return recipe.datasets
  }
}
