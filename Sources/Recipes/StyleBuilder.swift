import Images

/// Makes variables and their styles from a checked recipe.
struct StyleBuilder {
  let problems: ProblemList

  func variable(_ value: Checked) -> VariableRecipe? {
    if let name = value.text { return VariableRecipe(name: name) }
    guard let table = value.table, let name = table.text("name") else { return nil }
    let styles = table.tables("styles")
    return VariableRecipe(
      name: name, title: table.text("title"), description: table.text("description"),
      group: table.text("group"),
      quantisation: ArrayRecipeBuilder(problems: problems).quantisation(table["quantise"]),
      viewerLayer: viewerLayer(table["4d-layer"]),
      hasPaperCube: table.text("paper-cube") == "true",
      styles: styles.indices.map { style(styles[$0], isFirst: $0 == 0, among: styles) })
  }

  private func viewerLayer(_ value: Checked?) -> ViewerLayerRecipe? {
    guard let value else { return nil }
    if let word = value.text {
      return ViewerLayerRecipe(kind: ViewerLayerRecipe.Kind(rawValue: word))
    }
    guard let table = value.table,
      let kind = table.text("type").flatMap(ViewerLayerRecipe.Kind.init)
    else { return nil }
    let ends = table.list("range").compactMap(\.number)
    guard ends.count == 2 else { return ViewerLayerRecipe(kind: kind) }
    guard ends[0] < ends[1] else {
      problems.add(
        "bad-range", at: table["range"]?.place ?? table.place,
        "the range \(ends[0]) to \(ends[1]) holds nothing", because: "The lower end comes first.")
      return nil
    }
    return ViewerLayerRecipe(kind: kind, range: ends[0]...ends[1])
  }

  private func style(
    _ table: CheckedTable, isFirst: Bool, among all: [CheckedTable]
  ) -> StyleRecipe {
    let id = table.text("id") ?? "default"
    let place = table["id"]?.place ?? table.place
    if all.first(where: { ($0.text("id") ?? "default") == id })?.place != table.place {
      let idea = table.text("title") ?? table.text("colours") ?? "\(id)-2"
      problems.add(
        "duplicate-id", at: place, "the style '\(id)' is there already",
        because: "Each style of a variable needs an id of its own.",
        fix: "add 'id: \(Identifier.proposal(for: idea))'")
    }
    var style = StyleRecipe(
      id: id, title: table.text("title"), colourMap: colourMap(table), scale: scale(table),
      range: range(table), centre: table.number("centre"), below: colour(table, "below"),
      above: colour(table, "above"), missing: colour(table, "missing"),
      interpolation: table.text("interpolation").flatMap(Style.Interpolation.init),
      categories: categories(table))
    checkTogether(&style, table)
    return style
  }

  private func colour(_ table: CheckedTable, _ key: String) -> RGBA? {
    guard let text = table.text(key) else { return nil }
    return text == "transparent" ? .transparent : try? RGBA(hex: text)
  }

  private func colourMap(_ table: CheckedTable) -> ColourMap? {
    guard let value = table["colours"] else { return nil }
    if let name = value.text { return ColourMap.named(name) }
    let elements = value.list ?? []
    let stops = elements.compactMap(\.table)
    do {
      if stops.isEmpty {
        let colours = elements.compactMap(\.text).compactMap { text in
          text == "transparent" ? .transparent : try? RGBA(hex: text)
        }
        return try ColourMap(name: "custom", evenly: colours)
      }
      guard stops.count == elements.count else {
        problems.add(
          "bad-colours", at: value.place, "'colours' mixes colours with and without a place",
          because: "Either all of them have 'at' and 'colour', or none.")
        return nil
      }
      return try ColourMap(
        name: "custom",
        stops: stops.compactMap { stop in
          guard let at = stop.number("at"), let colour = colour(stop, "colour") else { return nil }
          return (position: at, colour: colour)
        })
    } catch {
      problems.add(
        "bad-colours", at: value.place, "'colours' does not make a colour map",
        because: error.reason.prefix(1).uppercased() + error.reason.dropFirst() + ".",
        fix: error.remedy)
      return nil
    }
  }

