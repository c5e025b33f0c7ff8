import Foundation

/// Reads the files of a small folder that comes with the program.
enum FolderFiles {
  /// The files with one of some endings in a folder and the folders in it, by path within it.
  static func read(_ folder: String, ending endings: String...) throws(PageError) -> [String: Data]
  {
    // The walk does not enter a folder that is itself a symbolic link.
    let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard let walk = FileManager.default.enumerator(atPath: real) else {
      throw PageError(
        "read the folder \(folder)", because: "there is no such folder",
        remedy: "install the program with its Templates and Site folders")
    }
    var files: [String: Data] = [:]
    for case let path as String in walk where endings.contains(where: path.hasSuffix) {
      do {
        files[path] = try Data(contentsOf: URL(fileURLWithPath: "\(real)/\(path)"))
      } catch {
        throw PageError(
          "read \(folder)/\(path)", because: error.localizedDescription,
          remedy: "check that it may be read")
      }
    }
    return files
  }
}
