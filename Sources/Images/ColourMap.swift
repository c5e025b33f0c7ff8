/// 256 colours in order, from the low end of a range to the high one.
public struct ColourMap: Sendable, Hashable, Codable {
  /// What a map is good for.
  public enum Group: String, Sendable, Hashable, CaseIterable, Codable {
    /// Light rises or falls evenly: for quantities from little to much.
    case sequential
    /// Like sequential, made for one ocean quantity each (cmocean).
    case ocean
    /// Two hues that meet in the middle: for differences from a reference.
    case diverging
    /// Ends as it begins: for directions and phases.
    case cyclic
    /// Many hues, for looking up values; far values may look alike.
    case rainbow
    /// Made of stops by a recipe.
    case custom

    /// The group's name for people.
    public var title: String {
      switch self {
      case .sequential: "Sequential, perceptually even"
      case .ocean: "Ocean quantities (cmocean)"
      case .diverging: "Diverging, for differences"
      case .cyclic: "Cyclic, for directions"
      case .rainbow: "Rainbow, not for quantities"
      case .custom: "Custom"
      }
    }
  }

  /// The name it is asked for by; that of a reversed map ends in `_r`.
  public let name: String
  /// What it is good for.
  public let group: Group
  /// Whether far values can be told apart by readers with red-green colour blindness.
  ///
  /// Measured for the built-in maps (see Tests/Golden/make_colours.py); not known, and therefore
  /// false, for custom ones.
  public let isColourBlindSafe: Bool
  /// The 256 colours, lowest first.
  public let colours: [RGBA]

  /// How many colours a map has.
  public static let size = 256

  init(name: String, group: Group, isColourBlindSafe: Bool, colours: [RGBA]) {
    self.name = name
    self.group = group
    self.isColourBlindSafe = isColourBlindSafe
    self.colours = colours
  }

  /// The built-in map of that name, as in matplotlib or cmocean; `_r` at the end reverses it.
  ///
  /// matplotlib's and cmocean's names do not clash but for `gray`, which is the same to the eye;
  /// cmocean's is `oceanGray`. The spelling `cmo.thermal` is understood too.
  public static func named(_ name: String) -> ColourMap? {
    var base = name.hasPrefix("cmo.") ? String(name.dropFirst(4)) : name
    let isReversed = base.hasSuffix("_r")
    if isReversed { base.removeLast(2) }
    guard let map = ColourTable.maps[base] else { return nil }
    return isReversed ? map.reversed() : map
  }

  /// Every built-in map the right way round, group by group.
  public static let all: [ColourMap] = Group.allCases.flatMap { group in
    ColourTable.all.filter { $0.group == group }.compactMap(\.map)
  }

  /// Makes a map of stops, between which each of red, green, blue and opacity runs straight, as
  /// matplotlib's `LinearSegmentedColormap.from_list` does it.
  ///
  /// - Parameters:
  ///   - name: what to call it.
  ///   - stops: at least two, positions rising from 0 to 1. Two stops at one place make a sharp
  ///     edge.
  /// - Throws: `ImageError` for fewer stops or positions out of order or range.
  public init(name: String, stops: [(position: Double, colour: RGBA)]) throws(ImageError) {
    let attempt = "make the colour map '\(name)'"
    guard let first = stops.first, let last = stops.last, stops.count > 1 else {
      throw ImageError(
        attempt, because: "it has \(stops.count) stops", remedy: "give two or more colours")
    }
    guard first.position == 0, last.position == 1 else {
      throw ImageError(
        attempt, because: "its stops go from \(first.position) to \(last.position)",
        remedy: "let the first be at 0 and the last at 1")
    }
    for (one, next) in zip(stops, stops.dropFirst()) where !(one.position <= next.position) {
      throw ImageError(
        attempt, because: "the stop at \(next.position) comes after the one at \(one.position)",
        remedy: "sort the stops by position")
    }
    var segment = 0
    let colours = (0..<ColourMap.size).map { index in
      let position = Double(index) / Double(ColourMap.size - 1)
      while segment < stops.count - 2, stops[segment + 1].position < position { segment += 1 }
      let (low, high) = (stops[segment], stops[segment + 1])
      let width = high.position - low.position
      let share = width > 0 ? (position - low.position) / width : 1
      return low.colour.mixed(with: high.colour, share: min(max(share, 0), 1))
    }
    self.init(name: name, group: .custom, isColourBlindSafe: false, colours: colours)
  }

  /// Makes a map of colours at equal distances.
  ///
  /// - Throws: `ImageError` for fewer than two.
  public init(name: String, evenly colours: [RGBA]) throws(ImageError) {
    let steps = Double(max(colours.count - 1, 1))
    try self.init(
      name: name,
      stops: colours.enumerated().map { (Double($0.offset) / steps, $0.element) })
  }

  /// The same colours from high to low; its name gains or loses `_r`.
  public func reversed() -> ColourMap {
    ColourMap(
      name: name.hasSuffix("_r") ? String(name.dropLast(2)) : name + "_r", group: group,
      isColourBlindSafe: isColourBlindSafe, colours: colours.reversed())
  }

  /// The colour at a position from 0 to 1; positions outside get the end colours.
  public func colour(at position: Double) -> RGBA {
    let index = Int(min(max(position, 0), 1) * Double(ColourMap.size))
    return colours[min(index, ColourMap.size - 1)]
  }
}

extension RGBA {
  /// The colour at `share` of the way to another, rounded (matplotlib cuts off).
  func mixed(with other: RGBA, share: Double) -> RGBA {
    func mix(_ one: UInt8, _ two: UInt8) -> UInt8 {
      let value = Double(one) + (Double(two) - Double(one)) * share
      return UInt8(value.rounded())
    }
    return RGBA(r: mix(r, other.r), g: mix(g, other.g), b: mix(b, other.b), a: mix(a, other.a))
  }
}
