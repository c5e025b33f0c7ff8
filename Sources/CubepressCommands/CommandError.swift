import Cubes
import Grids

/// Why a command cannot do what it was asked to.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  static func unknownVariable(_ name: String, source: String, known: [String]) -> CommandError {
    let list =
      known.isEmpty ? "it has no gridded variable" : "it has " + known.joined(separator: ", ")
    return CommandError(
      description: "\(source) has no gridded variable \(name); \(list). "
        + "cubepress inspect shows what was left out and why")
  }

  static func outsideGrid(_ place: Place, variable: Variable) -> CommandError {
    let bounds = variable.grid.geographicBounds
    return CommandError(
      description: "\(place) lies outside the grid of \(variable.name), which covers longitude "
        + "\(bounds.west) to \(bounds.east) and latitude \(bounds.south) to \(bounds.north)")
  }

  static func unknownTime(_ text: String, axis: TimeAxis) -> CommandError {
    let range = axis.times.first.map { "\($0.iso) to \(axis.times[axis.count - 1].iso)" } ?? "none"
    return CommandError(
      description: "there is no time \(text); there are \(axis.count) times, \(range)")
  }

  static func notASite(_ folder: String) -> CommandError {
    CommandError(
      description: "\(folder) holds files but no site made by cubepress: nothing was written. "
        + "Choose an empty or new folder")
  }
}
