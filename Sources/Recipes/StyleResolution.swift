public import Cubes
public import Images

extension StyleRecipe {
  /// The percentiles (0…100) of the values that the style's range follows from, or `nil` when it
  /// can be resolved without looking at the values.
  public func percentilesNeeded(for variable: Variable) -> (Double, Double)? {
    let nature = VariableNature(variable)
    if isCategorical(nature) { return nil }
    switch range {
    case .explicit: return nil
    case .percentiles(let lower, let upper): return (lower, upper)
    case .validRange: return variable.validRange == nil ? (2, 98) : nil
    case .automatic:
      // Topography is read by its extremes: the deepest trough is no outlier.
      return nature.naturalRange(units: variable.units) != nil
        ? nil : nature == .elevation ? (0.1, 99.9) : (2, 98)
    }
  }

  /// The style with everything that the recipe leaves open filled in.
  ///
  /// - Parameters:
  ///   - variable: what is drawn.
  ///   - measured: the values at `percentilesNeeded(for:)`, where those were asked for and the
  ///     variable has any value at all.
  /// - Returns: a style that can be drawn.
  /// - Throws: `ImageError` when the range does not go with the scale, such as a logarithmic one
  ///   for values below zero.
  public func resolved(
    for variable: Variable, measured: ClosedRange<Double>?
  ) throws(ImageError) -> Style {
    let nature = VariableNature(variable)
    if isCategorical(nature) {
      let categories = categories(of: variable)
      if !categories.isEmpty {
        return try Style(
          id: id, title: title ?? "Classes", colourMap: try map(for: nature),
          scale: .categorical(categories), missing: missing ?? .transparent,
          interpolation: .nearest)
      }
      guard scale != .categorical else {
        throw ImageError(
          "make the style '\(id)' of '\(variable.name)'",
          because: "its scale is categorical, but neither the recipe nor the file names classes",
          remedy: "list them under 'categories'")
      }
    }
    let (scale, range) = spread(of: variable, nature: nature, measured: measured)
    let map = try map(for: nature, range: range)
    return try Style(
      id: id, title: title ?? (id == "default" ? "Default" : id), colourMap: map, scale: scale,
      range: range, below: below, above: above, missing: missing ?? .transparent,
      interpolation: interpolation ?? .bilinear)
  }

  private func isCategorical(_ nature: VariableNature) -> Bool {
    scale == .categorical || (scale == nil && nature == .classes)
  }

  private func map(for nature: VariableNature) throws(ImageError) -> ColourMap {
    if let map = colourMap ?? ColourMap.named(nature.colourMap) ?? ColourMap.named("viridis") {
      return map
    }
    return try ColourMap(
      name: "grey", evenly: [RGBA(r: 0, g: 0, b: 0), RGBA(r: 255, g: 255, b: 255)])
  }

  /// Of a map with a coast in the middle, the half that a range without a coast needs: land must
  /// not look like water.
  private func map(
    for nature: VariableNature, range: ClosedRange<Double>
  ) throws(ImageError) -> ColourMap {
    let map = try map(for: nature)
    guard nature == .elevation, colourMap == nil, let coast = nature.centre,
      range.lowerBound >= coast || range.upperBound <= coast
    else { return map }
    let isLand = range.lowerBound >= coast
    let half = map.colours.count / 2
    return try ColourMap(
      name: map.name + (isLand ? "Land" : "Sea"),
      evenly: Array(isLand ? map.colours[half...] : map.colours[..<half]))
  }

  private func categories(of variable: Variable) -> [Images.Category] {
    if !categories.isEmpty { return categories }
    // Of bits several may be set: tiles show the first of them, so each bit is a class of its own.
    guard let flags = variable.flags else { return [] }
    var seen: Set<Float> = []
    return flags.entries.enumerated().compactMap { index, entry in
      guard seen.insert(Float(entry.value)).inserted else { return nil }
      let own = entry.colour.flatMap { try? RGBA(hex: $0) }
      return Images.Category(
        value: entry.value, label: entry.meaning.replacing("_", with: " "),
        colour: own ?? CategoryColours.colour(at: index))
    }
  }

  private func spread(
    of variable: Variable, nature: VariableNature, measured: ClosedRange<Double>?
  ) -> (Scale, ClosedRange<Double>) {
    var range: ClosedRange<Double>
    var isMeasured = false
    switch self.range {
    case .explicit(let given): range = given
    case .validRange where variable.validRange != nil:
      range = variable.validRange ?? 0...1
    case .automatic where nature.naturalRange(units: variable.units) != nil:
      range = nature.naturalRange(units: variable.units) ?? 0...1
    case .percentiles, .validRange, .automatic:
      range = measured ?? 0...1
      isMeasured = true
    }
    let scale = chosenScale(range: range, isMeasured: isMeasured, nature: nature)
    if case .explicit = self.range { return (scale, range) }
    if let centre = centre ?? (colourMap == nil ? naturalCentre(nature, range) : nil) {
      let reach = max(range.upperBound - centre, centre - range.lowerBound)
      let ends = RoundRange.around(0...(reach > 0 ? reach : 1))
      return (scale, (centre - ends.upperBound)...(centre + ends.upperBound))
    }
    guard isMeasured else { return (scale, range) }
    return (
      scale,
      scale == .logarithmic ? RoundRange.aroundLogarithmically(range) : RoundRange.around(range)
    )
  }

  /// Zero is the middle only where values lie to both sides of it: land without sea has no coast.
  private func naturalCentre(_ nature: VariableNature, _ range: ClosedRange<Double>) -> Double? {
    guard let centre = nature.centre else { return nil }
    if nature != .elevation { return centre }
    return range.lowerBound < centre ? centre : nil
  }

  private func chosenScale(
    range: ClosedRange<Double>, isMeasured: Bool, nature: VariableNature
  ) -> Scale {
    switch scale {
    case .linear: return .linear
    case .logarithmic: return .logarithmic
    case .symmetric(let within): return .symmetric(linearWithin: within)
    case .categorical: return .linear
    case nil:
      let spansMagnitudes = range.lowerBound > 0 && range.upperBound / range.lowerBound > 10
      return nature.isLogarithmic && spansMagnitudes ? .logarithmic : .linear
    }
  }
}
