public import Cubes
import Foundation
import Glibc

/// Where a cube is read from, as somebody has decided who may decide it: nothing here comes from a
/// request.
public struct LiveSource: Sendable, Hashable {
  /// What tells it from all others, also those of other teams.
  public let key: String
  /// The id of its dataset.
  public let dataset: String
  /// The title of its dataset; that of the cube without.
  public let title: String?
  /// Paths and addresses, joined along time.
  public let locations: [String]
  /// How it is read.
  public let options: CubeOptions

  /// Names a source.
  public init(
    key: String, dataset: String, title: String? = nil, locations: [String],
    options: CubeOptions = CubeOptions()
  ) {
    self.key = key
    self.dataset = dataset
    self.title = title
    self.locations = locations
    self.options = options
  }

  /// Whether any of it is on a server, where asking for changes costs.
  var isRemote: Bool { locations.contains { $0.contains("://") } }

  /// A text that changes when files of it are added or its description changes; it blocks.
  ///
  /// Of a folder, the documents that describe groups and arrays; of a file, its size and its time.
  /// What is on a server has none: it is opened anew from time to time.
  func stamp() -> String {
    locations.filter { !$0.contains("://") }.map { location in
      var files: [String] = []
      Self.look(location, depth: 0, &files)
      return files.sorted().joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// How many files are looked at.
  private static let mostFiles = 2000
  private static let documents = ["zarr.json", ".zmetadata", ".zgroup", ".zarray", ".zattrs"]

  private static func look(_ path: String, depth: Int, _ files: inout [String]) {
    var status = stat()
    guard files.count < mostFiles, depth < 6, stat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      files.append(
        "\(path) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)")
      return
    }
    for name in documents { look(path + "/" + name, depth: depth + 1, &files) }
    // Below an array there are only chunks; in Zarr 3 all of them lie in the folder "c".
    guard access(path + "/.zarray", F_OK) != 0 else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names where !name.hasPrefix(".") && name != "c" {
      var inner = stat()
      if stat(path + "/" + name, &inner) == 0, inner.st_mode & S_IFMT == S_IFDIR {
        look(path + "/" + name, depth: depth + 1, &files)
      }
    }
  }
}
