internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import LiveCubes
internal import Logging
internal import NIOCore
internal import Pages
internal import Teams
internal import Workspaces

/// The server for what must not be public: one process, one data folder.
public struct TeamServer: Sendable {
  private let settings: ServerSettings
  private let database: TeamDatabase
  private let workspace: Workspace
  private let live: LiveCubes

  /// Opens, and where need be makes, the data folder.
  ///
  /// - Throws: ``TeamsError`` or a file system's error where it cannot be used.
  public init(_ settings: ServerSettings) throws {
    self.settings = settings
    try FileManager.default.createDirectory(
      atPath: settings.dataFolder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    database = try TeamDatabase(path: settings.databasePath)
    workspace = Workspace(database: database, settings: settings.workspace)
    live = LiveCubes(limits: settings.liveLimits)
  }

  /// The address at which the first administrator sets a password, where nobody can sign in yet.
  ///
  /// Adds the user `admin`; `nil` where there are users.
  public func firstInvitation() async throws -> String? {
    guard try await database.isEmpty() else { return nil }
    let user = try await database.addUser("admin", title: "Administrator", isAdministrator: true)
    let secret = try await database.invite(
      user, lasting: settings.invitationLifetime, now: secondsNow())
    return settings.baseURL + "/invitation/" + secret
  }

  /// Answers requests until SIGTERM or SIGINT; then takes no more and ends those under way.
  ///
  /// - Parameter whenListening: called once with the port.
  /// - Throws: where it cannot listen, or a template or browser file is missing.
  public func run(whenListening: @escaping @Sendable (Int) -> Void) async throws {
    try await workspace.takeUp(now: secondsNow())
    var logger = Logger(label: "cubepress-server")
    logger.logLevel = .info
    let application = Application(
      router: try router(),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [LeavingClient()],
          // Also of those who send half a request and no more.
          idleTimeout: .seconds(settings.patience))),
      configuration: .init(address: .hostname(settings.host, port: settings.port)),
      onServerRunning: { whenListening($0.localAddress?.port ?? 0) }, logger: logger)
    try await application.runService()
  }

  func router() throws -> Router<TeamRequestContext> {
    let assets = try SiteAssets.load(folder: settings.siteFolder)
    let own = try SiteAssets.load(folder: settings.siteFolder + "/workspace")
    let pages = try PageRenderer(
      templates: try PageTemplates.load(folder: settings.templatesFolder), assets: assets, own: own)
    let cookies = SessionCookies(isSecure: settings.isSecure, lifetime: settings.sessionLifetime)
    let metrics = Metrics()
    let router = Router(context: TeamRequestContext.self)
    if !settings.allowedOrigins.isEmpty {
      router.middlewares.add(CrossOrigin(settings.allowedOrigins))
    }
    router.middlewares.add(Answering())
    router.middlewares.add(ErrorAnswers(pages: pages))
    router.middlewares.add(Measuring(metrics: metrics, limit: settings.concurrentRequests))
    router.middlewares.add(
      BodyPatience(
        part: .seconds(settings.patience), whole: .seconds(settings.patience * 4)))
    router.middlewares.add(CrossSiteGuard(origin: settings.baseURL))
    router.middlewares.add(
      Authentication(database: database, cookies: cookies, origin: settings.baseURL))
    router.middlewares.add(ErrorAnswers(pages: pages))
    router.middlewares.add(WorkspaceErrors())
    OperationRoutes(
      database: database, metrics: metrics, storage: StorageMetrics(workspace: workspace),
      workspace: workspace
    ).add(to: router)
    AssetRoutes(assets: assets, own: own).add(to: router)
    let signIn = SignInRoutes(
      database: database, pages: pages, cookies: cookies, settings: settings)
    signIn.add(to: router)
    if let provider = settings.identityProvider {
      ProviderRoutes(
        database: database, provider: IdentityProvider(provider, baseURL: settings.baseURL),
        signIn: signIn, settings: settings
      ).add(to: router)
    }
    HomeRoutes(database: database, pages: pages, settings: settings, workspace: workspace)
      .add(to: router)
    TeamRoutes(database: database, pages: pages, settings: settings, workspace: workspace)
      .add(to: router)
    UploadRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    UploadedCubeRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    CollectionRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    FileRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    StoryRoutes(database: database, workspace: workspace, pages: pages).add(to: router)
    PublicationRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    MemberRoutes(database: database, workspace: workspace, pages: pages, settings: settings)
      .add(to: router)
    AdministrationRoutes(
      database: database, pages: pages, settings: settings, workspace: workspace
    ).add(to: router)
    TeamSiteRoutes(database: database, settings: settings).add(to: router)
    CubeAPI(
      database: database, settings: settings, live: live,
      places: TeamPlaces(
        site: SitePlaces(settings: settings), workspace: workspace, database: database)
    ).add(to: router)
    OpenAPIRoutes(settings: settings).add(to: router)
    return router
  }
}
