/// Makes scenes from a checked recipe.
struct SceneBuilder {
  let problems: ProblemList
  /// The ids of the recipe's datasets.
  let datasets: [String]

  func scene(_ value: Checked) -> SceneRecipe? {
    guard let table = value.table, let id = table.text("id"), let title = table.text("title")
    else { return nil }
    return SceneRecipe(
      id: id, title: title, description: table.text("description"),
      surface: table["surface"]?.table.flatMap(surface),
      base: table.text("base").flatMap(SceneRecipe.Base.init) ?? .natural, area: area(table),
      layers: table.tables("layers").compactMap(layer), light: table["light"]?.table.map(light),
      time: table.text("time"), view: table["view"]?.table.map(view),
      tour: table.tables("tour").map(stop))
  }

  private func source(_ table: CheckedTable) -> SceneRecipe.Source? {
    guard let dataset = table.text("dataset") else { return nil }
    if !datasets.contains(dataset) {
      problems.add(
        "unknown-dataset", at: table["dataset"]?.place ?? table.place,
        "there is no dataset '\(dataset)'",
        because: "The recipe has \(datasets.joined(separator: ", ")).",
        fix: Spelling.nearest(to: dataset, among: datasets).map { "write '\($0)'" })
    }
    var extras: [String: String] = [:]
    if case .named(let named, _) = table["extras"] {
      for (name, value) in named { extras[name] = value.plainText }
    }
    return SceneRecipe.Source(dataset: dataset, variable: table.text("variable"), extras: extras)
  }

  private func surface(_ table: CheckedTable) -> SceneRecipe.Surface? {
    guard let source = source(table) else { return nil }
    let exaggeration = table.number("exaggeration")
    guard table.text("terrain") == "true" else {
      return SceneRecipe.Surface(
        heights: .field(
          source, scale: table.number("scale") ?? 1, offset: table.number("offset") ?? 0,
          missing: table.number("missing") ?? 0), exaggeration: exaggeration)
    }
    for key in ["variable", "extras", "scale", "offset", "missing"] where table[key] != nil {
      problems.add(
        "useless-key", at: table[key]?.place ?? table.place,
        "'\(key)' goes with a variable, not with 'terrain'",
        because: "Terrain tiles hold heights in metres.", fix: "remove it")
    }
    return SceneRecipe.Surface(
      heights: .terrain(dataset: source.dataset), exaggeration: exaggeration)
  }

  private func layer(_ table: CheckedTable) -> SceneRecipe.Layer? {
    guard let source = source(table) else { return nil }
    let range = table.list("range").compactMap(\.number)
    if range.count == 2, range[0] >= range[1] {
      problems.add(
        "bad-range", at: table["range"]?.place ?? table.place, "the range holds no values",
        because: "The lower end comes first.")
    }
    return SceneRecipe.Layer(
      source: source, style: table.text("style"), colours: table.text("colours"),
      range: range.count == 2 ? range : nil, opacity: share(table, "opacity") ?? 1,
      time: table.text("time"), pictures: table.text("pictures") == "true",
      stack: table["stack"]?.table.flatMap(stack))
  }

  private func stack(_ table: CheckedTable) -> SceneRecipe.Stack? {
    guard let dimension = table.text("dimension"), let scale = table.number("scale") else {
      return nil
    }
    if scale == 0 {
      problems.add(
        "bad-scale", at: table["scale"]?.place ?? table.place, "'scale' cannot be 0",
        because: "All sheets would lie in one place.", fix: "write a number of metres")
    }
    return SceneRecipe.Stack(
      dimension: dimension, scale: scale, base: table.number("base") ?? 0,
      spacing: table.text("spacing").flatMap(SceneRecipe.Stack.Spacing.init) ?? .values)
  }

  private func light(_ table: CheckedTable) -> SceneRecipe.Light {
    SceneRecipe.Light(
      kind: table.text("kind").flatMap(SceneRecipe.Light.Kind.init) ?? .camera,
      azimuth: table.number("azimuth"),
      elevation: within(table, "elevation", -90...90), ambient: share(table, "ambient"),
      place: table["place"].map { _ in table.list("place").compactMap(\.number) },
      date: table.text("date"))
  }

  private func view(_ table: CheckedTable) -> SceneRecipe.View {
    SceneRecipe.View(
      lon: within(table, "lon", -360...360) ?? 0, lat: within(table, "lat", -90...90) ?? 0,
      distance: table.number("distance") ?? 1, heading: table.number("heading") ?? 0,
      pitch: within(table, "pitch", -90...90) ?? -90)
  }

  private func stop(_ table: CheckedTable) -> SceneRecipe.Stop {
    SceneRecipe.Stop(
      view: view(table), seconds: within(table, "seconds", 0...600) ?? 4,
      hold: within(table, "hold", 0...600) ?? 4, caption: table.text("caption"),
      time: table.text("time"))
  }

  private func area(_ table: CheckedTable) -> [Double]? {
    let ends = table.list("area").compactMap(\.number)
    guard ends.count == 4 else { return nil }
    guard (-180...180).contains(ends[0]), (-180...180).contains(ends[2]), ends[0] < ends[2],
      (-90...90).contains(ends[1]), (-90...90).contains(ends[3]), ends[1] < ends[3]
    else {
      problems.add(
        "bad-area", at: table["area"]?.place ?? table.place, "'area' is no part of the earth",
        because: "It is west, south, east, north in degrees, west and south being the lower ones.")
      return nil
    }
    return ends
  }

  private func share(_ table: CheckedTable, _ key: String) -> Double? { within(table, key, 0...1) }

  private func within(
    _ table: CheckedTable, _ key: String, _ range: ClosedRange<Double>
  ) -> Double? {
    guard let number = table.number(key) else { return nil }
    if !range.contains(number) {
      problems.add(
        "out-of-range", at: table[key]?.place ?? table.place, "'\(key)' cannot be \(number)",
        because: "Allowed: \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
