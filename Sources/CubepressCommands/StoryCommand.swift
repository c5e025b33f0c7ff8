import ArgumentParser
import Catalogue
import FileServing
import Foundation
import Pages
import Recipes
import Stories

/// `cubepress story`: one notebook or book, for a quick look.
struct StoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "story",
    abstract: "Show a notebook, a Markdown text or a book as its page will be.",
    discussion: """
      Nothing of the notebook is run: its outputs are shown as they are in the file. Live maps need
      a site, so here a line stands for each; a build shows them.

        cubepress story analysis.ipynb             looks at it on http://127.0.0.1:8000/
        cubepress story book/ -o look/             writes the pages into a new folder
        cubepress build site.yaml -o site/         makes it part of a site (key 'stories')

      A book is a folder with book.yml (or myst.yml, or Jupyter Book's _toc.yml and _config.yml);
      without one, all its pages in the order of their names.
      """)

  @Argument(help: "A notebook (.ipynb), a text in Markdown (.md) or the folder of a book.")
  var source: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the pages instead of serving them.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(help: "The port to serve on; 0 takes any that is free.")
  var port: UInt16 = 8000

  @Option(
    help: ArgumentHelp(
      "The folder that holds Templates and Site, where they are not found by themselves.",
      valueName: "folder"),
    completion: .directory)
  var share: String?

  func run() async throws {
    let share = try SharedFiles.find(share)
    // Live maps and charts need a site: their libraries are not read.
    let assets = try SiteAssets.load(
      folder: share.site, libraries: ["katex"],
      without: ["maplibre-gl.js", "maplibre-gl.css", "uplot.js", "uplot.css"])
    let id = Identifier.proposal(
      for: URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent)
    let frame = try Catalogue.frame(site: SiteRecipe(title: "Stories"), assets: assets)
    let made = try Stories.render(
      [StoryRecipe(id: id, source: source)],
      site: StorySite(datasets: nil, hasCubePage: true) { _ in
        false
      } series: { _, _, _, _ in
        .away
      },
      // There is no site around it to which a header could lead.
      frame: { frame($0, $1, $2).merging(["alone": .flag(true)]) { own, _ in own } },
      templates: try PageTemplates.load(folder: share.templates, only: Stories.templates),
      assets: assets)
    for note in made.notes { FileHandle.standardError.write(Data("note: \(note)\n".utf8)) }
    let files = assets.without(Set(["katex", "plotly.js"]).subtracting(made.libraries))
      .merging(made.files) { _, page in page }
    let folder =
      output
      ?? FileManager.default.temporaryDirectory.appendingPathComponent(
        "cubepress-story-\(ProcessInfo.processInfo.processIdentifier)"
      ).path
    try write(files, to: folder)
    let page = "stories/\(id)/index.html"
    guard output == nil else {
      print("Wrote \(folder)/\(page)")
      return
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try PreviewServer(
      site: try SiteFiles(path: folder), address: .init(host: "127.0.0.1", port: port))
    try await server.run { address in
      print("\(source) is at http://\(address.host):\(address.port)/\(page)")
      print("Stop with Ctrl-C.")
      fflush(nil)
    }
  }

  private func write(_ files: [String: [UInt8]], to folder: String) throws {
    let manager = FileManager.default
    if let there = try? manager.contentsOfDirectory(atPath: folder), !there.isEmpty,
      !there.contains("stories")
    {
      throw CommandError.notASite(folder)
    }
    for (key, bytes) in files {
      let file = URL(fileURLWithPath: "\(folder)/\(key)")
      do {
        try manager.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
      } catch {
        throw CommandError(description: "cannot write \(file.path): \(error.localizedDescription)")
      }
    }
  }
}
