internal import Foundation
internal import LiveCubes
internal import Teams

/// A place below which a team's cubes may lie; whoever runs the server names it, nobody else.
public struct CubeRoot: Sendable, Hashable {
  /// The team whose cubes lie there.
  public let team: String
  /// By what name its sources call it.
  public let name: String
  /// An absolute path, or `s3://bucket/prefix`.
  public let location: String

  /// Reads `TEAM/NAME=LOCATION`.
  ///
  /// - Returns: `nil` for anything else.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let names = text[..<equals].split(separator: "/", omittingEmptySubsequences: false)
    let location = String(text[text.index(after: equals)...])
    guard names.count == 2, names.allSatisfy({ !$0.isEmpty }),
      !["cubes", "uploaded"].contains(names[1]),
      location.hasPrefix("/") || location.hasPrefix("s3://")
    else { return nil }
    team = String(names[0])
    name = String(names[1])
    self.location = location.hasSuffix("/") ? String(location.dropLast()) : location
  }

  init(team: String, name: String, location: String) {
    self.team = team
    self.name = name
    self.location = location
  }
}

extension ServerSettings {
  /// Where the cubes of a team may lie: its own folder, that of what was uploaded, and the roots that were named for it.
  func cubeRoots(ofTeam team: String) -> [CubeRoot] {
    ["cubes", "uploaded"].map {
      CubeRoot(team: team, name: $0, location: "\(dataFolder)/teams/\(team)/\($0)")
    } + cubeRoots.filter { $0.team == team }
  }

  /// The paths or addresses behind a source; it blocks.
  ///
  /// Links are followed before it is looked whether the path is still below its root. A folder of NetCDF
  /// files stands for all of them.
  ///
  /// - Returns: `nil` where there is nothing below the root that the source names.
  func locations(of source: CubeSource, ofTeam team: String) -> [String]? {
    guard let slash = source.path.firstIndex(of: "/") else { return nil }
    let path = source.path[source.path.index(after: slash)...]
    guard let root = cubeRoots(ofTeam: team).first(where: { $0.name == source.path[..<slash] })
    else { return nil }
    if root.location.hasPrefix("s3://") { return ["\(root.location)/\(path)"] }
    guard let top = Self.followed(root.location), let place = Self.followed("\(top)/\(path)"),
      place.hasPrefix(top == "/" ? top : top + "/")
    else { return nil }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let files = names.filter { $0.hasSuffix(".nc") || $0.hasSuffix(".nc4") }.sorted()
    let isStore = names.contains { ["zarr.json", ".zgroup", ".zmetadata", "0.zarr"].contains($0) }
    guard !files.isEmpty, !isStore else { return [place] }
    return files.compactMap { Self.followed("\(place)/\($0)") }
      .filter { $0.hasPrefix(top == "/" ? top : top + "/") }
  }

  /// What lies directly below the roots of a team that are folders of this machine, as paths that can be
  /// registered; it blocks.
  func cubesThatLie(ofTeam team: String) -> [String] {
    let roots = cubeRoots(ofTeam: team).filter {
      $0.name != "uploaded" && !$0.location.hasPrefix("s3://")
    }
    let paths = roots.flatMap { root in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root.location)) ?? []
      return names.sorted().prefix(Self.mostFound).map { "\(root.name)/\($0)" }
    }
    return paths.filter { path in
      // The same rules as for what somebody writes.
      (try? CubeSource(dataset: "any", title: "", path: path)).flatMap {
        locations(of: $0, ofTeam: team)
      }?.isEmpty == false
    }
  }

  /// The most that is proposed of each root.
  private static let mostFound = 100

  /// A path without links; `nil` where there is nothing.
  private static func followed(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
