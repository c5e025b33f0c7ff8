import ArgumentParser
import JSON
import Recipes
import Stores

/// `cubepress cost`: what a site will take in a bucket.
struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Estimate the objects, bytes and monthly price of a site.",
    discussion: """
      Makes up to three fields of every variable in a temporary folder, measures them, and tells from
      them what all fields will take. Prices stand in the recipe:

        prices:
          currency: USD
          storage: 0.023          # a GB and month
          writes: 0.005           # a thousand objects stored
          reads: 0.0004           # a thousand GET requests
          transfer: 0.09          # a GB sent to readers
          monthly-reads: 1000000

        cubepress cost site.yaml
      """)

  @OptionGroup var source: RecipeOptions

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: WorkOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    let recipe = try source.recipe()
    let scratch = try TargetOptions.scratch()
    defer { scratch.remove() }
    let estimate = try BuildSession(
      .plan, recipe: recipe, output: scratch.folder.path, options: options,
      progress: talk.progress
    ).estimate()
    if json {
      print(estimate.json.serialized(pretty: true))
    } else {
      print(estimate.text, terminator: "")
    }
  }
}
