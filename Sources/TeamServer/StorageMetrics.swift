internal import Teams
internal import Workspaces

/// What teams keep, and how uploads fare, in the text format of Prometheus.
///
/// Only so many teams have a label of their own, those that keep most; the others are one. Administrators,
/// who alone may ask, see names and quotas of teams anyway.
struct StorageMetrics: Sendable {
  let workspace: Workspace

  /// The most teams with a label of their own.
  static let mostTeams = 50
  /// The label of all others; no team can be called so.
  static let others = "_others"

  func text() async throws -> String {
    let uses = try await workspace.storageUses()
    let uploads = try await workspace.uploadCounts()
    var lines = [
      "# HELP cubepress_team_storage_bytes What a team keeps.",
      "# TYPE cubepress_team_storage_bytes gauge",
    ]
    func add(_ name: String, _ value: (StorageUse) -> Int64) {
      for (team, use) in uses.prefix(Self.mostTeams) {
        lines.append("\(name){team=\"\(team.name)\"} \(value(use))")
      }
      let rest = uses.dropFirst(Self.mostTeams)
      if !rest.isEmpty {
        let sum = rest.reduce(0.0) { $0 + Double(value($1.use)) }
        lines.append("\(name){team=\"\(Self.others)\"} \(sum)")
      }
    }
    add("cubepress_team_storage_bytes", \.total)
    lines += [
      "# HELP cubepress_team_quota_bytes How much a team may keep.",
      "# TYPE cubepress_team_quota_bytes gauge",
    ]
    add("cubepress_team_quota_bytes", \.quota)
    lines += [
      "# HELP cubepress_uploads Uploads under way: arriving, or being looked at.",
      "# TYPE cubepress_uploads gauge",
      "cubepress_uploads{state=\"receiving\"} \(uploads.receiving)",
      "cubepress_uploads{state=\"checking\"} \(uploads.checking)",
      "# HELP cubepress_uploads_ended_total Uploads that were looked at since the start.",
      "# TYPE cubepress_uploads_ended_total counter",
      "cubepress_uploads_ended_total{outcome=\"accepted\"} \(uploads.accepted)",
      "cubepress_uploads_ended_total{outcome=\"refused\"} \(uploads.refused)",
    ]
    return (lines + Self.lines(await workspace.diskRoom())).joined(separator: "\n") + "\n"
  }

  /// What the disk of the data folder has left, as far as the system tells.
  static func lines(_ room: DiskRoom?) -> [String] {
    guard let room else { return [] }
    var lines = [
      "# HELP cubepress_data_free_bytes What can still be written to the disk of the data folder.",
      "# TYPE cubepress_data_free_bytes gauge",
      "cubepress_data_free_bytes \(room.bytes)",
    ]
    if let files = room.files {
      lines += [
        "# HELP cubepress_data_free_files How many files that disk can still take.",
        "# TYPE cubepress_data_free_files gauge",
        "cubepress_data_free_files \(files)",
      ]
    }
    return lines
  }
}
