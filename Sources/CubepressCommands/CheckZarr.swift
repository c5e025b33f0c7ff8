import Stores
import Zarr

/// Looks through the Zarr hierarchies of a site: documents must say what can be read, and the index
/// of every shard must fit the shard.
struct ZarrCheck {
  private(set) var problems: [SiteCheck.Finding] = []
  /// How many arrays were looked at.
  private(set) var arrayCount = 0
  private let site: FolderStore

  init(site: FolderStore) { self.site = site }

  /// Checks the hierarchy whose root document has that key; keys of other documents are passed over.
  mutating func check(_ key: String) {
    for name in ["zarr.json", ".zmetadata"] {
      guard key.hasSuffix(".zarr/" + name) else { continue }
      let path = String(key.dropLast(name.count + 1))
      do {
        let store = try PrefixStore(site, prefix: path)
        try check(try ZarrGroup.open(store), below: path)
      } catch {
        problems.append(SiteCheck.Finding(id: "zarr", key: key, text: "\(error)"))
      }
    }
  }

  private mutating func check(_ group: ZarrGroup, below root: String) throws(ZarrError) {
    for name in group.arrayNames {
      let array = try group.array(name)
      arrayCount += 1
      var found: [SiteCheck.Finding] = []
      _ = try array.inspect { key, what in
        found.append(SiteCheck.Finding(id: "shard", key: "\(root)/\(key)", text: what))
      }
      problems += found
    }
    for name in group.groupNames { try check(try group.group(name), below: root) }
  }
}
