import Cubes
import Grids
import Images
import Yams

/// Makes the values of a recipe from its text, telling everything that is wrong on the way.
struct RecipeBuilder {
  let folder: String
  let problems: ProblemList

  func recipe(from text: String) -> Recipe? {
    guard let root = YAMLText.compose(text, problems: problems) else { return nil }
    guard case .mapping(let mapping) = root else {
      problems.add(
        "not-a-recipe", at: Place(root.mark), "this is not a recipe",
        because: "A recipe is a mapping with the keys "
          + RecipeKeys.recipe.keys.map(\.name).joined(separator: " and ") + ".",
        fix: "write 'datasets: [file.nc]'")
      return nil
    }
    let table = ShapeChecker(problems: problems)
      .check(mapping, RecipeKeys.recipe, place: Place(root.mark))
    let datasets = table.list("datasets").compactMap(dataset)
    refuseRepeats(
      zip(datasets, table.list("datasets")).map { ($0.id, $1.table?["id"]?.place ?? $1.place) },
      id: "duplicate-id", what: "dataset", fix: { "give it an id of its own, such as '\($0)-2'" })
    PublicationBuilder(problems: problems)
      .checkRelated(zip(datasets, table.list("datasets")).map { ($0, $1.table) })
    let stories = table.list("stories").compactMap(story)
    refuseRepeats(
      zip(stories, table.list("stories")).map { ($0.id, $1.table?["id"]?.place ?? $1.place) },
      id: "duplicate-id", what: "book", fix: { "give it an id of its own, such as '\($0)-2'" })
    let scenes = SceneBuilder(problems: problems, datasets: datasets.map(\.id))
    var recipe = Recipe(
      site: site(table["site"]?.table), datasets: datasets,
      publish: PublishRecipeBuilder(folder: folder, problems: problems)
        .publish(table["publish"]?.table),
      prices: table["prices"]?.table.map { PriceRecipe($0, problems: problems) },
      scenes: table.list("scenes").compactMap(scenes.scene), stories: stories)
    recipe.include = table.texts("include").map { SourcePath.resolve($0, folder: folder) }
    refuseRepeats(
      table.tables("scenes").compactMap { scene in
        scene.text("id").map { ($0, scene["id"]?.place ?? scene.place) }
      }, id: "duplicate-id", what: "scene",
      fix: { "give it an id of its own, such as '\($0)-2'" })
    return recipe
  }

  private func story(_ value: Checked) -> StoryRecipe? {
    guard let source = value.text ?? value.table?.text("source") else { return nil }
    for key in ["binder", "jupyterhub"] {
      if let address = value.table?.text(key), let place = value.table?[key]?.place,
        !Address.isValid(address.replacing("{path}", with: "path"))
      {
        problems.add(
          "bad-address", at: place, "'\(key)' is not an address",
          because: "Allowed is an absolute http or https address, with {path} for the file.")
      }
    }
    return StoryRecipe(
      id: value.table?.text("id") ?? Identifier.proposal(forSource: source),
      source: SourcePath.resolve(source, folder: folder), binder: value.table?.text("binder"),
      jupyterHub: value.table?.text("jupyterhub"))
  }

