import ArgumentParser
import Buckets
import Cubes
import Recipes

/// The options by which commands name a cube and say how to read it.
struct SourceOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A NetCDF or GeoTIFF file, a Zarr store (folder or .zip), an address of one (http, https, s3), or "
        + "several files of one cube.",
      valueName: "source"),
    completion: .file())
  var sources: [String]

  @Option(
    help: ArgumentHelp(
      "The CRS of a projected grid whose file names none, such as EPSG:3031.", valueName: "crs"))
  var crs: String?

  @Option(help: ArgumentHelp("The variable that holds the time.", valueName: "name"))
  var timeVariable: String?

  @Option(
    help: ArgumentHelp(
      "How names of files tell the time of what has none, such as dem_%Y-%m.tif.",
      valueName: "pattern"),
    transform: { try NameTimePattern($0) })
  var timeFromName: NameTimePattern?

  @Option(help: ArgumentHelp("The dimension along which files are joined.", valueName: "name"))
  var join: String?

  @OptionGroup var access: AccessOptions

  func open() throws(CubeError) -> Cube {
    try Cube.open(
      sources,
      options: CubeOptions(
        joinDimension: join, crs: crs, timeVariable: timeVariable, timeFromName: timeFromName,
        bucket: access.bucket),
      access: SourceAccess(spool: access.spool()))
  }
}

/// How sources on servers are reached.
struct AccessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server of buckets that sources are in, for others than AWS; also AWS_ENDPOINT_URL_S3.",
      valueName: "url"))
  var sourceEndpoint: String?

  @Option(help: ArgumentHelp("The region of buckets that sources are in.", valueName: "name"))
  var sourceRegion: String?

  @Option(help: ArgumentHelp("The profile in ~/.aws for sources.", valueName: "name"))
  var sourceProfile: String?

  @Flag(
    help: "Ask for sources in buckets without credentials; done anyway where there are none.")
  var anonymous = false

  @Option(
    help: ArgumentHelp(
      "How much room copies of NetCDF and GeoTIFF files from servers may take, in the folder TMPDIR.",
      valueName: "size"))
  var spool = ByteCount(Spool.usualLimit)

  var bucket: BucketAccess {
    BucketAccess(
      endpoint: sourceEndpoint, region: sourceRegion, profile: sourceProfile,
      isAnonymous: anonymous)
  }

  /// A recipe that says how sources are reached, as far as these options say it.
  func applied(to recipe: Recipe) -> Recipe {
    var recipe = recipe
    for index in recipe.datasets.indices {
      let named = recipe.datasets[index].options.bucket
      recipe.datasets[index].options.bucket = bucket.or(named)
    }
    return recipe
  }

  /// Room for copies of files in a folder; in the system's for temporary files without one.
  func spool(in folder: String? = nil) -> Spool { Spool(limit: spool.bytes, folder: folder) }
}

extension BucketAccess {
  /// This, and what it does not say as another says it.
  func or(_ other: BucketAccess) -> BucketAccess {
    BucketAccess(
      endpoint: endpoint ?? other.endpoint, region: region ?? other.region,
      profile: profile ?? other.profile, style: style ?? other.style,
      isAnonymous: isAnonymous || other.isAnonymous)
  }
}
