import ArgumentParser
import FileServing
import Glibc
import Stores

/// `cubepress preview`: shows a site in a browser as a bucket would serve it.
struct PreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Serve a site on this machine.",
    discussion: """
      Answers as a bucket that serves websites does: range requests, media types, use from other
      sites (CORS), entity tags. Folders are not listed. Stop it with Ctrl-C.

        cubepress preview site/
        cubepress preview site/ --port 0
        cubepress preview site/ --host 0.0.0.0    (other machines can see it)
      """)

  @Argument(help: "The folder of the site.")
  var folder: String

  @Option(help: "The port; 0 takes any that is free.")
  var port: UInt16 = 8000

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  func run() async throws {
    let site = try SiteFiles(path: folder)
    let host = host == "localhost" ? "127.0.0.1" : host
    let server = try PreviewServer(site: site, address: .init(host: host, port: port))
    let folder = folder
    try await server.run { address in
      let isEverywhere = ["0.0.0.0", "::"].contains(address.host)
      let name = address.host.contains(":") ? "[\(address.host)]" : address.host
      print("\(folder) is at http://\(isEverywhere ? "localhost" : name):\(address.port)/")
      if isEverywhere { print("Other machines can see it at this machine's address.") }
      print("Stop with Ctrl-C.")
      // Whoever started it may read the address through a pipe.
      fflush(nil)
    }
  }
}
