public import Cubes
import Grids
public import Images

/// A cube of paper: the maps of a variable one behind the other, by time or level, seen from outside.
public struct PaperCube: Sendable {
  /// What stands where of the six sides in the world: x goes right, y up, z to the viewer.
  struct Standing: Sendable, Equatable {
    /// For lead, rows and columns the axis of the world, 0 to 2.
    let world: [Int]
    /// Whether positions grow with the world's coordinate.
    let rises: [Bool]
  }

  /// The id of the dataset.
  public let dataset: String
  /// The key of the variable.
  public let key: String
  /// What people call the variable.
  public let title: String
  /// What people call the dataset.
  public let datasetTitle: String
  /// Whom to name.
  public let attribution: String?
  /// The variable.
  public let variable: Variable
  /// How it is coloured.
  public let style: Style
  /// The fields that are its slices, in order.
  let slices: [FieldSelection]
  /// What slices are called.
  let labels: [String]
  /// What the third dimension is called, with its unit.
  let leadTitle: String
  let standing: Standing

  /// More slices than these are thinned out: a printed face has no room for them.
  private static let mostSlices = 240
  /// The longest side of a map in cells.
  private static let longestSide = 320

  /// Describes the cube of a variable.
  ///
  /// Its third dimension is time, or where there are no times the longest of the others; of what is
  /// left the first position counts.
  ///
  /// - Parameters:
  ///   - dataset: the id of the dataset.
  ///   - datasetTitle: what people call it.
  ///   - attribution: whom to name.
  ///   - key: the key of the variable.
  ///   - title: what people call it.
  ///   - variable: the variable.
  ///   - style: how it is coloured.
  ///   - fields: the fields that are made.
  /// - Throws: `PaperCubeError` where there are no two slices.
  public init(
    dataset: String, datasetTitle: String, attribution: String?, key: String, title: String,
    variable: Variable, style: Style, fields: [FieldSelection]
  ) throws(PaperCubeError) {
    self.dataset = dataset
    self.datasetTitle = datasetTitle
    self.attribution = attribution
    self.key = key
    self.title = title
    self.variable = variable
    self.style = style
    let times = Set(fields.map(\.time))
    let counts = variable.extras.indices.map { number in Set(fields.map { $0.extras[number] }).count
    }
    let longest = counts.indices.max { counts[$0] < counts[$1] }
    guard let first = fields.first, times.count > 1 || longest.map({ counts[$0] > 1 }) ?? false
    else {
      throw PaperCubeError(
        description: "dataset \(dataset), variable \(variable.name): there is one slice only, so "
          + "there is no cube to fold. Remove 'paper-cube'")
    }
    if times.count > 1, let axis = variable.time {
      slices = fields.filter { $0.extras == first.extras }
      labels = slices.map { field in field.time.map { Self.short(axis.labels[$0]) } ?? "" }
      leadTitle = "Time"
      standing = Self.standing(upright: 0, variable: variable)
    } else {
      let number = longest ?? 0
      let axis = variable.extras[number]
      slices = fields.filter { field in
        field.time == first.time
          && field.extras.indices.allSatisfy {
            $0 == number || field.extras[$0] == first.extras[$0]
          }
      }
      let unit = axis.units.map { " " + UnitText.pretty($0) } ?? ""
      labels = slices.map { axis.labels[$0.extras[number]] + unit }
      leadTitle = axis.longName ?? axis.name
      standing = Self.standing(upright: Self.upright(axis), variable: variable)
    }
  }

  /// The key of the sheet as SVG.
  public var path: String { "datasets/\(dataset)/paper-cube/\(key).svg" }

  /// The key of the sheet as PDF.
  public var pdfPath: String { "datasets/\(dataset)/paper-cube/\(key).pdf" }

  /// Of how many slices one is drawn: a power of two, so that it stays as times are added.
  var stride: Int {
    var stride = 1
    while slices.count / stride > Self.mostSlices { stride *= 2 }
    return stride
  }

  /// How often rows and columns are halved for the maps.
  var halvings: Int {
    var (side, halvings) = (max(variable.grid.rows, variable.grid.columns), 0)
    while side > Self.longestSide {
      side = (side + 1) / 2
      halvings += 1
    }
    return halvings
  }

  /// A time without what says nothing.
  private static func short(_ label: String) -> String {
    label.hasSuffix("T00:00:00Z") ? String(label.dropLast(10)) : label.replacing(":00Z", with: "Z")
  }

  /// Which way is up along a dimension, as the cube in the browser has it (Site/cube/open.js): 0
  /// where it does not stand upright.
  private static func upright(_ axis: LabelAxis) -> Int {
    let units = (axis.units ?? "").lowercased()
    if ["pa", "hpa", "kpa", "mbar", "mb", "millibar", "millibars", "bar", "dbar"].contains(units) {
      return -1
    }
    guard ["m", "km", "metre", "metres", "meter", "meters", "feet", "ft"].contains(units) else {
      return 0
    }
    let name = (axis.name + " " + (axis.longName ?? "")).lowercased()
    return name.contains("depth") ? -1 : 1
  }

  private static func standing(upright: Int, variable: Variable) -> Standing {
    let grid = variable.grid
    let rowsRise: Bool
    let columnsRise: Bool
    if case .rectilinear(let x, let y) = grid.geometry {
      rowsRise = (y.values.last ?? 0) > (y.values.first ?? 0)
      columnsRise = (x.values.last ?? 0) > (x.values.first ?? 0)
    } else {
      let middle = grid.columns / 2
      rowsRise =
        grid.cellCentre(row: grid.rows - 1, column: middle).latitude
        > grid.cellCentre(row: 0, column: middle).latitude
      columnsRise = true
    }
    // A map that lies flat has north away from the viewer.
    return upright == 0
      ? Standing(world: [2, 1, 0], rises: [true, rowsRise, columnsRise])
      : Standing(world: [1, 2, 0], rises: [upright > 0, !rowsRise, columnsRise])
  }
}

/// Why there is no cube of paper.
public struct PaperCubeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The whole message.
  public let description: String
}