  private func site(_ table: CheckedTable?) -> SiteRecipe {
    guard let table else { return SiteRecipe() }
    var site = SiteRecipe(description: table.text("description"))
    if let title = table.text("title") { site.title = title }
    if let url = table.text("base-url"), let place = table["base-url"]?.place {
      if url.contains("?") || url.contains("#") {
        problems.add(
          "bad-address", at: place, "'base-url' has a query or fragment",
          because: "The addresses of all files are made by appending to it.",
          fix: "write '\(url.prefix { $0 != "?" && $0 != "#" })'")
      }
      site.baseURL = url.hasSuffix("/") ? url : url + "/"
    }
    if let language = table.text("language"), let place = table["language"]?.place {
      let parts = language.split(separator: "-", omittingEmptySubsequences: false)
      let isTag = parts.allSatisfy {
        (1...8).contains($0.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
      }
      if !isTag || !(2...3).contains(parts.first?.count ?? 0) {
        problems.add(
          "bad-language", at: place, "'\(language)' is not the tag of a language",
          because: "Allowed are BCP 47 tags such as en, de or pt-BR.")
      }
      site.language = language
    }
    if let provider = table["provider"]?.table, let name = provider.text("name") {
      let email = provider.text("email")
      if let email, let place = provider["email"]?.place,
        email.filter({ $0 == "@" }).count != 1 || email.contains(" ")
      {
        problems.add(
          "bad-email", at: place, "'\(email)' is not an e-mail address",
          because: "Allowed is one address, such as data@example.org.")
      }
      site.provider = ProviderRecipe(name: name, url: provider.text("url"), email: email)
    }
    return site
  }

  private func dataset(_ value: Checked) -> DatasetRecipe? {
    if let source = value.text {
      return DatasetRecipe(
        id: Identifier.proposal(forSource: source),
        sources: [SourcePath.resolve(source, folder: folder)])
    }
    guard let table = value.table else { return nil }
    let sources = table.oneOrMore("source")
    let publications = PublicationBuilder(problems: problems)
    // Go on without a source: the other keys of the dataset can still be checked.
    var dataset = DatasetRecipe(
      id: table.text("id") ?? Identifier.proposal(forSource: sources.first ?? ""),
      title: table.text("title"), description: table.text("description"),
      sources: sources.map { SourcePath.resolve($0, folder: folder) },
      options: CubeOptions(
        joinDimension: table.text("join"),
        levels: table.text("levels") == "use" ? .useExisting : .rebuild,
        crs: crs(table), timeVariable: table.text("time-variable"),
        timeFromName: timeFromName(table),
        bucket: PublishRecipeBuilder.bucket(table["s3"]?.table)),
      licence: table.text("licence"), attribution: table.text("attribution"),
      doi: publications.doi(table),
      keywords: table.texts("keywords"), links: links(table),
      places: table.oneOrMore("places").map { SourcePath.resolve($0, folder: folder) },
      composites: composites(table),
      maxZoom: table.whole("max-zoom"), times: times(table), extras: extras(table))
    let styles = StyleBuilder(problems: problems)
    dataset.variables = table.list("variables").compactMap(styles.variable)
    refuseRepeats(
      zip(dataset.variables, table.list("variables")).map { ($0.name, $1.place) },
      id: "duplicate-variable", what: "variable", fix: { _ in "give both styles in one place" })
    let sets = table.texts("tile-matrix-sets").compactMap(TileMatrixSet.named)
    if !sets.isEmpty { dataset.tileMatrixSets = sets }
    refuseRepeats(
      table.list("tile-matrix-sets").compactMap { value in value.text.map { ($0, value.place) } },
      id: "duplicate-value", what: "tile matrix set", fix: { _ in "remove one of them" })
    dataset.hasTiles = table["tiles"] == nil
    if let format = table.text("format").flatMap(ImageFormat.init) { dataset.format = format }
    dataset.publication = publications.publication(table)
    let arrays = ArrayRecipeBuilder(problems: problems)
    dataset.cube = arrays.cube(table)
    dataset.series = arrays.series(table)
    dataset.terrain = TerrainRecipe(table["terrain"]?.table)
    if let effort = table.text("effort").flatMap(Effort.init) { dataset.effort = effort }
    return dataset
  }

  private func crs(_ table: CheckedTable) -> String? {
    guard let text = table.text("crs"), let place = table["crs"]?.place else { return nil }
    do {
      _ = try CRS(text)
    } catch {
      problems.add(
        "bad-crs", at: place, "'crs' is not a coordinate reference system that PROJ knows",
        because: "\(error)", fix: "write 'EPSG:' and a number, such as EPSG:3031")
    }
    return text
  }

  private func timeFromName(_ table: CheckedTable) -> NameTimePattern? {
    guard let text = table.text("time-from-name"), let place = table["time-from-name"]?.place else {
      return nil
    }
    do {
      return try NameTimePattern(text)
    } catch {
      problems.add(
        "bad-time-from-name", at: place, "'\(text)' does not say how names tell the time",
        because: error.reason, fix: error.remedy)
      return nil
    }
  }

  private func links(_ table: CheckedTable) -> [LinkRecipe] {
    table.tables("links").compactMap { link in
      guard let title = link.text("title"), let url = link.text("url") else { return nil }
      return LinkRecipe(title: title, url: url)
    }
  }

  private func composites(_ table: CheckedTable) -> [CompositeRecipe] {
    let tables = table.tables("composites")
    let composites = tables.compactMap { composite -> CompositeRecipe? in
      guard let title = composite.text("title"), let red = band(composite, "red"),
        let green = band(composite, "green"), let blue = band(composite, "blue")
      else { return nil }
      return CompositeRecipe(
        id: composite.text("id") ?? "rgb", title: title, red: red, green: green, blue: blue)
    }
    refuseRepeats(
      tables.map { ($0.text("id") ?? "rgb", $0["id"]?.place ?? $0.place) }, id: "duplicate-id",
      what: "composite", fix: { "give it an id of its own, such as '\($0)-2'" })
    return composites
  }

  private func band(_ table: CheckedTable, _ key: String) -> CompositeRecipe.Band? {
    guard let band = table[key]?.table, let variable = band.text("variable") else { return nil }
    let ends = band.list("range").compactMap(\.number)
    guard ends.count == 2 else { return nil }
    guard ends[0] != ends[1] else {
      problems.add(
        "bad-range", at: band["range"]?.place ?? band.place,
        "the range of \(key) holds no values",
        because: "Its two ends are equal, so nothing would be between dark and bright.")
      return nil
    }
    return CompositeRecipe.Band(variable: variable, dark: ends[0], bright: ends[1])
  }

  private func times(_ table: CheckedTable) -> TimeSelection {
    switch table["times"] {
    case .text("first", _): return .first
    case .text("last", _): return .last
    case .list: return .listed(table.texts("times"))
    case .table(let range):
      let (from, to) = (range.text("from"), range.text("to"))
      // ISO 8601 of four-digit years sorts as text.
      if let from, let to, from > to, !from.hasPrefix("-"), !to.hasPrefix("-") {
        problems.add(
          "bad-times", at: range.place, "the times end at \(to), before they begin at \(from)",
          because: "'from' is the earlier one.", fix: "write 'from: \(to)' and 'to: \(from)'")
      }
      return .range(from: from, to: to, every: range.whole("every") ?? 1)
    default: return .all
    }
  }

  private func extras(_ table: CheckedTable) -> [String: [String]] {
    guard case .named(let extras, _) = table["extras"] else { return [:] }
    var selection: [String: [String]] = [:]
    for (name, values) in extras {
      selection[name] = (values.list ?? []).compactMap(\.plainText)
    }
    return selection
  }

  private func refuseRepeats(
    _ names: [(String, Place)], id: String, what: String, fix: (String) -> String
  ) {
    var first: [String: Place] = [:]
    for (name, place) in names {
      if let earlier = first[name] {
        problems.add(
          id, at: place, "the \(what) '\(name)' is there already",
          because: "It stands first in line \(earlier.line).", fix: fix(name))
      } else {
        first[name] = place
      }
    }
  }
}
