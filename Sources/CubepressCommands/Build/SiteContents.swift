import Jobs
import Publishing
import Pyramids
import Stores

/// What a site is made up of while its next release is put together: what was made now, and what stays
/// of the release before.
///
/// The files of units are listed by the journal; here they pass through one by one.
struct SiteContents {
  /// The datasets that were made or are up to date.
  private(set) var fresh: [BuiltDataset] = []
  /// All datasets of the site.
  private(set) var datasets: [BuiltDataset] = []
  private let folder: SiteFolder
  private let journal: Journal
  private let made: ReleaseContents
  private var keptPrefixes: [String] = []
  private var keptKeys: Set<String> = []

  init(_ workshop: Workshop) {
    folder = workshop.folder
    journal = workshop.journal
    made = ReleaseContents(in: folder)
  }

  /// Takes a dataset in with its files.
  ///
  /// - Throws: `CommandError` where the record of a unit has gone meanwhile.
  mutating func add(_ dataset: BuiltDataset, products: [ProductFiles]) throws {
    for product in products {
      for unit in product.units {
        guard try journal.forEachObject(of: unit, made.add) else {
          throw CommandError(
            description:
              "\(dataset.id): the record of \(unit) in \(folder.path) has gone while the "
              + "site was built. Build again")
        }
      }
      for object in product.others { try made.add(object) }
    }
    fresh.append(dataset)
    datasets.append(dataset)
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
      try made.add(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
    }
  }

  /// Makes all this the current release.
  ///
  /// - Throws: `PublishingError` where the former release is damaged.
  func release() throws -> (release: Release, changes: ReleaseChanges) {
    let isKept = { key in
      keptKeys.contains(key) || keptPrefixes.contains { key.hasPrefix($0) }
    }
    let keepsNone = keptKeys.isEmpty && keptPrefixes.isEmpty
    return try ReleaseManifest(folder).update(to: made, keeping: keepsNone ? nil : isKept)
  }

  /// Whether the former release consists of just these objects, apart from some keys.
  ///
  /// - Throws: `PublishingError` where the former release is damaged.
  func areReleased(but ignored: [String]) throws -> Bool {
    try ReleaseManifest(folder).isCurrent(made, with: Set(ignored))
  }
}
