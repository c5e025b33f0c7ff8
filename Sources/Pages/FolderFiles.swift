import Foundation

/// Reads the files of a small folder that comes with the program.
enum FolderFiles {
  /// The files with one of some endings in a folder and the folders in it, by path within it; the folders
  /// directly in it that `without` names are not entered.
  static func read(
    _ folder: String, ending endings: String..., without: [String] = []
  ) throws(PageError) -> [String: Data] {
    // The walk does not enter a folder that is itself a symbolic link.
    let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard let walk = FileManager.default.enumerator(atPath: real) else {
      throw PageError(
        "read the folder \(folder)", because: "there is no such folder",
        remedy: "install the program with its Templates and Site folders")
    }
    var paths: [String] = []
    while let path = walk.nextObject() as? String {
      if without.contains(path) { walk.skipDescendants() } else { paths.append(path) }
    }
    return try contents(paths, of: real, ending: endings)
  }

  /// The files with one of some endings that lie directly in a folder, by name; none where there is no
  /// such folder.
  static func files(
    _ folder: String, ending endings: String..., without: Set<String> = []
  ) throws(PageError) -> [String: Data] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { !without.contains($0) }
    return try contents(names, of: folder, ending: endings)
  }

  private static func contents(
    _ paths: [String], of folder: String, ending endings: [String]
  ) throws(PageError) -> [String: Data] {
    var files: [String: Data] = [:]
    for path in paths where endings.contains(where: path.hasSuffix) {
      do {
        files[path] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
      } catch {
        throw PageError(
          "read \(folder)/\(path)", because: error.localizedDescription,
          remedy: "check that it may be read")
      }
    }
    return files
  }
}
