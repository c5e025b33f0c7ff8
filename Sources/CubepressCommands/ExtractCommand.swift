import ArgumentParser
import Cubes
import Grids

/// `cubepress extract`: decoded values of one cell as CSV, to compare with what other programs read.
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Print the values of one place as CSV.",
    discussion: """
      Takes the grid cell that holds the place; nothing is interpolated. Missing values are empty.

        cubepress extract sst.nc --variable analysed_sst --at=-30.5,12
        cubepress extract uvz.nc --variable u --at=10,50 --select level=500
      """)

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("The variable.", valueName: "name"))
  var variable: String

  @Option(help: ArgumentHelp("The place in degrees.", valueName: "lon,lat"))
  var at: Place

  @Option(
    help: ArgumentHelp(
      "Only this time, such as 2017-06-05 or 2017-06-05T12:00:00Z.", valueName: "time"))
  var time: String?

  @Option(
    help: ArgumentHelp(
      "Only this place on another dimension; may be repeated.", valueName: "dimension=label"))
  var select: [String] = []

  func run() throws {
    let cube = try source.open()
    guard let variable = cube.variable(named: variable) else {
      throw CommandError.unknownVariable(
        variable, source: cube.location, known: cube.variables.map(\.name))
    }
    guard let cell = variable.grid.cell(longitude: at.longitude, latitude: at.latitude) else {
      throw CommandError.outsideGrid(at, variable: variable)
    }
    let centre = variable.grid.cellCentre(row: cell.row, column: cell.column)
    let fields = try selectedFields(of: variable)
    let heads =
      (variable.time == nil ? [] : ["time"]) + variable.extras.map(\.name)
      + ["longitude", "latitude", "row", "column", variable.name]
    print(heads.map(Self.quoted).joined(separator: ","))
    for (time, extras) in fields {
      let value = try variable.readDoubles(
        time: time, extras: extras, rows: cell.row..<cell.row + 1,
        columns: cell.column..<cell.column + 1
      ).first
      var row: [String] = []
      if let axis = variable.time, let time { row.append(axis.times[time].iso) }
      row += zip(variable.extras, extras).map { Self.quoted($0.labels[$1]) }
      row += ["\(centre.longitude)", "\(centre.latitude)", "\(cell.row)", "\(cell.column)"]
      row.append(value.map { $0.isNaN ? "" : "\($0)" } ?? "")
      print(row.joined(separator: ","))
    }
  }

  private func selectedFields(of variable: Variable) throws -> [(time: Int?, extras: [Int])] {
    var times: [Int?] = [nil]
    if let axis = variable.time {
      times = Array(0..<axis.count)
      if let time {
        guard let index = axis.index(matching: time) else {
          throw CommandError.unknownTime(time, axis: axis)
        }
        times = [index]
      }
    }
    var chosen = try Selections(select)
    let extras = try variable.extras.map { try chosen.indices(on: $0) }
    try chosen.checkAllUsed(by: variable)
    return times.flatMap { time in combinations(of: extras).map { (time, $0) } }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

/// Every way to take one element of each list, the last list varying fastest.
func combinations(of lists: [[Int]]) -> [[Int]] {
  lists.reduce([[]]) { combinations, list in
    combinations.flatMap { combination in list.map { combination + [$0] } }
  }
}

/// A place given as `lon,lat` in degrees.
struct Place: ExpressibleByArgument, CustomStringConvertible {
  let longitude: Double
  let latitude: Double

  init?(argument: String) {
    let parts = argument.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    guard parts.count == 2, let longitude = Double(parts[0]), let latitude = Double(parts[1]),
      longitude.isFinite, (-90...90).contains(latitude)
    else { return nil }
    self.longitude = longitude
    self.latitude = latitude
  }

  var description: String { "\(longitude),\(latitude)" }
}

/// What `--select dimension=label` chooses.
struct Selections {
  private var labels: [String: [String]] = [:]
  private var unused: Set<String> = []

  init(_ texts: [String]) throws {
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--select \(text): write dimension=label, such as depth=10.")
      }
      labels[parts[0], default: []].append(parts[1])
      unused.insert(parts[0])
    }
  }

  mutating func indices(on axis: LabelAxis) throws -> [Int] {
    unused.remove(axis.name)
    guard let wanted = labels[axis.name] else { return Array(axis.labels.indices) }
    return try wanted.map { label in
      guard let index = axis.index(matching: label) else {
        throw ValidationError(
          "--select \(axis.name)=\(label): there is no such label; there are "
            + axis.labels.prefix(20).joined(separator: ", ") + ".")
      }
      return index
    }
  }

  func checkAllUsed(by variable: Variable) throws {
    guard let name = unused.sorted().first else { return }
    let known = variable.extras.map(\.name).joined(separator: ", ")
    throw ValidationError(
      "--select \(name)=…: variable \(variable.name) has no such dimension"
        + (known.isEmpty ? "." : "; it has \(known)."))
  }
}
