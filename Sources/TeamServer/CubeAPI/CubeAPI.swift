internal import Hummingbird
internal import LiveCubes
internal import Teams

/// The API of a team's cubes below `/teams/<team>/api`, after the routes of xcube's server.
///
/// Everything needs the right to read the dataset, and what belongs to no dataset the right to read one
/// of the team; without it everything answers as if it did not exist.
struct CubeAPI: Sendable {
  let database: TeamDatabase
  let settings: ServerSettings
  let live: LiveCubes
  let places: any PlaceStore

  func add(to router: Router<TeamRequestContext>) {
    let group = router.group("teams/:team/api").add(middleware: APIErrors())
    let cubes = TeamCubes(database: database, settings: settings, live: live)
    DatasetRoutes(cubes: cubes, baseURL: settings.baseURL, places: places).add(to: group)
    TileRoutes(cubes: cubes).add(to: group)
    AnalysisRoutes(cubes: cubes, largestBody: settings.largestBody).add(to: group)
    PlaceRoutes(cubes: cubes, places: places).add(to: group)
    let maps = WMTSRoutes(cubes: cubes, baseURL: settings.baseURL)
    maps.add(to: group)
    KeyValueRoutes(cubes: cubes, maps: maps).add(to: group)
    BucketRoutes(cubes: cubes).add(to: group)
    ExpressionRoutes(cubes: cubes).add(to: group)
    ViewerRoutes(cubes: cubes, settings: settings).add(to: group)
  }
}
