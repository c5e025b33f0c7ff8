import ArgumentParser
import Foundation
import JSON
import Pages
import Recipes
import Stores

/// `cubepress cost`: what a site will take in a bucket.
struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Estimate the objects, bytes and monthly price of a site.",
    discussion: """
      Builds the site in a temporary folder with up to three times of every variable (and up to three
      positions along each further dimension), measures it, and tells from it what all fields will
      take. Prices stand in the recipe:

        prices:
          currency: USD
          storage: 0.023          # a GB and month
          writes: 0.005           # a thousand objects stored
          reads: 0.0004           # a thousand GET requests
          transfer: 0.09          # a GB sent to readers
          monthly-reads: 1000000

        cubepress cost site.yaml
        cubepress cost site.yaml --html cost.html
      """)

  @OptionGroup var source: RecipeOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp("Write a page that needs no other file.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @OptionGroup var options: WorkOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    let recipe = try source.recipe()
    let scratch = try TargetOptions.scratch()
    defer { scratch.remove() }
    let estimate = try BuildSession(
      .estimate, recipe: recipe, output: scratch.folder.path, options: options,
      progress: talk.progress
    ).estimate()
    let report = CostReport(estimate: estimate)
    if let html {
      let page = try report.page(site: recipe.site, share: try SharedFiles.find(options.share))
      do {
        try Data(page).write(to: URL(fileURLWithPath: html), options: .atomic)
      } catch {
        throw CommandError(description: "cannot write \(html): \(error.localizedDescription)")
      }
    }
    if json {
      print(report.json.serialized(pretty: true))
    } else if html == nil {
      print(report.text, terminator: "")
    } else if !talk.quiet {
      print("Wrote \(html ?? "")")
    }
  }
}
