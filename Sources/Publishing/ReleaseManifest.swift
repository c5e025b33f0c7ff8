import JSON
public import Jobs
public import Stores

/// The list of everything that a release of a site consists of.
///
/// `_release/<n>.json` names each object with its size, SHA-256 and MIME type, sorted by key;
/// `_release/current.json` says which release is the current one and is written last.
public struct ReleaseManifest: Sendable {
  /// The number of the release, counted from 1.
  public let release: Int
  /// Everything in it, sorted by key.
  public let objects: [BuiltObject]

  /// The key of the document that names the current release.
  public static let currentKey = "_release/current.json"

  /// The key of a release's manifest.
  public static func key(release: Int) -> String { "_release/\(release).json" }

  /// The current release of a site, where it has one that can be read.
  ///
  /// - Throws: `StoreError` where the documents cannot be read or are damaged.
  public static func current(in folder: SiteFolder) throws -> ReleaseManifest? {
    guard let bytes = try folder.read(currentKey) else { return nil }
    let number = (try? JSONValue(parsing: bytes))?["release"]?.intValue
    guard let number, let text = try folder.read(key(release: number)),
      let objects = (try? JSONValue(parsing: text))?["objects"]?.arrayValue
    else { throw damaged(in: folder) }
    return ReleaseManifest(
      release: number,
      objects: try objects.map { object in
        guard let key = object["key"]?.stringValue, let size = object["size"]?.intValue,
          let sha256 = object["sha256"]?.stringValue
        else { throw damaged(in: folder) }
        return BuiltObject(key: key, size: size, sha256: sha256)
      })
  }

  /// Makes the given objects the current release, where they are not already.
  ///
  /// Objects of the former release that are not in the new one are removed afterwards.
  ///
  /// - Returns: the release, and how many objects are new, changed and gone.
  /// - Throws: `StoreError` where a document cannot be read or written.
  public static func update(
    _ folder: SiteFolder, objects: [BuiltObject]
  ) throws -> (release: ReleaseManifest, changes: ReleaseChanges) {
    let former = try current(in: folder)
    let sorted = objects.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let changes = ReleaseChanges(from: former?.objects ?? [], to: sorted)
    if let former, changes.isEmpty { return (former, changes) }
    let manifest = ReleaseManifest(release: (former?.release ?? 0) + 1, objects: sorted)
    try folder.write(manifest.serialized(), to: key(release: manifest.release))
    let current: JSONValue = [
      "release": .integer(Int64(manifest.release)),
      "manifest": .string(key(release: manifest.release)),
    ]
    try folder.write(Array(current.serialized(pretty: true).utf8), to: currentKey)
    for key in changes.removed { try folder.remove(key) }
    if let former { try folder.remove(key(release: former.release)) }
    return (manifest, changes)
  }

  /// One object a line, so that releases can be compared by line.
  private func serialized() -> [UInt8] {
    var text = "{\"release\":\(release),\"objects\":["
    var separator = "\n"
    for object in objects {
      let entry: JSONValue = [
        "key": .string(object.key), "size": .integer(Int64(object.size)),
        "sha256": .string(object.sha256), "type": .string(ContentType.of(key: object.key)),
      ]
      text += separator + entry.serialized()
      separator = ",\n"
    }
    return Array((text + "\n]}\n").utf8)
  }

  private static func damaged(in folder: SiteFolder) -> StoreError {
    StoreError(
      .damaged, attempt: "read the release manifest of \(folder.path)",
      reason: "it is not what cubepress writes",
      remedy: "Remove the folder's _release and build again.")
  }
}

/// How two releases differ.
public struct ReleaseChanges: Sendable, Equatable {
  /// Keys that are new.
  public private(set) var added: [String] = []
  /// Keys whose bytes are others.
  public private(set) var changed: [String] = []
  /// Keys that are gone.
  public private(set) var removed: [String] = []

  /// Compares two lists of objects, each sorted by the bytes of the keys.
  public init(from former: [BuiltObject], to current: [BuiltObject]) {
    var old = former[...]
    for object in current {
      while let first = old.first, first.key.utf8.lexicographicallyPrecedes(object.key.utf8) {
        removed.append(first.key)
        old.removeFirst()
      }
      guard let first = old.first, first.key == object.key else {
        added.append(object.key)
        continue
      }
      if first != object { changed.append(object.key) }
      old.removeFirst()
    }
    removed += old.map(\.key)
  }

  /// Whether there is no difference.
  public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
