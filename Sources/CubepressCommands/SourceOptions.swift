import ArgumentParser
import Cubes

/// The options by which commands name a cube and say how to read it.
struct SourceOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A NetCDF file, a Zarr store (folder, .zip or http address), or several files of one cube.",
      valueName: "source"),
    completion: .file())
  var sources: [String]

  @Option(
    help: ArgumentHelp(
      "The CRS of a projected grid whose file names none, such as EPSG:3031.", valueName: "crs"))
  var crs: String?

  @Option(help: ArgumentHelp("The variable that holds the time.", valueName: "name"))
  var timeVariable: String?

  @Option(help: ArgumentHelp("The dimension along which files are joined.", valueName: "name"))
  var join: String?

  func open() throws(CubeError) -> Cube {
    try Cube.open(
      sources,
      options: CubeOptions(joinDimension: join, crs: crs, timeVariable: timeVariable))
  }
}
