public import Cubes
import Expressions
import Grids
import Images
import JSON
import Pyramids
import Recipes
import Synchronization

/// An opened cube and what was found out about it.
public final class LiveCube: Sendable {
  /// Where it was read from.
  public let source: LiveSource
  /// What it holds.
  public let cube: Cube
  /// Counts the openings of all cubes: what was computed of an earlier opening is not mixed with this.
  let number: Int

  private struct MapsKey: Hashable {
    let grid: Int
    let tileMatrixSet: TileMatrixSet
  }

  private struct Found {
    var maps: [MapsKey: TileMaps] = [:]
    var groups: [String: [FieldSelection: [FieldSelection]]] = [:]
    var styles: [String: Style] = [:]
    var computed: [String: Variable] = [:]
  }

  /// Most variables of a cube share one.
  private let grids: [Grid]
  /// The number of each variable's grid.
  private let gridNumbers: [String: Int]
  private let found = Mutex(Found())
  /// The bytes of maps that are kept for each grid and tile matrix set.
  private static let keptBytes = 32 << 20

  init(_ source: LiveSource, cube: Cube, number: Int) {
    self.source = source
    self.cube = cube
    self.number = number
    var grids: [Grid] = []
    var numbers: [String: Int] = [:]
    for variable in cube.variables {
      if let same = grids.firstIndex(of: variable.grid) {
        numbers[variable.name] = same
      } else {
        numbers[variable.name] = grids.count
        grids.append(variable.grid)
      }
    }
    self.grids = grids
    gridNumbers = numbers
  }

  /// What people call it.
  public var title: String { source.title ?? cube.title ?? source.dataset }

  /// A variable by its name, or one that is computed of others: `name=expression`.
  ///
  /// - Throws: `LiveError` where there is none, or the expression cannot be computed.
  public func variable(_ name: String) throws(LiveError) -> Variable {
    if let variable = cube.variable(named: name) { return variable }
    guard let equals = name.firstIndex(of: "=") else {
      throw .unknown("variable", name, known: cube.variables.map(\.name))
    }
    // Names are kept as keys of what was computed.
    guard name.utf8.count <= Self.longestName else {
      throw LiveError(
        .invalid, "This name of a variable is too long",
        remedy: "use at most \(Self.longestName) bytes with the expression")
    }
    if let known = found.withLock({ $0.computed[name] }) { return known }
    let variable = try computed(name, String(name[name.index(after: equals)...]))
    found.withLock { found in
      if found.computed.count >= Self.mostComputed {
        for name in found.computed.keys {
          found.groups[name] = nil
          found.styles[name] = nil
        }
        found.computed = [:]
      }
      found.computed[name] = variable
    }
    return variable
  }

  /// The longest `name=expression`, in bytes.
  static let longestName = Expression.longest + 100

  /// How many variables that are computed are kept, with what was found out about them; then they go.
  private static let mostComputed = 64

  private func computed(_ name: String, _ text: String) throws(LiveError) -> Variable {
    do {
      let expression = try Expression(text, over: Set(cube.variables.map(\.name)))
      let operands = expression.names.compactMap(cube.variable(named:))
      let areSingle = operands.map(\.isSinglePrecision)
      return try Variable.computed(name, from: operands) { arrays in
        expression.values(arrays, areSingle: areSingle)
      }
    } catch let error as ExpressionError {
      throw LiveError(
        .invalid, "This is no expression over the variables (\(error.description))",
        remedy: "see /expressions/capabilities for what there is")
    } catch let error as CubeError {
      throw LiveError(
        .invalid, "This cannot be computed (\(error.reason))", remedy: error.remedy ?? "use others")
    } catch {
      throw LiveError(.invalid, "This cannot be computed", remedy: "use other variables")
    }
  }

