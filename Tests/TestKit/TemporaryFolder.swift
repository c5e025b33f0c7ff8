import Foundation

/// A folder for one test that is removed with everything in it when it is released.
public final class TemporaryFolder: Sendable {
  /// The folder's path, without final `/`.
  public let path: String

  /// Makes an empty folder.
  public init() throws {
    let base = FileManager.default.temporaryDirectory.path
    path = "\(base)/cubepress-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      print("note: \(path) is left behind: \(error)")
    }
  }

  /// Writes a file, and the folders above it.
  public func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// Writes a text file, and the folders above it.
  public func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  /// The bytes of a file; `nil` where there is none.
  public func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path + "/" + name).map { Array($0) }
  }
}
