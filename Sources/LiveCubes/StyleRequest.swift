public import Images
import JSON

/// How a tile or legend is to be drawn, as far as a request says it.
public struct StyleRequest: Sendable, Hashable {
  /// The name of a colour map, perhaps ending in `_r` or `_alpha`, or a JSON object that makes one.
  public var colours: String?
  /// The value of the first colour.
  public var low: Double?
  /// The value of the last colour.
  public var high: Double?
  /// `lin`, `log` or `cat`.
  public var norm: String?

  /// Asks for a style.
  public init(
    colours: String? = nil, low: Double? = nil, high: Double? = nil, norm: String? = nil
  ) {
    self.colours = colours
    self.low = low
    self.high = high
    self.norm = norm
  }

  /// The range, where the request says colours too: nothing has to be measured then.
  var wholeRange: ClosedRange<Double>? {
    guard colours != nil, let low, let high, low < high, low.isFinite, high.isFinite else {
      return nil
    }
    return low...high
  }

  var isEmpty: Bool { colours == nil && low == nil && high == nil && norm == nil }

  /// The style with everything that the request leaves open taken from the usual one.
  ///
  /// - Throws: `LiveError` where the request is wrong.
  func style(usually usual: Style) throws(LiveError) -> Style {
    if isEmpty { return usual }
    let made = try colours.map { text throws(LiveError) in try Self.colours(text) }
    switch made {
    case .classes(let classes): return try make(usual, .categorical(classes), usual.colourMap)
    case .map(let map): return try make(usual, scale(usual), map)
    case nil: return try make(usual, scale(usual), usual.colourMap)
    }
  }

  private func make(
    _ usual: Style, _ scale: Scale, _ map: ColourMap
  ) throws(LiveError) -> Style {
    let (low, high) = (low ?? usual.range.lowerBound, high ?? usual.range.upperBound)
    guard low < high, low.isFinite, high.isFinite else {
      throw LiveError(
        .invalid, "The range from \(low) to \(high) holds no values",
        remedy: "let vmin be below vmax")
    }
    do {
      return try Style(
        id: usual.id, title: usual.title, colourMap: map, scale: scale, range: low...high,
        below: usual.below, above: usual.above, missing: usual.missing,
        interpolation: usual.interpolation)
    } catch {
      throw LiveError(.invalid, error.description, remedy: "choose another scale or range")
    }
  }

  private func scale(_ usual: Style) throws(LiveError) -> Scale {
    switch norm {
    case nil:
      // As xcube's server has it; its viewer says only what is not linear.
      if case .categorical = usual.scale { return usual.scale }
      return .linear
    case "lin": return .linear
    case "log": return .logarithmic
    case "cat":
      if case .categorical = usual.scale { return usual.scale }
      return .linear
    case let other?:
      throw LiveError(
        .invalid, "There is no norm '\(other.prefix(40))'", remedy: "use lin, log or cat")
    }
  }

  private enum Colours {
    case map(ColourMap)
    case classes([Category])
  }

  private static func colours(_ text: String) throws(LiveError) -> Colours {
    if text.hasPrefix("{") { return try made(text) }
    if let map = ColourMap.shaded(text) { return .map(map) }
    throw LiveError(
      .invalid, "There is no colour map '\(text.prefix(60))'", remedy: "take one of /colorbars")
  }

  /// A colour map that the user of xcube's viewer has made: `name`, `type` (`continuous`, `stepwise`
  /// or `categorical`) and `colors`, pairs of a value and a colour `#rrggbb` or `#rrggbbaa`.
  private static func made(_ text: String) throws(LiveError) -> Colours {
    let wrong = LiveError(
      .invalid, "The colour map is malformed",
      remedy: "send {\"name\", \"type\", \"colors\": [[value, \"#rrggbb\"], …]}")
    guard text.utf8.count <= 20_000, let json = try? JSONValue(parsing: Array(text.utf8)),
      let entries = json["colors"]?.arrayValue, entries.count <= Scale.maximumCategories
    else { throw wrong }
    let records: [(value: Double, colour: RGBA, label: String)] = entries.compactMap { entry in
      guard let value = entry[0]?.doubleValue, value.isFinite,
        let colour = entry[1]?.stringValue.flatMap({ try? RGBA(hex: $0) })
      else { return nil }
      return (value, colour, entry[2]?.stringValue ?? "\(value)")
    }
    guard records.count == entries.count, let first = records.first, let last = records.last else {
      throw wrong
    }
    if json["type"]?.stringValue == "categorical" || json["type"]?.stringValue == "key" {
      return .classes(
        records.map { Category(value: $0.value, label: $0.label, colour: $0.colour) })
    }
    let width = last.value - first.value
    guard width > 0 else { throw wrong }
    var stops: [(position: Double, colour: RGBA)] = []
    for (index, record) in records.enumerated() {
      let position = index == records.count - 1 ? 1 : (record.value - first.value) / width
      // A step keeps its colour up to the next value.
      if json["type"]?.stringValue == "stepwise" || json["type"]?.stringValue == "bound", index > 0
      {
        stops.append((position, records[index - 1].colour))
      }
      stops.append((position, record.colour))
    }
    do {
      return .map(try ColourMap(name: "own", stops: stops))
    } catch { throw wrong }
  }
}

extension ColourMap {
  /// The built-in map of that name; with `_alpha` the lower half fades in from nothing, as xcube's.
  ///
  /// The endings may come in either order.
  public static func shaded(_ name: String) -> ColourMap? {
    guard name.contains("_alpha") else { return named(name) }
    guard let map = named(name.replacing("_alpha", with: "")) else { return nil }
    let colours = map.colours.enumerated().map { index, colour in
      RGBA(r: colour.r, g: colour.g, b: colour.b, a: UInt8(min(255, index * 255 / 128)))
    }
    return try? ColourMap(name: name, evenly: colours)
  }
}
