import Catalogue
import JSON
import Jobs
import Publishing
import Recipes

/// What a nightly run did, for people and for programs.
struct NightlyReport {
  let started: String
  let location: String
  let build: BuildReport
  /// What came from the records of another worker, where that was needed.
  let fetched: WorkRecords.Report?
  /// `nil` where there was nothing that could be published.
  var published: PublishReport?
  var publishSeconds = 0.0
  var pruned: Pruning.Report?
  var saved = (count: 0, bytes: 0)
  var seconds = 0.0

  /// The entry in the history; `nil` for a run that found nothing new.
  func run(_ recipe: Recipe) -> BuildRun? {
    let isQuiet = build.failures.isEmpty && published?.isUnchanged ?? true
    guard !isQuiet else { return nil }
    var run = BuildRun(build, recipe: recipe, started: started, seconds: build.seconds)
    run.publication = published.map {
      BuildRun.Publication(
        release: $0.release, objects: $0.sentCount, bytes: $0.sentBytes, seconds: publishSeconds)
    }
    return run
  }

  var text: String {
    var text = ""
    if let fetched {
      text += "took over the records of \(fetched.fileCount) units and files from \(location)\n"
      if fetched.droppedCount > 0 {
        text += "  - \(fetched.droppedCount) units are not as recorded there and are made again\n"
      }
    }
    text += build.text
    guard let published else {
      return text + "Nothing was published: \(location) stays as it is.\n"
    }
    if published.isUnchanged {
      text += "\(location) has release \(published.release) already"
    } else {
      text +=
        "release \(published.release) is at \(location): sent \(published.sentCount) objects, "
        + ByteCount.text(published.sentBytes)
    }
    if let pruned, pruned.objectCount + pruned.recordCount > 0 {
      text += "; deleted \(pruned.objectCount) objects and \(pruned.recordCount) records"
    }
    return text + " (\(ProgressDisplay.duration(seconds)) in all)\n"
  }

  var json: JSONValue {
    let number = { (value: Int) in JSONValue.integer(Int64(value)) }
    var object: JSONObject = [
      "started": .string(started), "seconds": .number((seconds * 1000).rounded() / 1000),
      "ok": .bool(build.failures.isEmpty), "target": .string(location), "build": build.json,
    ]
    if let published {
      object["published"] = [
        "release": number(published.release), "sentObjects": number(published.sentCount),
        "sentBytes": number(published.sentBytes), "goneObjects": number(published.goneCount),
        "seconds": .number((publishSeconds * 1000).rounded() / 1000),
      ]
    }
    if let pruned {
      object["pruned"] = [
        "objects": number(pruned.objectCount), "records": number(pruned.recordCount),
        "waiting": number(pruned.waitingCount),
      ]
    }
    var records: JSONObject = [
      "savedPacks": number(saved.count), "savedBytes": number(saved.bytes),
    ]
    if let fetched {
      records["fetchedPacks"] = number(fetched.packCount)
      records["dropped"] = number(fetched.droppedCount)
    }
    object["records"] = .object(records)
    return .object(object)
  }
}
