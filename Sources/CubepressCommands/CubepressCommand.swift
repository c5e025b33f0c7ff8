public import ArgumentParser

/// The program `cubepress`: every subcommand is a type of its own.
public struct CubepressCommand: AsyncParsableCommand {
  /// The words and subcommands of the program.
  public static let configuration = CommandConfiguration(
    commandName: "cubepress",
    abstract: "Publishes Earth-system data cubes as plain files.",
    discussion: """
      Cubepress reads NetCDF, Zarr and GeoTIFF cubes and makes a website and map services from them
      that are nothing but files: image tiles with WMTS capabilities for QGIS, legends, and pages.

      A first site from one file:

        cubepress inspect sst.nc
        cubepress build sst.nc -o site/
        cubepress preview site/

      A site of several cubes is described in a recipe (YAML): cubepress build site.yaml -o site/
      """,
    version: "0.1.0",
    subcommands: [
      InspectCommand.self, BuildCommand.self, PlanCommand.self, WorkCommand.self,
      SealCommand.self, CostCommand.self, PreviewCommand.self, CheckCommand.self,
      StylesCommand.self, ExtractCommand.self, StoryCommand.self, PublishCommand.self,
      ReleasesCommand.self,
      DiffCommand.self, RollbackCommand.self, PruneCommand.self, BucketCommand.self,
      NightlyCommand.self, ServeCommand.self,
    ])

  /// Makes the command.
  public init() {}
}
