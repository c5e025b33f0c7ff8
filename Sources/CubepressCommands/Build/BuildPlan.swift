import Cubes
import Grids
import JSON
import Jobs
import Multiscales
import Pyramids
import Recipes

/// What is to be made of a site, in units that do not depend on each other.
struct BuildPlan: Sendable {
  /// Fields of one variable that are read together; they are made by one worker.
  struct Unit: Sendable {
    let dataset: String
    let variable: String
    /// The first of its fields, and the last where there are several.
    let fields: String
    let fieldCount: Int
    /// How many of them are not up to date.
    let wantedCount: Int
    /// How many cells a field has.
    let cells: Int
    let turn: Int

    var isWanted: Bool { wantedCount > 0 }

    /// Such as `sst/analysed_sst 2017-06-05T12:00:00Z`.
    var name: String { "\(dataset)/\(variable)" + (fields.isEmpty ? "" : " " + fields) }
  }

  /// All units, dataset by dataset.
  let units: [Unit]

  /// Lists the units of datasets; holds on to nothing else of them.
  init(_ datasets: [PlannedDataset]) {
    units = datasets.flatMap { dataset in
      dataset.fields.groups.map { group in
        let variable = dataset.prepared.variables[group.work]
        let labels = [group.fields.first, group.fields.last].compactMap { field in
          field.map { variable.variable.labels(of: $0).joined(separator: " ") }
        }
        return Unit(
          dataset: dataset.prepared.recipe.id, variable: variable.builder.plan.key,
          fields: Set(labels).count > 1 ? labels.joined(separator: " – ") : labels.first ?? "",
          fieldCount: group.fields.count, wantedCount: group.wanted.count,
          cells: variable.variable.grid.rows * variable.variable.grid.columns, turn: group.turn)
      }
    }
  }

  /// Whether all fields are made.
  var isDone: Bool { !units.contains(where: \.isWanted) }

  /// The units of one worker.
  func units(of share: Share) -> [Unit] { units.filter { share.takes(turn: $0.turn) } }

  /// The plan for people: what is to be made, and by whom.
  func text(shards: Int?) -> String {
    let wanted = units.filter(\.isWanted)
    var lines = wanted.map { unit in
      let share = shards.map { "shard \(Share(ofTurn: unit.turn, among: $0))  " } ?? ""
      return share + unit.name + (unit.fieldCount > 1 ? " (\(unit.wantedCount) fields)" : "")
    }
    let fields = wanted.map(\.wantedCount).reduce(0, +)
    lines.append(
      wanted.isEmpty
        ? "Nothing to make: \(units.count) units are up to date."
        : "\(wanted.count) of \(units.count) units are to be made: \(fields) fields.")
    if let shards, !wanted.isEmpty {
      let busy = Set(wanted.map { $0.turn % shards }).count
      if busy < shards { lines.append("\(shards - busy) of \(shards) workers have nothing to do.") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The plan for programs.
  func json(shards: Int?) -> JSONValue {
    [
      "units": .array(
        units.map { unit in
          var object: JSONObject = [
            "dataset": .string(unit.dataset), "variable": .string(unit.variable),
            "fields": .integer(Int64(unit.fieldCount)), "label": .string(unit.fields),
            "toMake": .integer(Int64(unit.wantedCount)), "cells": .integer(Int64(unit.cells)),
          ]
          if let shards { object["shard"] = .string("\(Share(ofTurn: unit.turn, among: shards))") }
          return .object(object)
        }),
      "toMake": .integer(Int64(units.count { $0.isWanted })),
    ]
  }
}

/// Why what workers have made cannot be sealed yet.
struct MissingUnits: Error {
  let plan: BuildPlan
  let parts: PartJoining.Report

  /// What is missing, and how to get it done.
  ///
  /// - Parameter arguments: the recipe and options that follow the name of the command.
  /// - Returns: some lines.
  func text(arguments: String) -> String {
    var lines = parts.faults.prefix(20).map { "\($0.unit): \($0.reason)" }
    if parts.faults.count > 20 { lines.append("… and \(parts.faults.count - 20) more") }
    let units = plan.units
    let missing = units.filter(\.isWanted)
    lines.append("\(missing.count) of \(units.count) units are not made, or no longer up to date:")
    lines += missing.prefix(20).map { unit in
      let share = parts.shareCount.map { " (shard \(Share(ofTurn: unit.turn, among: $0)))" } ?? ""
      return "  \(unit.name)\(share)"
    }
    if missing.count > 20 { lines.append("  … and \(missing.count - 20) more") }
    if !parts.unfinished.isEmpty {
      let shards = parts.unfinished.map(\.description).joined(separator: ", ")
      lines.append("Begun but not finished: \(shards).")
    }
    lines.append("To make them, start these workers again, and seal afterwards:")
    if let count = parts.shareCount {
      let shares = Set(missing.map { Share(ofTurn: $0.turn, among: count) })
      for share in shares.sorted(by: { $0.number < $1.number }).prefix(20) {
        lines.append("  cubepress work \(arguments) --shard \(share)")
      }
      if shares.count > 20 { lines.append("  … and \(shares.count - 20) more") }
    } else {
      lines.append("  cubepress work \(arguments) --shard 1/1")
    }
    lines.append("Or make the rest here and seal it: cubepress build \(arguments)")
    return lines.joined(separator: "\n")
  }
}

/// What a worker did.
struct WorkReport {
  let share: Share
  /// How many units its share has.
  let units: Int
  /// How many of them were to be made; the others were up to date.
  let made: Int
  var failures: [BuildReport.Failure] = []
  var seconds = 0.0

  var text: String {
    var lines = failures.map { "\($0.dataset): FAILED: \($0.reason)" }
    let time = ProgressDisplay.duration(seconds)
    lines.append(
      failures.isEmpty
        ? "Shard \(share) is done: \(made) of its \(units) units made, \(units - made) were up to "
          + "date, \(time)."
        : "Shard \(share) is not done: what was made stays; run it again when that is mended, \(time)."
    )
    return lines.joined(separator: "\n") + "\n"
  }
}
