import Jobs
import Publishing
import Pyramids
import Stores

/// What a site is made up of while its next release is put together: what was made now, and what stays
/// of the release before.
struct SiteContents {
  /// The datasets that were made or are up to date.
  private(set) var fresh: [BuiltDataset] = []
  /// All datasets of the site.
  private(set) var datasets: [BuiltDataset] = []
  private let folder: SiteFolder
  private var made: [BuiltObject] = []
  private var keptPrefixes: [String] = []
  private var keptKeys: Set<String> = []

  init(_ folder: SiteFolder) { self.folder = folder }

  /// Takes a dataset in with its files.
  mutating func add(_ dataset: BuiltDataset, objects: [BuiltObject]) {
    fresh.append(dataset)
    datasets.append(dataset)
    made += objects
  }

  /// Leaves the files of a dataset as they were released.
  mutating func keep(_ dataset: BuiltDataset) {
    datasets.append(dataset)
    keptPrefixes += ["datasets/\(dataset.id)/", "4d_viewer/\(dataset.id)."]
  }

  /// Leaves some files as they were released.
  mutating func keep(_ keys: [String]) { keptKeys.formUnion(keys) }

  /// Puts the datasets into the order of the recipe.
  mutating func sort(by ids: [String]) {
    let places = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
    datasets.sort { places[$0.id] ?? .max < places[$1.id] ?? .max }
  }

  /// Writes documents.
  mutating func write(_ documents: [String: [UInt8]]) throws(StoreError) {
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      try folder.write(bytes, to: key)
      made.append(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
    }
  }

  /// All objects of the site.
  ///
  /// - Throws: `PublishingError` where the former release is damaged.
  func objects() throws -> [BuiltObject] {
    guard !keptPrefixes.isEmpty || !keptKeys.isEmpty else { return made }
    let own = Set(made.map(\.key))
    var objects = made
    try forEachReleased { entry in
      let isKept =
        keptKeys.contains(entry.key) || keptPrefixes.contains { entry.key.hasPrefix($0) }
      guard isKept, !own.contains(entry.key) else { return }
      objects.append(entry)
    }
    return objects
  }

  /// Whether the former release consists of just these objects, apart from some keys.
  ///
  /// - Throws: `PublishingError` where the former release is damaged.
  func areReleased(but ignored: [String]) throws -> Bool {
    var missing = Dictionary(
      made.map { ($0.key, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    var hasIgnored = false
    var isSame = true
    try forEachReleased { entry in
      if ignored.contains(entry.key) {
        hasIgnored = true
      } else if missing.removeValue(forKey: entry.key) != entry.sha256 {
        isSame = false
      }
    }
    return isSame && missing.isEmpty && hasIgnored
  }

  private func forEachReleased(_ visit: (BuiltObject) throws -> Void) throws {
    let manifest = ReleaseManifest(folder)
    guard let release = try manifest.current() else { return }
    try manifest.forEachObject(of: release) {
      try visit(BuiltObject(key: $0.key, size: $0.size, sha256: $0.sha256))
    }
  }
}
