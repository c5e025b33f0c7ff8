import Foundation
import JSON
import Jobs
import Recipes

/// What a build did, for people and for programs.
struct BuildReport {
  /// What was made of one dataset.
  struct Dataset {
    let id: String
    var made = 0
    var current = 0
    var tiles = Product()
    var cube = Product()
    var series = Product()
    var seconds = 0.0
    var viewer = Product()
    var terrain = Product()
    var notes: [String] = []

    init(_ build: DatasetBuild, notes: [String]) {
      id = build.prepared.recipe.id
      made = build.made
      current = build.records.map(\.count).reduce(0, +) - build.made
      tiles = Product(build.tiles)
      cube = Product(build.cube)
      series = Product(build.series)
      viewer = Product(build.viewerTiles)
      terrain = Product(build.terrain)
      seconds = build.seconds
      self.notes = notes
    }
  }

  /// The files of an array product.
  struct Product {
    var objects = 0
    var bytes = 0

    init() {}

    init(_ files: ProductFiles) {
      objects = files.count
      bytes = files.bytes
    }

    var json: JSONValue {
      ["objects": .integer(Int64(objects)), "bytes": .integer(Int64(bytes))]
    }

    /// Such as `, cube 14 MB`; nothing for one that was not made.
    func text(_ name: String) -> String {
      objects == 0 ? "" : ", \(name) \(ByteCount.text(bytes))"
    }
  }

  /// A dataset that could not be made, and why.
  struct Failure {
    let dataset: String
    let reason: String
    var seconds = 0.0
    /// Whether the site still has what was made of it before.
    var isKept = false
  }

  let output: String
  /// What workers had made before; nothing where they had not.
  var parts = PartJoining.Report()
  /// The datasets that were made or are up to date.
  var datasets: [Dataset] = []
  var failures: [Failure] = []
  /// What authors of stories should know.
  var notes: [String] = []
  var release = 0
  var added = 0
  var changed = 0
  var removed = 0
  var seconds = 0.0

  var text: String {
    var lines: [String] = []
    for dataset in datasets {
      let work =
        dataset.made == 0
        ? "up to date" : "\(dataset.made) fields made, \(dataset.current) up to date"
      lines.append(
        "\(dataset.id): \(dataset.tiles.objects) tiles \(ByteCount.text(dataset.tiles.bytes))"
          + dataset.cube.text("cube") + dataset.series.text("series")
          + dataset.terrain.text("terrain") + dataset.viewer.text("4D viewer") + "; \(work)")
      lines += dataset.notes.map { "  - \($0)" }
    }
    if parts.runs > 0 {
      lines.append(
        "Joined what \(parts.runs) runs of workers made: \(parts.units) units, \(parts.objects) "
          + "files checked.")
    }
    lines += parts.faults.prefix(20).map { "  - made again: \($0.unit): \($0.reason)" }
    lines += notes.map { "stories: \($0)" }
    lines += failures.map {
      "\($0.dataset): FAILED: \($0.reason)"
        + ($0.isKept ? "\n  - what was made of it before stays" : "")
    }
    let time = ProgressDisplay.duration(seconds)
    if release > 0 {
      let changes = added + changed + removed
      lines.append(
        changes == 0
          ? "Nothing new in \(output) (release \(release)), \(time)."
          : "Release \(release) in \(output): \(added) files new, \(changed) changed, "
            + "\(removed) removed, \(time).")
    } else {
      lines.append("\(output) keeps its last complete state, \(time).")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    [
      "release": .integer(Int64(release)), "added": .integer(Int64(added)),
      "changed": .integer(Int64(changed)), "removed": .integer(Int64(removed)),
      "seconds": .number(seconds),
      "datasets": .array(
        datasets.map { dataset in
          [
            "id": .string(dataset.id), "made": .integer(Int64(dataset.made)),
            "current": .integer(Int64(dataset.current)),
            "tiles": .integer(Int64(dataset.tiles.objects)),
            "bytes": .integer(Int64(dataset.tiles.bytes)), "cube": dataset.cube.json,
            "series": dataset.series.json, "terrain": dataset.terrain.json,
            "viewer4D": dataset.viewer.json, "seconds": .number(dataset.seconds),
            "notes": .array(dataset.notes.map(JSONValue.string)),
          ]
        }),
      "failures": .array(
        failures.map {
          [
            "dataset": .string($0.dataset), "reason": .string($0.reason),
            "kept": .bool($0.isKept),
          ]
        }),
    ]
  }
}
