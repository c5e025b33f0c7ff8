import Glibc

extension Recipe {
  /// Reads and checks the recipe at a path, and those of the folders that it includes.
  ///
  /// Relative paths of sources are taken from the folder of the recipe.
  ///
  /// - Throws: `RecipeProblems` with everything that is wrong, also when the file cannot be read.
  public static func load(path: String) throws(RecipeProblems) -> Recipe {
    // One byte more than is allowed tells a file that is too large from one that just fits.
    guard let bytes = fileBytes(path: path, limit: YAMLText.sizeLimit + 1) else {
      throw RecipeProblems(
        path: path, text: "",
        problems: [
          RecipeProblem(
            id: "unreadable", line: 0, column: 0,
            summary: "the recipe cannot be read: \(String(cString: strerror(errno)))",
            explanation: "A recipe is a small YAML text.", fix: "check the path")
        ])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RecipeProblems(
        path: path, text: "",
        problems: [
          RecipeProblem(
            id: "not-text", line: 0, column: 0, summary: "the recipe is not text in UTF-8",
            explanation: "A recipe is a small YAML text.",
            fix: "to build from a data file, write 'datasets: [\(path)]' into a recipe")
        ])
    }
    var recipe = try parse(text, path: path)
    for file in IncludedRecipes.files(in: recipe.include) {
      recipe.datasets += try IncludedRecipes.datasets(of: file, besides: recipe.datasets)
    }
    return recipe
  }

  /// Checks the text of a recipe; `path` is for messages and tells the folder of relative paths.
  ///
  /// - Throws: `RecipeProblems` with everything that is wrong.
  public static func parse(_ text: String, path: String) throws(RecipeProblems) -> Recipe {
    let problems = ProblemList()
    let recipe = RecipeBuilder(folder: SourcePath.folder(of: path), problems: problems)
      .recipe(from: text)
    guard let recipe, problems.problems.isEmpty else {
      throw RecipeProblems(path: path, text: text, problems: problems.problems)
    }
    return recipe
  }

  /// The recipe of a site with one dataset for each of some files, folders or addresses.
  ///
  /// Every default suits the data: this is what a build without a recipe makes.
  public static func automatic(sources: [String]) -> Recipe {
    var taken: Set<String> = []
    let datasets = sources.map { source in
      let proposal = Identifier.proposal(forSource: source)
      var id = proposal
      var number = 2
      while !taken.insert(id).inserted {
        id = "\(proposal)-\(number)"
        number += 1
      }
      return DatasetRecipe(id: id, sources: [source])
    }
    return Recipe(datasets: datasets)
  }
}

/// The first bytes of a file, or `nil` with the cause in `errno`.
private func fileBytes(path: String, limit: Int) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var failed = false
  let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
    count = fread(buffer.baseAddress, 1, limit, file)
    failed = ferror(file) != 0
  }
  return failed ? nil : bytes
}

/// Paths of sources in a recipe.
enum SourcePath {
  /// The folder of a path: what stands before its last slash, or the working folder.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A source as seen from the working folder: addresses and absolute paths as they are, others
  /// after the recipe's folder, without `.` and with `..` taken back where that is possible.
  static func resolve(_ source: String, folder: String) -> String {
    if source.contains("://") || source.hasPrefix("/") { return source }
    var parts: [Substring] = []
    for part in "\(folder)/\(source)".split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (folder.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
