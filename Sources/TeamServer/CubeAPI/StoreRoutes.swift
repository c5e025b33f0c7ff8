internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import LiveCubes

/// Cubes as they are stored, for programs that read Zarr: `/s3/datasets/{id}.zarr/{key}`.
///
/// With ranges and entity tags, which xcube's server lacks. A cube that is one folder of Zarr is served;
/// NetCDF files and what lies in a bucket are not.
struct StoreRoutes: Sendable {
  let cubes: TeamCubes
  private let files = FileAnswers()

  init(cubes: TeamCubes) { self.cubes = cubes }

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("s3/datasets/:store/**", use: object)
    router.head("s3/datasets/:store/**", use: object)
  }

  private static let documents: Set = [".zarray", ".zattrs", ".zgroup", ".zmetadata"]

  @Sendable private func object(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let store = try asked.path("store")
    guard store.hasSuffix(".zarr") else { throw HTTPError(.notFound) }
    let source = try await cubes.source(
      String(store.dropLast(".zarr".count)), ofTeam: asked.team, for: asked.principal)
    guard let folder = source.locations.first, source.locations.count == 1,
      !folder.contains("://"), let key = Self.key(context.parameters.getCatchAll())
    else { throw HTTPError(.notFound) }
    return try await files.answer(request, key: key, site: folder)
  }

  /// As the keys of a site, but for the hidden names that Zarr 2 gives its documents.
  private static func key(_ segments: [Substring]) -> String? {
    guard let last = segments.last, documents.contains(String(last)) else {
      return TeamSiteRoutes.key(segments)
    }
    if segments.count == 1 { return String(last) }
    return TeamSiteRoutes.key(segments.dropLast()).map { "\($0)/\(last)" }
  }
}
