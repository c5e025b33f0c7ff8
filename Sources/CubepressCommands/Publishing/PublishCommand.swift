import ArgumentParser
import Foundation
import JSON
import Publishing
import Stores

/// `cubepress publish`: from a built site to a bucket.
struct PublishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Publish a built site to a bucket or a folder: only what changed.",
    discussion: """
      Compares the site with what was published last, sends what is new or changed, then the
      documents that point at it, and at the very end _release/current.json. Readers always find
      something whole; a run that was killed goes on where it was. Nothing is deleted: see
      cubepress prune.

        cubepress publish site/ s3://cubes/ocean
        cubepress publish site/ s3://cubes --endpoint https://s3.example.org --profile ocean
        cubepress publish site/ /srv/www/cubes

      Credentials are found as by the tools of AWS: the environment, ~/.aws, web identity, container
      and instance.
      """)

  @Argument(help: "The folder of the site.", completion: .directory)
  var folder: String

  @Argument(help: ArgumentHelp("s3://bucket/prefix, or a folder.", valueName: "target"))
  var location: String

  @Flag(
    help: ArgumentHelp(
      "List the target, and send again what is missing or not as it should be: sizes are compared, "
        + "and contents where the server lists MD5 sums, as most do."))
  var verify = false

  @Flag(help: "Do not wait for the claim of another publisher that has stopped.")
  var takeOver = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: TargetOptions
  @OptionGroup var watch: MetricsOptions
  @OptionGroup var talk: TalkOptions

  func run() throws {
    try watch.record("publish", site: location) { try run(&$0) }
  }

  private func run(_ metrics: inout Metrics) throws {
    let start = ProcessInfo.processInfo.systemUptime
    // SiteFolder would make the folder.
    let site = try SiteFolder(path: FolderStore(path: folder).location)
    let target = try options.open(location)
    let report = try Publisher(site, to: target, takesOver: takeOver, progress: talk.progress)
      .publish()
    report.measure(&metrics)
    let verification = verify ? try Verification(site, against: target).run() : nil
    let seconds = ProcessInfo.processInfo.systemUptime - start
    if json {
      print(document(report, verification, seconds).serialized(pretty: true))
    } else if !talk.quiet {
      print(text(report, target.location, seconds))
      if let verification { print(text(verification)) }
    }
  }

  private func text(_ report: PublishReport, _ location: String, _ seconds: Double) -> String {
    let time = String(format: "%.1f s", seconds)
    if report.isUnchanged {
      return "nothing new: \(location) has release \(report.release) already (\(time))"
    }
    var text =
      "release \(report.release) is at \(location): \(report.changes.added) objects new, "
      + "\(report.changes.changed) changed, \(report.changes.removed) gone\n"
      + "sent \(report.sentCount) objects, \(ByteCount.text(report.sentBytes)), in \(time)"
    if report.resumedCount > 0 {
      text += "; \(report.resumedCount) had been sent by a run that was stopped"
    }
    if report.goneCount > 0 {
      text +=
        "\n\(report.goneCount) objects stay for readers of former releases until "
        + "cubepress prune"
    }
    return text
  }

  private func text(_ report: Verification.Report) -> String {
    var lines = [
      "verified: \(report.soundCount) objects are there with their size"
        + (report.comparedCount > 0 ? ", \(report.comparedCount) with their content" : "")
    ]
    if report.repairedCount > 0 {
      lines.append("sent again: \(report.repairedCount), such as \(report.repaired[0])")
    }
    if report.strangerCount > 0 {
      lines.append(
        "\(report.strangerCount) objects belong to no release, such as \(report.strangers[0])")
    }
    return lines.joined(separator: "\n")
  }

  private func document(
    _ report: PublishReport, _ verification: Verification.Report?, _ seconds: Double
  ) -> JSONValue {
    let number = { (value: Int) in JSONValue.integer(Int64(value)) }
    var object: JSONObject = [
      "release": number(report.release), "added": number(report.changes.added),
      "changed": number(report.changes.changed), "removed": number(report.changes.removed),
      "sentObjects": number(report.sentCount), "sentBytes": number(report.sentBytes),
      "resumedObjects": number(report.resumedCount), "goneObjects": number(report.goneCount),
      "seconds": .number((seconds * 1000).rounded() / 1000),
    ]
    if let verification {
      object["verification"] = [
        "sound": number(verification.soundCount),
        "compared": number(verification.comparedCount),
        "repaired": number(verification.repairedCount),
        "repairedKeys": .array(verification.repaired.map { .string($0) }),
        "strangers": number(verification.strangerCount),
        "strangerKeys": .array(verification.strangers.map { .string($0) }),
      ]
    }
    return .object(object)
  }
}
