import Foundation

/// Reads the files of a small folder that comes with the program.
enum FolderFiles {
  /// The files with one of some endings in a folder and the folders in it, by path within it; `without`
  /// are beginnings of paths that are left out.
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
    let paths = walk.compactMap { $0 as? String }
      .filter { path in !without.contains(where: path.hasPrefix) }
    return try contents(paths, of: real, ending: endings)
  }

  /// The files with one of some endings that lie directly in a folder, by name; none where there is no
  /// such folder.
  static func files(
    _ folder: String, ending endings: String...
  ) throws(PageError) -> [String: Data] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
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
