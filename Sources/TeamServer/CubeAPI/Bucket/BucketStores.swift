internal import FileServing
internal import Foundation
internal import LiveCubes

/// A Zarr store as it lies in a bucket.
struct BucketStore: Sendable, Equatable {
  /// What its keys in the bucket begin with, with a slash at the end.
  let prefix: String
  /// The folder that holds it; nothing outside of it is served.
  let folder: String
  /// The path of the store within the folder; empty for the folder itself.
  let inner: String

  /// The key within the folder.
  func key(_ rest: String) -> String { inner.isEmpty ? rest : "\(inner)/\(rest)" }

  /// Shows a visitor the keys of the store as they are in the bucket; it blocks.
  ///
  /// - Returns: whether the visit came to its end.
  func visit(_ visitor: inout KeyPage, in files: SiteFiles) throws -> Bool {
    var above = ""
    for part in prefix.split(separator: "/") {
      above += part + "/"
      switch visitor.visit(above) {
      case .stop: return false
      case .past: return true
      case .on: continue
      }
    }
    var inside = StoreVisitor(store: self, visitor: visitor)
    defer { visitor = inside.visitor }
    return try files.visit(&inside, in: inner, showing: Self.documents)
  }

  /// The hidden names that Zarr 2 gives its documents.
  static let documents: Set = [".zarray", ".zattrs", ".zgroup", ".zmetadata"]

  /// Turns the keys of the folder into those of the bucket.
  private struct StoreVisitor: KeyVisitor {
    let store: BucketStore
    var visitor: KeyPage

    mutating func visit(_ key: String) -> KeyStep {
      let inner = store.inner.isEmpty ? 0 : store.inner.utf8.count + 1
      return visitor.visit(
        store.prefix + String(decoding: key.utf8.dropFirst(inner), as: UTF8.self))
    }
  }
}

/// The buckets of xcube's server: `datasets` holds cubes, `pyramids` their levels.
enum Bucket: String, Sendable {
  case datasets
  case pyramids

  /// The name of a dataset in the bucket.
  func name(of dataset: String) -> String {
    dataset + (self == .datasets ? ".zarr" : ".levels")
  }

  /// The dataset behind a name; `nil` for a name that none has.
  func dataset(of name: String) -> String? {
    let ending = self.name(of: "")
    return name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : nil
  }

  /// The stores that hold a cube; it blocks.
  ///
  /// Of cubes without levels `pyramids` has level 0.
  ///
  /// - Parameters:
  ///   - source: where the cube lies.
  ///   - site: the folder of the team's site, whose cubes have their levels side by side.
  /// - Returns: none for NetCDF files and for what lies in another bucket.
  func stores(of source: LiveSource, site: String) -> [BucketStore] {
    guard let place = source.locations.first, source.locations.count == 1,
      !place.contains("://"), Self.isFolder(place)
    else { return [] }
    let levels = Self.levels(of: source, at: place, site: site)
    let name = name(of: source.dataset)
    guard self == .pyramids else {
      return levels.prefix(1).map {
        BucketStore(prefix: name + "/", folder: $0.folder, inner: $0.inner)
      }
    }
    return levels.enumerated().map { level, store in
      BucketStore(
        prefix: "\(name)/\(level).zarr/", folder: store.folder, inner: store.inner)
    }.sorted { $0.prefix.isBefore($1.prefix) }
  }

  private static func levels(
    of source: LiveSource, at place: String, site: String
  ) -> [(folder: String, inner: String)] {
    let built = "\(site)/datasets/\(source.dataset)/cube.zarr"
    let isBuilt = place == built + "/0"
    let folder = isBuilt ? built : place
    var levels: [(folder: String, inner: String)] = []
    while levels.count < 32 {
      let inner = isBuilt ? "\(levels.count)" : "\(levels.count).zarr"
      guard isFolder("\(folder)/\(inner)") else { break }
      levels.append((folder, inner))
    }
    return levels.isEmpty ? [(place, "")] : levels
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