  /// Where tiles fall in the grid of a variable.
  ///
  /// - Throws: `GridError` where PROJ knows no way between grid and tiles.
  func maps(of variable: Variable, in set: TileMatrixSet) throws -> TileMaps {
    let grid = gridNumbers[variable.name] ?? grids.firstIndex(of: variable.grid)
    let key = MapsKey(grid: grid ?? -1, tileMatrixSet: set)
    if let maps = found.withLock({ $0.maps[key] }) { return maps }
    let maps = try TileMaps(unlisted: set, of: variable.grid, keptBytes: Self.keptBytes)
    return found.withLock { found in
      if let maps = found.maps[key] { return maps }
      found.maps[key] = maps
      return maps
    }
  }

  /// The fields that the storage keeps in the same chunks as a field, this one included.
  ///
  /// - Throws: `CubeError` where the variable has no such field.
  func group(of field: FieldSelection, in variable: Variable) throws -> [FieldSelection] {
    if let groups = found.withLock({ $0.groups[variable.name] }) {
      return groups[field] ?? [field]
    }
    var groups: [FieldSelection: [FieldSelection]] = [:]
    for group in try variable.storageGroups(of: variable.allFields) where group.count > 1 {
      for field in group { groups[field] = group }
    }
    found.withLock { $0.groups[variable.name] = groups }
    return groups[field] ?? [field]
  }

  /// The style in which a variable is drawn where nothing else is asked for; it may read values.
  ///
  /// - Parameters:
  ///   - variable: which variable.
  ///   - range: that of a request that leaves nothing open to be measured.
  ///   - check: stops the reading.
  /// - Returns: the style; that of a range is not kept.
  /// - Throws: `CubeError` where values cannot be read, `ImageError` where no style fits.
  func defaultStyle(
    of variable: Variable, within range: ClosedRange<Double>? = nil, check: () throws -> Void
  ) throws -> Style {
    if let style = found.withLock({ $0.styles[variable.name] }) { return style }
    let recipe = StyleRecipe(declaredBy: variable)
    if let range { return try recipe.resolved(for: variable, measured: range) }
    let measured = try recipe.percentilesNeeded(for: variable).flatMap { shares in
      let ends = percentiles(
        [shares.0, shares.1], of: try variable.quickSample(check: check))
      return ends.isEmpty ? nil : ends[0]...max(ends[0], ends[1])
    }
    let style = try recipe.resolved(for: variable, measured: measured)
    found.withLock { $0.styles[variable.name] = style }
    return style
  }
}

extension Variable {
  /// Every field of the variable.
  var allFields: [FieldSelection] {
    let times: [Int?] = time.map { Array(0..<$0.count) } ?? [nil]
    return times.flatMap { time in
      extraPositions.map { FieldSelection(time: time, extras: $0) }
    }
  }

  /// Values for the choice of a colour range: those of a build where that is cheap, else some blocks
  /// of a few fields.
  fileprivate func quickSample(check: () throws -> Void) throws -> [Float] {
    let cells = grid.rows * grid.columns
    if cells * min(15, allFields.count) <= 32 << 20 {
      try check()
      return try sampleValues(limit: 2_000_000)
    }
    let fields = allFields
    let chosen = Set([0, fields.count / 2, fields.count - 1]).sorted().map { fields[$0] }
    let blocks = self.blocks
    let places = Set((0..<4).map { $0 * (blocks.count - 1) / 3 }).sorted()
    var sample: [Float] = []
    for field in chosen {
      for place in places {
        try check()
        let block = blocks[place]
        let values = try readFloats(
          time: field.time, extras: field.extras, rows: block.rows, columns: block.columns)
        sample += values.filter { !$0.isNaN }
      }
    }
    return sample
  }
}

extension StyleRecipe {
  /// What the attributes of a variable say of its looks, as the conventions of xcube have it:
  /// `color_bar_name`, `color_value_min`, `color_value_max`, `color_norm`.
  fileprivate init(declaredBy variable: Variable) {
    self.init()
    let attributes = variable.attributes
    colourMap = attributes["color_bar_name"]?.stringValue.flatMap(ColourMap.named)
    if let low = attributes["color_value_min"]?.doubleValue,
      let high = attributes["color_value_max"]?.doubleValue, low < high, low.isFinite, high.isFinite
    {
      range = .explicit(low...high)
      if attributes["color_norm"]?.stringValue == "log", low > 0 { scale = .logarithmic }
    }
  }
}
