public import LiveCubes
internal import Workspaces

/// How a server runs: where its data lies, where it listens, and its limits.
public struct ServerSettings: Sendable {
  /// The folder that holds everything: the database and the teams' files.
  public var dataFolder: String
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// 0 lets the system choose a free one.
  public var port = 8080
  /// The address under which browsers reach the server, without a slash at the end.
  ///
  /// Behind nginx, that of nginx. With `https` cookies are marked so that they never go over plain HTTP.
  public var baseURL: String
  /// The origins whose pages may use the server with a token; none without.
  public var allowedOrigins: [WebOrigin] = []
  /// The folder of the templates.
  public var templatesFolder: String
  /// The folder of the browser files.
  public var siteFolder: String
  /// The identity provider of the institute; without one, local accounts are all there is.
  public var identityProvider: IdentityProviderSettings?

  /// How long a session in the browser lasts, in seconds.
  public var sessionLifetime: Int64 = 12 * 3600
  /// How long an invitation can be used, in seconds.
  public var invitationLifetime: Int64 = 3 * 86_400
  /// The largest body of a form or document, in bytes; uploads have a limit of their own.
  public var largestBody = 1 << 20
  /// The largest GeoJSON document that is taken, in bytes.
  public var largestPlaces = 16 << 20
  /// How much a team may keep where nothing else was decided for it, in bytes.
  public var teamQuota: Int64 = 100 << 30
  /// For how many days entries of the log are kept.
  public var logDays = 400
  /// The path of the program `cubepress`; `nil` for the one beside the running program.
  public var program: String?
  /// How long a connection may be idle, and the next part of a body may take, in seconds.
  public var patience: Int64 = 30
  /// How many requests are worked on at once; further ones are told to come again.
  public var concurrentRequests = 256
  /// Where cubes of teams may lie beside the team's folder `cubes`.
  public var cubeRoots: [CubeRoot] = []
  /// The files of xcube's viewer, to be served beside each team's API; none without.
  public var viewerFolder: String?
  /// How much an answer that is computed may need.
  public var liveLimits = LiveLimits()

  /// Sets what has no default.
  public init(
    dataFolder: String, baseURL: String, templatesFolder: String, siteFolder: String
  ) {
    self.dataFolder = dataFolder
    self.baseURL = baseURL
    self.templatesFolder = templatesFolder
    self.siteFolder = siteFolder
  }

  var workspace: WorkspaceSettings {
    var workspace = WorkspaceSettings(dataFolder: dataFolder, program: program)
    workspace.teamQuota = teamQuota
    workspace.logLifetime = Int64(logDays) * 86_400
    return workspace
  }

  var isSecure: Bool { baseURL.hasPrefix("https://") }
  var databasePath: String { dataFolder + "/cubepress.sqlite" }

  /// The site of a team, laid out like a public one; the name must be an id.
  func siteFolder(ofTeam team: String) -> String { "\(dataFolder)/teams/\(team)/site" }
}

/// An OpenID Connect provider (OpenID Connect Core 1.0) and what it knows of us.
public struct IdentityProviderSettings: Sendable {
  /// What the sign-in page calls it.
  public var title: String
  /// Its issuer identifier; `/.well-known/openid-configuration` below it says the rest.
  public var issuer: String
  /// As whom the provider knows us.
  public var clientID: String
  /// `nil` for a public client, which PKCE alone protects.
  public var clientSecret: String?

  /// Describes a provider.
  public init(title: String, issuer: String, clientID: String, clientSecret: String?) {
    self.title = title
    self.issuer = issuer
    self.clientID = clientID
    self.clientSecret = clientSecret
  }
}
