import ArgumentParser
import Foundation
import JSON
import Jobs
import Recipes
import Stores

/// `cubepress plan`: what is to be made, in units for several workers.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "List what is to be made, in units that do not depend on each other.",
    discussion: """
      Opens the sources, compares them with what is in the folder of the site, and lists the units
      that are not up to date. Nothing is made.

        cubepress plan site.yaml -o /shared/site --shards 8

      For a build on several machines: start these workers on a file system that they all see, as a
      Slurm array or a Kubernetes indexed Job (see Deploy/README.md), in any order and as often as
      you like, then seal once:

        cubepress work site.yaml -o /shared/site --shard 1/8      … to --shard 8/8
        cubepress seal site.yaml -o /shared/site

      What comes out is the same, byte for byte, as from cubepress build.
      """)

  @OptionGroup var source: RecipeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the site, to leave out what is made already.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(help: ArgumentHelp("Say which of so many workers makes each unit.", valueName: "n"))
  var shards: Int?

  @Flag(help: "Print JSON, with the units that are up to date too.")
  var json = false

  @OptionGroup var options: WorkOptions

  func validate() throws {
    guard (1...100_000).contains(shards ?? 1) else {
      throw ValidationError("--shards must be between 1 and 100000.")
    }
  }

  func run() throws {
    let recipe = try source.recipe()
    let scratch = try output == nil ? TargetOptions.scratch() : nil
    defer { scratch?.remove() }
    let plan = try BuildSession(
      .plan, recipe: recipe, output: output ?? scratch?.folder.path ?? "", options: options,
      progress: ProgressDisplay(style: .quiet)
    ).plan()
    if json {
      print(plan.json(shards: shards).serialized(pretty: true))
    } else {
      print(plan.text(shards: shards), terminator: "")
    }
  }
}

/// `cubepress work`: makes a share of the units.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work",
    abstract: "Make a share of a site, beside workers on other machines.",
    discussion: """
      Makes the units of one share that are not up to date, into the folder of the site, which all
      workers see. Workers may run at once, one after the other, again, or twice: a unit that is
      made already is not made again, and what a lost worker has not made is made when its share is
      run again. cubepress seal joins everything.

        cubepress work site.yaml -o /shared/site --shard 3/8

      Exit codes: 0 all of the share is made, 1 something failed, 2 the command or recipe is wrong.
      """)

  @OptionGroup var source: RecipeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the site, on a file system that all workers see.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Which share to make: 3/8 is the third of eight.", valueName: "i/n"),
    transform: share)
  var shard: Share

  @OptionGroup var options: WorkOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    let recipe = try source.recipe()
    // Somebody may just look whether everything is there to be sealed.
    let session = try Patience(seconds: 600).wait(interval: 2) {
      try BuildSession(
        .work(shard), recipe: recipe, output: output, options: options, progress: talk.progress)
    }
    let report = try session.work(shard)
    if !talk.quiet { print(report.text, terminator: "") }
    if !report.failures.isEmpty { throw ExitCode(1) }
  }

  @Sendable
  private static func share(_ text: String) throws -> Share {
    guard let share = Share(text) else {
      throw ValidationError("'\(text)' is not a share: write 3/8 for the third of eight.")
    }
    return share
  }
}

/// `cubepress seal`: makes a release of what workers have made.
struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Join and check what workers have made, and make it a release.",
    discussion: """
      Checks that every unit is there, that its files have the hashes that its worker noted, and
      that a unit that was made twice came out the same. Then makes what needs all of them: time
      series, documents, pages and the manifest of the release. When something is missing, nothing
      is changed, and the workers to start again are named.

        cubepress seal site.yaml -o /shared/site
        cubepress seal site.yaml -o /shared/site --wait 6h

      Exit codes: 0 done, 1 something is missing or failed, 2 the command or recipe is wrong.
      """)

  @OptionGroup var source: RecipeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of the site.", valueName: "folder"), completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp(
      "Wait so long for workers to end and units to be made, such as 6h.", valueName: "time"),
    transform: TimeSpan.argument)
  var wait: TimeSpan?

  @OptionGroup var options: WorkOptions
  @OptionGroup var watch: MetricsOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    let recipe = try source.recipe()
    try watch.record("seal", site: output) { metrics in
      do {
        let report = try Patience(seconds: Double(wait?.seconds ?? 0)).wait(interval: 5) {
          try BuildSession(
            .seal, recipe: recipe, output: output, options: options, progress: talk.progress
          ).run()
        }
        report.measure(&metrics)
        if !talk.quiet { print(report.text, terminator: "") }
        if !report.failures.isEmpty { throw ExitCode(1) }
      } catch let missing as MissingUnits {
        throw CommandError(description: missing.text(arguments: "\(source.words) -o \(output)"))
      }
    }
  }
}

/// How long to wait for others who have claimed a folder.
private struct Patience {
  let seconds: Double

  /// Tries something again and again until nobody has the folder and no unit is missing.
  ///
  /// - Parameters:
  ///   - interval: how long to wait between two tries, in seconds; longer where a try takes long.
  ///   - attempt: what to try.
  /// - Returns: what `attempt` returns.
  /// - Throws: what `attempt` throws for another reason, or when the time is up.
  func wait<Result>(interval: Double, _ attempt: () throws -> Result) throws -> Result {
    let end = ProcessInfo.processInfo.systemUptime + seconds
    while true {
      let start = ProcessInfo.processInfo.systemUptime
      do {
        return try attempt()
      } catch {
        let now = ProcessInfo.processInfo.systemUptime
        let mayPass = error is MissingUnits || (error as? StoreError)?.kind == .busy
        guard mayPass, now < end else { throw error }
        Thread.sleep(forTimeInterval: min(max(interval, (now - start) * 4), max(0.1, end - now)))
      }
    }
  }
}
