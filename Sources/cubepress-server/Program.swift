import ArgumentParser
import Foundation
import LiveCubes
import Pages
import TeamServer
import Teams
import Workspaces

@main
struct Program: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cubepress-server",
    abstract: "Serves what a team keeps private.",
    discussion: """
      One process and one data folder: the database cubepress.sqlite, and for each team a site laid out
      like a public one, DATA/teams/TEAM/site, which `cubepress build RECIPE -o` makes.

      When nobody can sign in yet, `serve` prints a link at which the administrator's password is set.
      """,
    subcommands: [Serve.self, BackUp.self, Restore.self, Invite.self, Register.self],
    defaultSubcommand: Serve.self)
}

/// Prints a line at once; `print` holds text back where a pipe or a journal reads it.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

struct DataOption: ParsableArguments {
  @Option(name: .customLong("data"), help: "The data folder; made where it is missing.")
  var folder: String
}

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Answers requests until it is stopped.")

  @OptionGroup var data: DataOption
  @Option(help: "The address to listen on; behind nginx leave it as it is.")
  var host = "127.0.0.1"
  @Option(help: "The port; 0 lets the system choose one.")
  var port = 8080
  @Option(
    help: "The address under which browsers reach the server, such as https://cubes.example.org.")
  var baseURL: String?
  @Option(
    name: .customLong("allow-origin"),
    help: ArgumentHelp(
      "An origin whose pages may use the server with a token, such as https://maps.example.org; can be repeated.",
      valueName: "url"))
  var allowedOrigins: [String] = []
  @Option(help: "How many GB a team may keep where nothing else was decided for it.")
  var teamQuota = 100.0
  @Option(help: "For how many days the log of what was done is kept.")
  var logDays = 400
  @OptionGroup(title: "Identity provider") var provider: ProviderOptions
  @OptionGroup(title: "Cubes that are read where they lie") var cubes: CubeOptions
  @Option(help: "The folder that holds Templates and Site; found by itself in most cases.")
  var share: String?

  func run() async throws {
    let shared = try SharedFiles.find(share)
    var settings = ServerSettings(
      dataFolder: data.folder, baseURL: baseURL ?? "http://\(host):\(port)",
      templatesFolder: shared.templates, siteFolder: shared.site)
    settings.allowedOrigins = try allowedOrigins.map { text in
      guard let origin = WebOrigin(text) else {
        throw ValidationError(
          "--allow-origin \(text): write the scheme, the host and the port alone, such as https://maps.example.org"
        )
      }
      return origin
    }
    settings.identityProvider = try provider.settings()
    guard (0...1e6).contains(teamQuota) else {
      throw ValidationError("--team-quota is a number of GB, from 0 to a million")
    }
    settings.teamQuota = Int64(teamQuota * 1e9)
    guard (1...36_500).contains(logDays) else {
      throw ValidationError("--log-days is a number of days, from 1 to 36500 (a hundred years)")
    }
    settings.logDays = logDays
    settings.host = host
    settings.port = port
    try cubes.apply(to: &settings)
    let server = try TeamServer(settings)
    if let link = try await server.firstInvitation() {
      say("Nobody can sign in yet. Set the administrator's password at\n  \(link)")
    }
    try await server.run { port in
      say("Serving \(data.folder) on http://\(host):\(port)/")
    }
  }
}

/// Where cubes lie that are read when they are asked for, and how much that may need.
struct CubeOptions: ParsableArguments {
  @Option(
    name: .customLong("cube-root"),
    help: ArgumentHelp(
      "A place below which cubes of a team may lie, beside DATA/teams/TEAM/cubes; can be repeated.",
      valueName: "TEAM/NAME=FOLDER or TEAM/NAME=s3://BUCKET/PREFIX"))
  var roots: [String] = []
  @Option(help: "Memory for fields that were read, in MB.")
  var cache = 512
  @Option(help: "How many tiles and series are computed at once.")
  var workers = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Seconds after which an answer that is still not computed is given up.")
  var patience = 30
  @Option(
    help: "The folder with the files of xcube's viewer, served below /teams/TEAM/api/viewer/.")
  var xcubeViewer: String?

