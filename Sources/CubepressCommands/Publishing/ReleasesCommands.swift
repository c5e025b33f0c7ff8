import ArgumentParser
import JSON
import Publishing
import Recipes

/// `cubepress releases`: what was published, newest first.
struct ReleasesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "releases",
    abstract: "List the releases of a bucket or folder, newest first.",
    discussion: """
        cubepress releases s3://cubes/ocean
      """)

  @Argument(help: ArgumentHelp("s3://bucket/prefix, or a folder.", valueName: "target"))
  var location: String

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: TargetOptions

  func run() throws {
    let target = try options.open(location)
    let releases = try ReleaseHistory(target).releases()
    if json {
      print(JSONValue.array(releases.map(document)).serialized(pretty: true))
    } else if releases.isEmpty {
      print("nothing was published to \(target.location) yet")
    }
    guard !json else { return }
    for (index, release) in releases.enumerated() {
      var line = "\(release.number)\t\(release.time.map(TimeText.iso) ?? "")"
      line += "\t\(release.count) objects, \(ByteCount.text(release.bytes))"
      if let changes = release.changes {
        line += "\t+\(changes.added) ~\(changes.changed) -\(changes.removed)"
      }
      if let restored = release.restores { line += "\tdocuments of \(restored)" }
      print(line + (index == 0 ? "\tcurrent" : ""))
    }
  }

  private func document(_ release: Release) -> JSONValue {
    [
      "release": .integer(Int64(release.number)),
      "time": release.time.map { .string(TimeText.iso($0)) } ?? .null,
      "objects": .integer(Int64(release.count)), "bytes": .integer(Int64(release.bytes)),
      "restores": release.restores.map { .integer(Int64($0)) } ?? .null,
      "added": release.changes.map { .integer(Int64($0.added)) } ?? .null,
      "changed": release.changes.map { .integer(Int64($0.changed)) } ?? .null,
      "removed": release.changes.map { .integer(Int64($0.removed)) } ?? .null,
    ]
  }
}

/// `cubepress diff`: what differs between two releases.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "List what differs between two releases.",
    discussion: """
      One line for each object: + new, ~ changed, - gone.

        cubepress diff s3://cubes/ocean 7 8
      """)

  @Argument(help: ArgumentHelp("s3://bucket/prefix, or a folder.", valueName: "target"))
  var location: String

  @Argument(help: "The number of the one release.")
  var former: Int

  @Argument(help: "The number of the other.")
  var current: Int

  @OptionGroup var options: TargetOptions

  func run() throws {
    let target = try options.open(location)
    try ReleaseHistory(target).compare(former, current) { key, old, new in
      print((old == nil ? "+ " : new == nil ? "- " : "~ ") + key)
    }
  }
}

/// `cubepress rollback`: back to the documents of an earlier release.
struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Bring back the documents of an earlier release.",
    discussion: """
      Pages, metadata and capabilities become those of that release again, as a new release. Tiles
      and chunks stay as they are: what was removed since is still there until it is pruned, what was
      replaced keeps its newer content.

        cubepress rollback s3://cubes/ocean 7
      """)

  @Argument(help: ArgumentHelp("s3://bucket/prefix, or a folder.", valueName: "target"))
  var location: String

  @Argument(help: "The number of the release.")
  var number: Int

  @Flag(help: "Do not wait for the claim of another publisher that has stopped.")
  var takeOver = false

  @OptionGroup var options: TargetOptions

  func run() throws {
    let target = try options.open(location)
    let scratch = try TargetOptions.scratch()
    defer { scratch.remove() }
    let report = try Rollback(target, scratch: scratch.folder, takesOver: takeOver).run(to: number)
    print(
      "release \(report.publication.release) is at \(target.location) with the documents of "
        + "release \(number)")
    if report.newerCount > 0 {
      print("\(report.newerCount) tiles or chunks keep a newer content than they had then")
    }
  }
}

/// `cubepress prune`: deletes what no reader needs any more.
struct PruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Delete objects that have been in no release for some time.",
    discussion: """
      Publishing deletes nothing, because readers may still use what a former release pointed at.
      This deletes what has been gone for longer than the time of grace, and the records of releases
      but the last few.

        cubepress prune s3://cubes/ocean --grace 7d --keep 10
      """)

  @Argument(help: ArgumentHelp("s3://bucket/prefix, or a folder.", valueName: "target"))
  var location: String

  @Option(
    help: ArgumentHelp("How long objects stay, such as 7d or 12h.", valueName: "time"),
    transform: TimeSpan.argument)
  var grace = TimeSpan(seconds: 7 * 86_400)

  @Option(help: ArgumentHelp("How many releases one can go back to.", valueName: "n"))
  var keep = 10

  @Flag(help: "Do not wait for the claim of another publisher that has stopped.")
  var takeOver = false

  @OptionGroup var options: TargetOptions

  func validate() throws {
    guard keep >= 1 else { throw ValidationError("--keep must be at least 1.") }
  }

  func run() throws {
    let target = try options.open(location)
    let scratch = try TargetOptions.scratch()
    defer { scratch.remove() }
    let report = try Pruning(
      target, scratch: scratch.folder, grace: grace.seconds, kept: keep, takesOver: takeOver
    ).run()
    print(
      "deleted \(report.objectCount) objects and \(report.recordCount) records of former releases "
        + "from \(target.location); \(report.waitingCount) objects wait for their time")
  }
}
