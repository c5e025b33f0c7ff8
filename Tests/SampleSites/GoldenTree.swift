public import Foundation
import Testing

/// A folder of files that a test must give again; `RECORD=1` in the environment writes it anew.
public struct GoldenTree {
  /// The folder of the repository.
  public static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private let folder: URL

  /// The tree of a case in `Tests/Golden/sites`.
  public init(case name: String) {
    folder = Self.repository.appendingPathComponent("Tests/Golden/sites/\(name)/expected")
      .resolvingSymlinksInPath()
  }

  /// Compares files by key with those that are kept, and tells the first line that differs.
  public func compare(_ files: [String: [UInt8]]) throws {
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try? FileManager.default.removeItem(at: folder)
      for (key, bytes) in files {
        let file = folder.appendingPathComponent(key)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
      }
      return
    }
    for (key, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let kept = try? Data(contentsOf: folder.appendingPathComponent(key))
      let given = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      let wanted = String(decoding: kept ?? Data(), as: UTF8.self).split(separator: "\n")
      let line = zip(given, wanted).enumerated().first { $0.element.0 != $0.element.1 }
      // Compared before, so that the message does not print both files byte by byte.
      let isKept = kept.map { Array($0) } == bytes
      #expect(
        isKept,
        """
        \(key) differs from line \((line?.offset ?? min(given.count, wanted.count)) + 1): \
        '\(line.map { String($0.element.0) } ?? "")', kept \
        '\(line.map { String($0.element.1) } ?? "")'; RECORD=1 accepts it
        """)
    }
    let paths = FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []
    for case let path as String in paths
    where [".html", ".json", ".xml"].contains(where: path.hasSuffix) {
      #expect(files[path] != nil, "\(path) is kept but not made any more")
    }
  }
}
