import ArgumentParser
import Cubes
import JSON

/// `cubepress inspect`: what is in a cube, how it will be read, and what is odd about it.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a cube and how it will be read.",
    discussion: """
      Lists the gridded variables with their grid, times and other dimensions, what is left out and
      why, and everything odd that was found.

        cubepress inspect sst.nc
        cubepress inspect 'daily/*.nc' --stats
        cubepress inspect https://example.org/cube.zarr --json
        cubepress inspect 's3://bucket/daily/*.nc' --source-endpoint https://s3.example.org
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Read all values: count, missing, minimum, maximum and mean of each variable.")
  var stats = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let cube = try source.open()
    let statistics = try stats ? cube.variables.map { try $0.statistics() } : nil
    let description = CubeDescription(cube: cube, statistics: statistics)
    print(json ? description.json.serialized(pretty: true) : description.text, terminator: "")
  }
}
