public import Cubes
import Grids
public import JSON
import Multiscales

/// What of a cube is published as arrays: variables on grids, over times and further dimensions.
///
/// Variables that have the same grid, times or other axis share its coordinates; where they differ,
/// the later ones get a number behind the name (`time_2`).
public struct PublishedDataset: Sendable {
  /// A variable that is to be published.
  public struct Wanted: Sendable {
    let variable: Variable
    let key: String
    let fields: [FieldSelection]
    let quantisation: Quantisation

    /// Names a variable.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - key: The name of its arrays, a path segment.
    ///   - fields: All combinations of some times and positions.
    ///   - quantisation: How its values are made smaller.
    public init(
      variable: Variable, key: String, fields: [FieldSelection],
      quantisation: Quantisation = .lossless
    ) {
      self.variable = variable
      self.key = key
      self.fields = fields
      self.quantisation = quantisation
    }
  }

  /// The id of the dataset, the path segment of its keys.
  public let id: String
  /// The attributes of the whole.
  public let attributes: JSONObject
  /// The variables.
  public let variables: [PublishedVariable]
  /// The grids that they lie on.
  public let grids: [PublishedGrid]

  /// Describes what is published of a cube.
  ///
  /// - Throws: `GridError` where PROJ cannot place a grid.
  public init(id: String, attributes: JSONObject, variables: [Wanted]) throws {
    self.id = id
    self.attributes = attributes.withoutPacking
    var names = NameTable(taken: Set(variables.map(\.key)))
    var grids: [PublishedGrid] = []
    var axes: [PublishedAxis] = []
    var published: [PublishedVariable] = []
    func shared(
      _ kind: PublishedAxis.Kind, positions: [Int], stated: StatedCoordinate?
    ) -> PublishedAxis {
      if let known = axes.first(where: { $0.kind == kind && $0.positions == positions }) {
        return known
      }
      let axis = PublishedAxis(
        kind, positions: positions, name: names.unique(PublishedAxis.plainName(kind)),
        stated: stated)
      axes.append(axis)
      return axis
    }
    for wanted in variables {
      let variable = wanted.variable
      let grid: PublishedGrid
      if let known = grids.first(where: { $0.grid == variable.grid }) {
        grid = known
      } else {
        grid = try PublishedGrid(variable, number: grids.count) { names.unique($0) }
        grids.append(grid)
      }
      let steps = Set(wanted.fields.compactMap(\.time)).sorted()
      let time = variable.time.map { axis in
        shared(
          .time(axis), positions: steps, stated: variable.statedCoordinate(named: axis.name))
      }
      let extras = variable.extras.enumerated().map { number, axis in
        shared(
          .labels(axis), positions: Set(wanted.fields.map { $0.extras[number] }).sorted(),
          stated: variable.statedCoordinate(named: axis.name))
      }
      var scalars: [String: StoredArray] = [:]
      for scalar in variable.scalars {
        guard let value = scalar.values?.first else { continue }
        var attributes = (variable.attributes(ofNeighbour: scalar.name) ?? [:]).withoutPacking
        attributes["bounds"] = nil
        let axis = PublishedAxis.plainName(.labels(scalar))
        let known = published.first { $0.scalars[axis] != nil && $0.variable.scalars == [scalar] }
        scalars[known == nil ? names.unique(axis) : axis] = StoredArray(
          [value], shape: [], dimensions: [], attributes: attributes)
      }
      published.append(
        PublishedVariable(wanted, grid: grid, time: time, extras: extras, scalars: scalars))
    }
    self.variables = published
    self.grids = grids
  }
}

/// Gives out names, each once.
private struct NameTable {
  var taken: Set<String>

  mutating func unique(_ name: String) -> String {
    var proposal = name
    var number = 2
    while !taken.insert(proposal).inserted {
      proposal = "\(name)_\(number)"
      number += 1
    }
    return proposal
  }
}
