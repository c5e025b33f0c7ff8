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

  @Argument(
    help: ArgumentHelp(
      "A recipe (.yaml, .yml), or the NetCDF files or Zarr stores of one cube.",
      valueName: "recipe-or-source"),
    completion: .file())
  var inputs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of the site; made where it is missing.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(help: ArgumentHelp("How many processor cores to use.", valueName: "n"))
  var workers: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "Memory for fields, such as 512M or 2G; larger fields go through a scratch file.",
      valueName: "size"))
  var memory = ByteCount(1 << 30)

  @Option(
    help: ArgumentHelp(
      "The address where the site will be published; goes before the recipe's.", valueName: "url"))
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "Without a recipe: the CRS of a projected grid whose file names none, such as EPSG:3031.",
      valueName: "crs"))
  var crs: String?

  @Option(help: ArgumentHelp("Without a recipe: the finest zoom to make.", valueName: "zoom"))
  var maxZoom: Int?

  @Option(
    help: ArgumentHelp(
      "The folder that holds Templates and Site, where they are not found by themselves.",
      valueName: "folder"),
    completion: .directory)
  var share: String?

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    guard (1...1024).contains(workers) else {
      throw ValidationError("--workers must be between 1 and 1024.")
    }
    guard memory.bytes >= 16 << 20 else { throw ValidationError("--memory must be at least 16M.") }
    guard !inputs.isEmpty else { throw ValidationError("Name a recipe or a source.") }
    if isRecipe, crs != nil || maxZoom != nil {
      throw ValidationError("--crs and --max-zoom go with sources; a recipe has keys for them.")
    }
    guard (0...24).contains(maxZoom ?? 0) else {
      throw ValidationError("--max-zoom must be between 0 and 24.")
    }
  }

  func run() throws {
    var recipe = try loadRecipe()
    if let baseURL { recipe.site.baseURL = baseURL }
    let session = try BuildSession(
      recipe: recipe, output: output, share: SharedFiles.find(share),
      pool: WorkerPool(workers: workers), memoryBudget: memory.bytes, progress: talk.progress)
    let report = try session.run()
    if !talk.quiet { print(report.text, terminator: "") }
    if !report.failures.isEmpty { throw ExitCode(1) }
  }

  /// Whether a recipe is named, not sources.
  private var isRecipe: Bool {
    inputs.count == 1 && [".yaml", ".yml"].contains { inputs[0].lowercased().hasSuffix($0) }
  }

  private func loadRecipe() throws -> Recipe {
    if isRecipe, let path = inputs.first {
      do {
        return try Recipe.load(path: path)
      } catch {
        FileHandle.standardError.write(Data(error.description.utf8))
        throw ExitCode(2)
      }
    }
    var recipe = Recipe.automatic(sources: Array(inputs.prefix(1)))
    for index in recipe.datasets.indices {
      recipe.datasets[index].sources = inputs
      recipe.datasets[index].options.crs = crs
      recipe.datasets[index].maxZoom = maxZoom
    }
    return recipe
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
