import ArgumentParser
import Foundation

/// Hands over to the server for private cubes, a program of its own.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve what a team keeps private (cubepress-server).",
    discussion: """
      Starts cubepress-server, which lies beside this program or on the PATH, with the same options:

        cubepress serve --data /srv/cubes --port 8080

      cubepress-server --help explains them. To look at a public site, use cubepress preview.
      """)

  @Argument(parsing: .captureForPassthrough, help: "The options of cubepress-server.")
  var options: [String] = []

  func run() throws {
    let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("cubepress-server").path
    let arguments = ["cubepress-server", "serve"] + options
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    // On success neither of the two returns.
    execv(beside, &pointers)
    execvp("cubepress-server", &pointers)
    throw CommandError(
      description: "cubepress-server is neither beside this program nor on the PATH. "
        + "Build it with swift build -c release --product cubepress-server")
  }
}
