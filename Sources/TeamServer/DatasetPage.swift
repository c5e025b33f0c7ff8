internal import Foundation
internal import JSON
internal import Pages
internal import Teams
internal import Workspaces

/// The page of a dataset that was uploaded or that is read where it lies: what it holds, its addresses for
/// programs, and for editors replacing and removing it.
struct DatasetPage: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let settings: ServerSettings

  /// What people call a dataset; `nil` where the team neither keeps nor has registered it.
  func title(of id: String, ofTeam team: String) async throws -> String? {
    if let kept = try await workspace.dataset(id, ofTeam: team) { return kept.title }
    return try await registered(id, ofTeam: team).map { $0.title.isEmpty ? id : $0.title }
  }

  private func registered(_ id: String, ofTeam team: String) async throws -> CubeSource? {
    try await database.cubeSources(ofTeam: team).first { $0.dataset == id }
  }

  /// The values of `team-dataset.mustache`.
  ///
  /// - Returns: `nil` where there is no such dataset.
  /// - Throws: `TeamsError` or `WorkspaceError` where the database fails.
  func values(
    of id: String, for member: TeamAccess.Member, isMember: Bool
  ) async throws -> [String: PageValue]? {
    let team = member.team.name
    guard let title = try await title(of: id, ofTeam: team) else { return nil }
    var values: [String: PageValue] = [
      "dataset": .text(id), "datasetTitle": .text(title), "baseURL": .text(settings.baseURL),
      "hasViewer": .flag(settings.viewerFolder != nil), "uploaded": false, "lies": false,
    ]
    if let kept = try await workspace.dataset(id, ofTeam: team) {
      values["uploaded"] = .table(try await uploaded(kept, ofTeam: team))
    } else if isMember, let source = try await registered(id, ofTeam: team) {
      values["lies"] = .text(source.path)
    }
    return values
  }

  private func uploaded(_ dataset: Dataset, ofTeam team: String) async throws -> [String: PageValue]
  {
    let earlier = try await workspace.earlierContents(of: dataset.id, ofTeam: team)
    return [
      "fileName": .text(dataset.fileName), "size": .text(ByteText.of(dataset.bytes)),
      "creator": .text(dataset.creator), "day": .text(DateText.minute(dataset.created)),
      "content": .text(dataset.sha256), "isZarr": .flag(dataset.fileName == "cube.zarr"),
      "variables": .list((dataset.variables.arrayValue ?? []).map(Self.variable)),
      "earlier": .list(
        earlier.map { content in
          [
            "earlierContent": .text(content.sha256), "earlierName": .text(content.fileName),
            "until": .optional(content.until.map(DateText.minute)),
          ]
        }),
    ]
  }

  private static func variable(_ variable: JSONValue) -> PageValue {
    func text(_ key: String) -> String { variable[key]?.stringValue ?? "" }
    let names = (variable["dimensions"]?.arrayValue ?? []).map { $0.stringValue ?? "" }
    let sizes = (variable["shape"]?.arrayValue ?? []).map { $0.intValue.map(String.init) ?? "" }
    let shape =
      names.count == sizes.count
      ? zip(names, sizes).map { "\($0) \($1)" }.joined(separator: " × ")
      : sizes.joined(separator: " × ")
    let range = ["minimum", "maximum"].compactMap { variable[$0]?.doubleValue }
    return [
      "variable": .text(text("name")), "longName": .text(text("long_name")),
      "units": .text(text("units")), "shape": .text(shape),
      "range": .text(
        range.count == 2 ? range.map { String(format: "%.6g", $0) }.joined(separator: " to ") : ""),
    ]
  }
}
