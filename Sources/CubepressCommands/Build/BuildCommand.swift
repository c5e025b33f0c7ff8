import ArgumentParser
import Cubes
import Foundation
import Jobs
import Pages
import Recipes

/// `cubepress build`: from cubes to a site.
struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Make a site from a recipe, or straight from cubes.",
    discussion: """
      Reads each source once and writes image tiles, legends, WMTS capabilities and pages into a
      folder. What is up to date stays as it is: a second run with nothing new writes nothing, and
      a run that was killed goes on where it was.

        cubepress build sst.nc -o site/
        cubepress build Recipes/demo/demo.yaml -o site/ --workers 2

      Exit codes: 0 done, 1 something failed (the site keeps its last complete state), 2 the
      command or the recipe is wrong.
      """)

  @OptionGroup var source: RecipeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of the site; made where it is missing.", valueName: "folder"),
    completion: .directory)
  var output: String

  @OptionGroup var options: WorkOptions
  @OptionGroup var watch: MetricsOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    let recipe = try source.recipe()
    try watch.record("build", site: output) { metrics in
      let session = try BuildSession(
        recipe: recipe, output: output, options: options, progress: talk.progress)
      let report = try session.run()
      report.measure(&metrics)
      if !talk.quiet { print(report.text, terminator: "") }
      if !report.failures.isEmpty { throw ExitCode(1) }
    }
  }
}

/// The names of progress styles on the command line.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case bar
  case lines
  case json
  case quiet
}

/// How much a command says, and in which form.
struct TalkOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Option(help: "How progress is told: bar, lines, json or quiet.")
  var logFormat: LogFormat?

  var progress: ProgressDisplay {
    let style = logFormat.flatMap { ProgressStyle(rawValue: $0.rawValue) }
    return ProgressDisplay(
      style: quiet ? .quiet : style ?? (ProgressDisplay.isTerminal ? .bar : .lines))
  }
}

/// An amount of memory or disk, written as `512M`, `2G` or a number of bytes.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
    let text = argument.lowercased().replacing("ib", with: "").replacing("b", with: "")
    let factor = text.last.flatMap { units[$0] }
    guard let number = Double(factor == nil ? text[...] : text.dropLast()), number >= 0,
      number * Double(factor ?? 1) < 1e15
    else { return nil }
    bytes = Int(number * Double(factor ?? 1))
  }

  var description: String { Self.text(bytes) }

  var defaultValueDescription: String { description }

  /// An amount for people, such as `1.5 MB`.
  static func text(_ bytes: Int) -> String {
    var value = Double(bytes)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 1024 || unit == "GB" {
        let digits = unit == "bytes" || value >= 100 ? 0 : 1
        return String(format: "%.\(digits)f %@", value, unit)
      }
      value /= 1024
    }
    return "\(bytes) bytes"
  }
}
