import Foundation

/// Finds the templates and browser files that come with the program.
public struct SharedFiles: Sendable {
  /// The folder of the Mustache templates.
  public let templates: String
  /// The folder of style sheets and scripts.
  public let site: String

  /// Looks in the named folder, in `CUBEPRESS_SHARE`, in `../share/cubepress` beside the program,
  /// and in the folders above the program (a checkout in which it was built).
  ///
  /// - Throws: `PageError` where none of them has both.
  public static func find(_ named: String?) throws(PageError) -> SharedFiles {
    var tried: [String] = []
    for folder in candidates(named) {
      let found = SharedFiles(templates: folder + "/Templates", site: folder + "/Site")
      if isFolder(found.templates), isFolder(found.site) { return found }
      tried.append(folder)
    }
    throw PageError(
      "find the templates of the pages",
      because:
        "there are no Templates and Site folders in \(tried.prefix(3).joined(separator: ", "))",
      remedy: "name the folder that holds them with --share or CUBEPRESS_SHARE")
  }

  private static func candidates(_ named: String?) -> [String] {
    if let named { return [named] }
    if let set = ProcessInfo.processInfo.environment["CUBEPRESS_SHARE"] { return [set] }
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments.first ?? "cubepress"
    var folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    var candidates = [
      folder.deletingLastPathComponent().appendingPathComponent("share/cubepress").path
    ]
    for _ in 0..<6 {
      candidates.append(folder.path)
      folder.deleteLastPathComponent()
    }
    return candidates
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