  private func scale(_ table: CheckedTable) -> ScaleRecipe? {
    switch table["scale"] {
    case .text("linear", _): return .linear
    case .text("log", _): return .logarithmic
    case .text("categorical", _): return .categorical
    case .table(let symmetric):
      return symmetric.number("symmetric").map { .symmetric(linearWithin: $0) }
    default: return nil
    }
  }

  private func range(_ table: CheckedTable) -> RangeRecipe {
    switch table["range"] {
    case .text("valid", _): return .validRange
    case .list(let ends, let place):
      let numbers = ends.compactMap(\.number)
      guard numbers.count == 2 else { return .automatic }
      guard numbers[0] < numbers[1] else {
        problems.add(
          "bad-range", at: place,
          "the range from \(brief(numbers[0])) to "
            + "\(brief(numbers[1])) holds no values",
          because: "The lower end comes first; to turn the colours round, add _r to the name of "
            + "the colour map.",
          fix: numbers[0] == numbers[1]
            ? nil : "write '[\(brief(numbers[1])), \(brief(numbers[0]))]'")
        return .automatic
      }
      return .explicit(numbers[0]...numbers[1])
    case .table(let percentiles):
      let numbers = percentiles.list("percentiles").compactMap(\.number)
      guard numbers.count == 2 else { return .automatic }
      guard numbers[0] >= 0, numbers[0] < numbers[1], numbers[1] <= 100 else {
        problems.add(
          "bad-range", at: percentiles.place, "there are no such percentiles",
          because: "Allowed are two numbers from 0 to 100, the lower one first.",
          fix: "write 'percentiles: [2, 98]'")
        return .automatic
      }
      return .percentiles(lower: numbers[0], upper: numbers[1])
    default: return .automatic
    }
  }

  private func categories(_ table: CheckedTable) -> [Images.Category] {
    var seen: [Float: Place] = [:]
    let tables = table.tables("categories")
    return tables.indices.compactMap { index in
      let category = tables[index]
      guard let value = category.number("value"), let label = category.text("label") else {
        return nil
      }
      if let earlier = seen.updateValue(category.place, forKey: Float(value)) {
        problems.add(
          "duplicate-value", at: category.place, "the value \(brief(value)) is there already",
          because: "It stands first in line \(earlier.line).", fix: "remove one of them")
      }
      return Images.Category(
        value: value, label: label,
        colour: colour(category, "colour") ?? CategoryColours.colour(at: index))
    }
  }

  /// What is right alone but not together.
  private func checkTogether(_ style: inout StyleRecipe, _ table: CheckedTable) {
    if case .explicit(let range) = style.range, style.scale == .logarithmic, range.lowerBound <= 0 {
      problems.add(
        "bad-range", at: table["range"]?.place ?? table.place,
        "a logarithmic scale cannot begin at \(brief(range.lowerBound))",
        because: "Logarithms exist above zero only.",
        fix: "begin above 0, or write 'scale: {symmetric: 1}'")
    }
    if let place = table["centre"]?.place {
      if case .explicit = style.range {
        problems.add(
          "conflict", at: place, "'centre' and a range with two ends say different things",
          because: "'centre' makes the range reach equally far to both sides.",
          fix: "remove one of them")
      } else if style.scale == .logarithmic || style.scale == .categorical {
        problems.add(
          "conflict", at: place, "this scale has no 'centre'",
          because: "Only linear and symmetric scales have one.", fix: "remove 'centre'")
      }
    }
    if !style.categories.isEmpty {
      if style.scale == nil { style.scale = .categorical }
      if style.scale != .categorical {
        problems.add(
          "conflict", at: table["categories"]?.place ?? table.place,
          "'categories' do not go with this scale",
          because: "Classes have colours of their own.", fix: "write 'scale: categorical'")
      }
    }
    if style.scale == .categorical, let place = table["range"]?.place ?? table["colours"]?.place,
      !style.categories.isEmpty
    {
      problems.add(
        "conflict", at: place, "a categorical style has neither 'range' nor 'colours'",
        because: "Its categories say which values there are and how they look.",
        fix: "remove it, and give the categories a 'colour'")
    }
  }

  /// A number as people write it: 3, not 3.0.
  private func brief(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
