import ArgumentParser
import Buckets
import Foundation
import JSON
import Publishing
import Recipes
import Stores

/// `cubepress nightly`: from changed sources to a published site, without anybody watching.
struct NightlyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract: "Bring a published site up to date: build what changed, publish, prune, report.",
    discussion: """
      Looks at the sources of a recipe, makes what is new or changed (also when the recipe or the
      program changed), publishes it and deletes what has been gone for longer than the time of
      grace. One new time step costs one time step. A dataset that fails keeps what was published
      of it, the others are published, and the exit code is 1. Where everything is up to date
      nothing is written.

        cubepress nightly site.yaml
        cubepress nightly site.yaml --to s3://cubes/ocean --grace 14d --json

      The recipe says where the site goes:

        publish:
          to: s3://cubes/ocean
          endpoint: https://s3.example.org
          grace: 7d

      What a run must remember is kept in the folder of the site, and a copy of it in the target
      (_release/work/). So it may start in an empty folder, as in a container: it then makes only
      what is new, and does not fetch the site. For that the folder holds only what was made there.
      Of two runs at once for one target the second ends at once with an error.

      Exit codes: 0 done, 1 something failed (what was published before stays), 2 the command or
      the recipe is wrong.
      """)

  @Argument(help: "The recipe (.yaml, .yml).", completion: .file())
  var recipe: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the site; made where it is missing, best kept between runs.",
      valueName: "folder"),
    completion: .directory)
  var output = "_site"

  @Option(
    help: ArgumentHelp(
      "The address where the site will be published; goes before the recipe's.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "s3://bucket/prefix, or a folder; goes before the recipe's.", valueName: "target"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "How long objects stay that are in no release any more; 7d where neither this nor the "
        + "recipe says it.", valueName: "time"),
    transform: TimeSpan.argument)
  var grace: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "How many releases one can go back to; 10 where neither this nor the recipe says it.",
      valueName: "n"))
  var keep: Int?

  @Flag(help: "Do not wait for the claim of another run that has stopped.")
  var takeOver = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var target: TargetOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var watch: MetricsOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    guard keep ?? 1 >= 1 else { throw ValidationError("--keep must be at least 1.") }
  }

  private func loadRecipe() throws -> Recipe {
    var recipe = try Recipe.loadOrExit(self.recipe)
    if let baseURL { recipe.site.baseURL = baseURL }
    return recipe
  }

  func run() throws {
    let recipe = try loadRecipe()
    guard let location = to ?? recipe.publish?.target else {
      throw ValidationError("Say where the site goes: --to, or publish: {to: …} in the recipe.")
    }
    try watch.record("nightly", site: location) { metrics in
      try run(recipe, to: location, &metrics)
    }
  }

  private func run(_ recipe: Recipe, to location: String, _ metrics: inout Metrics) throws {
    let named = to == nil ? recipe.publish?.bucket ?? BucketAccess() : BucketAccess()
    let run = NightlyRun(
      recipe: recipe, folder: try BuildSession.claim(output, for: .nightly),
      target: try target.open(location, or: named), options: work,
      grace: grace ?? recipe.publish?.grace ?? TimeSpan(seconds: 7 * 86_400),
      kept: keep ?? recipe.publish?.keep ?? 10, takesOver: takeOver, progress: talk.progress)
    let report = try run.run()
    report.build.measure(&metrics)
    report.published?.measureSending(&metrics)
    if json {
      print(report.json.serialized(pretty: true))
    } else if !talk.quiet || !report.build.failures.isEmpty {
      print(report.text, terminator: "")
    }
    if !report.build.failures.isEmpty { throw ExitCode(1) }
  }
}
