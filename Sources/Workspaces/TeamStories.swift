internal import Foundation
internal import GRDB
internal import Stores
public import Teams

/// A notebook or text of a team, made into pages.
public struct TeamStory: Sendable, Hashable {
  /// The folder that holds the pages and what they need.
  public let folder: String
  /// The key of the page within it.
  public let page: String
}

extension Workspace {
  /// The most files beside a notebook that its pages may show, and the most bytes of them.
  private static let mostNeighbours = 500
  private static let largestNeighbours: Int64 = 256 << 20

  /// The pages of a notebook or Markdown text among a team's files, made where they are not there yet.
  ///
  /// Pictures that lie in the same folder or below are shown. The pages of earlier versions go.
  ///
  /// - Throws: ``WorkspaceError`` where there is no such file or it cannot be shown; `CancellationError` where
  ///   nobody waits for it any more.
  public func story(_ path: String, of team: Team) async throws -> TeamStory {
    let attempt = "show '\(path.prefix(100))'"
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let prefix = String(path[..<slash])
    let name = String(path[slash...])
    guard try await !versions(of: path, ofTeam: team.name).isEmpty else {
      throw WorkspaceError.unknown(attempt, "file")
    }
    let neighbours = try await files(of: team, prefix: prefix, limit: Self.mostNeighbours)
    var files = neighbours.filter { $0.latest.bytes <= Self.largestNeighbours }
    if let own = try await self.files(of: team, prefix: path, limit: 1).first, own.path == path,
      !files.contains(own)
    {
      files.append(own)
    }
    let parts = files
    // Another version of any of them is another story.
    let content = parts.map { "\($0.path)\n\($0.latest.sha256)\n" }.joined() + path
    let folder = storyFolder(of: path, team)
    let version = sha256Hex(Array(content.utf8))
    let blobs = blobFolder(ofTeam: team.name)
    let making = StoryMaking(
      folder: folder, version: version, name: name, attempt: attempt, program: settings.program)
    if let made = try await BlockingWork.run({ making.made }) { return made }
    if let failure = storyFailures.failure(of: making.target) { throw failure }
    let shelf = StoryShelf(folder: teamFolder(team.name) + "/stories")
    return try await stories.run(of: team.name, to: attempt) { [storyFailures] in
      try await BlockingWork.run {
        // Somebody else may have asked for it before.
        if let made = making.made { return made }
        if let failure = storyFailures.failure(of: making.target) { throw failure }
        do {
          let made = try making.run(
            parts.map {
              (String($0.path.dropFirst(prefix.count)), "\(blobs)/\($0.latest.sha256)")
            })
          shelf.trim()
          return made
        } catch let error as WorkspaceError {
          storyFailures.remember(error, of: making.target)
          throw error
        }
      }
    }
  }

  /// Where the pages of a notebook lie.
  func storyFolder(of path: String, _ team: Team) -> String {
    "\(teamFolder(team.name))/stories/\(sha256Hex(Array(path.utf8)).prefix(32))"
  }
}

/// Makes the pages of one story in a folder of its own.
///
/// Its calls block.
private struct StoryMaking: Sendable {
  let folder: String
  let version: String
  let name: String
  let attempt: String
  let program: String

  /// The folder of the pages, which is another one for each content.
  var target: String { "\(folder)/\(version)" }

  /// Where the pages are; `nil` where they have not been made.
  var made: TeamStory? { page(in: target).map { TeamStory(folder: target, page: $0) } }

  /// - Parameter files: names within the folder of the story, and where their contents lie.
  /// - Returns: where the pages are.
  /// - Throws: ``WorkspaceError`` where they cannot be made.
  func run(_ files: [(name: String, content: String)]) throws -> TeamStory {
    let manager = FileManager.default
    try? manager.removeItem(atPath: folder)
    let source = folder + "/source"
    defer { try? manager.removeItem(atPath: source) }
    for (name, content) in files {
      let file = URL(filePath: "\(source)/\(name)")
      try manager.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      // A second name for the same bytes costs nothing.
      try manager.linkItem(atPath: content, toPath: file.path(percentEncoded: false))
    }
    var helper = HelperProgram(path: program)
    helper.time = 60
    helper.memory = 4 << 30
    let fresh = folder + "/making"
    let answer = try helper.run(
      ["story", "\(source)/\(name)", "-o", fresh], scratch: folder + "/scratch")
    guard answer.code == 0, page(in: fresh) != nil else {
      throw WorkspaceError(
        .invalid, attempt,
        because: answer.code > 0
          ? CubeReception.reason(answer.message, without: source + "/")
          : "making its page takes too much time or memory",
        remedy: "mend the file, or download it and look at it elsewhere")
    }
    try manager.moveItem(atPath: fresh, toPath: target)
    guard let made else { throw WorkspaceError.unknown(attempt, "page") }
    return made
  }

  /// The key of the story's page; `nil` where it has not been made.
  private func page(in folder: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/stories")) ?? []
    return names.lazy.map { "stories/\($0)/index.html" }.first {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
  }
}