  func apply(to settings: inout ServerSettings) throws {
    settings.cubeRoots = try roots.map { text in
      guard let root = CubeRoot(text) else {
        throw ValidationError(
          "--cube-root \(text): write TEAM/NAME=/folder or TEAM/NAME=s3://bucket/prefix")
      }
      return root
    }
    guard cache > 0, workers > 0, patience > 0 else {
      throw ValidationError("--cache, --workers and --patience must be above 0")
    }
    settings.liveLimits.fieldBytes = cache << 20
    settings.liveLimits.workers = workers
    settings.liveLimits.time = .seconds(patience)
    settings.viewerFolder = xcubeViewer
  }
}

/// Where people of an institute sign in.
struct ProviderOptions: ParsableArguments {
  @Option(
    name: .customLong("provider-issuer"),
    help:
      "The issuer of an OpenID Connect provider, such as https://id.example.org/realms/institute.")
  var issuer: String?
  @Option(name: .customLong("provider-client"), help: "As whom the provider knows this server.")
  var client: String?
  @Option(
    name: .customLong("provider-secret-file"),
    help: "A file with the client's secret; without it the server is a public client.")
  var secretFile: String?
  @Option(name: .customLong("provider-title"), help: "What the sign-in page calls the provider.")
  var title = "your institute"

  func settings() throws -> IdentityProviderSettings? {
    guard let issuer else { return nil }
    guard let client else {
      throw ValidationError(
        "--provider-issuer needs --provider-client, the client's identifier there")
    }
    let secret = try secretFile.map {
      try String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(
        in: .whitespacesAndNewlines)
    }
    return IdentityProviderSettings(
      title: title, issuer: issuer,
      clientID: client, clientSecret: secret)
  }
}

struct BackUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract:
      "Copies the database, datasets and files into a new folder, while the server goes on.",
    discussion: """
      On the same file system the copy takes little room of its own. Built sites of teams are left out: \
      cubepress build makes them again.
      """)

  @OptionGroup var data: DataOption
  @Argument(help: "The folder to write; it must not exist yet.")
  var folder: String

  func run() async throws {
    try await Backup.write(data.folder, to: folder)
  }
}

struct Restore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a data folder of a backup, and looks whether everything in it is whole.")

  @OptionGroup var data: DataOption
  @Argument(help: "The folder of the backup.")
  var folder: String

  func run() async throws {
    try await Backup.restore(folder, to: data.folder)
  }
}

struct Invite: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Prints a link at which a user sets a new password, such as an administrator who forgot theirs."
  )

  @OptionGroup var data: DataOption
  @Argument(help: "The user's name.")
  var user: String
  @Option(help: "The address under which browsers reach the server.")
  var baseURL = "http://127.0.0.1:8080"

  func run() async throws {
    let database = try TeamDatabase(path: data.folder + "/cubepress.sqlite")
    guard let found = try await database.user(named: user) else { throw TeamsError.noUser(user) }
    let now = Int64(Date.now.timeIntervalSince1970)
    print(baseURL + "/invitation/" + (try await database.invite(found, lasting: 86_400, now: now)))
  }
}

struct Register: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Lets a team's cube be read where it lies, without building anything from it.",
    discussion: """
      PATH is the name of a root and a path below it: cubes/sst.zarr is DATA/teams/TEAM/cubes/sst.zarr;
      further roots are named by `serve --cube-root`. It may be a Zarr store, a NetCDF file, or a folder
      of NetCDF files that are joined along time. A server that runs sees the change within a second.
      """)

  @OptionGroup var data: DataOption
  @Argument(help: "The team.")
  var team: String
  @Argument(help: "The id of the dataset.")
  var dataset: String
  @Argument(help: "Where it lies; without it the dataset is forgotten, and its files stay.")
  var path: String?
  @Option(help: "What people call it; without it the title of the cube.")
  var title = ""

  func run() async throws {
    let database = try TeamDatabase(path: data.folder + "/cubepress.sqlite")
    guard let found = try await database.team(named: team) else { throw TeamsError.noTeam(team) }
    if let path {
      try await database.setCubeSource(
        try CubeSource(dataset: dataset, title: title, path: path), of: found)
    } else {
      try await database.removeCubeSource(dataset, of: found)
    }
  }
}
