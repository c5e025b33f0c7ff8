import Buckets
import Glibc
import Stores

/// Opens the stores of servers, each once.
struct RemoteStores {
  private let bucket: BucketAccess
  private let access: SourceAccess
  /// By the address of a folder.
  private var folders: [String: any Store] = [:]

  init(_ bucket: BucketAccess, access: SourceAccess) {
    self.bucket = bucket
    self.access = access
  }

  /// The store in which a location is an object.
  mutating func folder(of place: RemoteLocation) throws -> any Store {
    if let known = folders[place.folder] { return known }
    let store = ReadAheadStore(
      try near(place.folder, isBucket: place.isBucket), capacity: 128 << 20)
    folders[place.folder] = store
    return store
  }

  /// The store that a location is: an address that keys go behind, or a zip archive.
  mutating func store(_ place: RemoteLocation) throws -> any Store {
    if place.ending == "zip", let key = place.key {
      return try StoreOpener.archive(key, in: try folder(of: place))
    }
    return ReadAheadStore(try near(place.path + place.query, isBucket: place.isBucket))
  }

  private func near(_ address: String, isBucket: Bool) throws -> any Store {
    guard isBucket else { return try HTTPStore(url: address) }
    do {
      return S3Store(
        try bucket.client(address, environment: access.environment, signing: .whenPossible))
    } catch {
      throw StoreError(
        .unsupported, attempt: error.attempt, reason: error.reason, remedy: error.remedy)
    }
  }

  /// The kind of file that a location is, by its ending, or else by its first bytes; `nil` for others.
  mutating func fileKind(_ place: RemoteLocation) -> FileKind? {
    if let kind = FileKind(ending: place.ending) { return kind }
    if ["zarr", "levels", "zip"].contains(place.ending) { return nil }
    // The root of a bucket or server is no object.
    guard place.folder.split(separator: "/").count > 1, let key = place.key, !key.isEmpty,
      let bytes = try? folder(of: place).beginning(of: key, count: 8)
    else { return nil }
    return FileKind(beginning: bytes)
  }

  /// The objects and folders of a bucket that a glob names, sorted; anything else is itself.
  ///
  /// - Throws: `CubeError` where nothing matches, or the bucket cannot be listed.
  mutating func expanded(_ location: String) throws(CubeError) -> [String] {
    let found = try matching(location)
    // One listing tells sizes and tags of all, which would be asked for one by one.
    if found.count > 1, let place = RemoteLocation(location) {
      _ = try? folder(of: place).list("")
    }
    return found
  }

  private func matching(_ location: String) throws(CubeError) -> [String] {
    guard location.hasPrefix("s3://"), location.contains(where: { "*?[".contains($0) }) else {
      return [location]
    }
    let parts = location.dropFirst("s3://".count).split(separator: "/").map(String.init)
    guard let bucketName = parts.first else { return [location] }
    let root = "s3://" + bucketName
    var found = [""]
    do {
      let store = try near(root, isBucket: true)
      for part in parts.dropFirst() {
        guard part.contains(where: { "*?[".contains($0) }) else {
          found = found.map { $0.isEmpty ? part : $0 + "/" + part }
          continue
        }
        found = try found.flatMap { folder in
          try (store.list(folder) ?? []).filter { fnmatch(part, $0, FNM_PERIOD) == 0 }
            .map { folder.isEmpty ? $0 : folder + "/" + $0 }
        }
      }
    } catch {
      throw CubeError("list the sources", of: location, reason: "\(error)")
    }
    guard !found.isEmpty else {
      throw CubeError(
        "open the cube", of: location, reason: "no object matches",
        remedy: "check the bucket and the pattern; * does not match /")
    }
    return found.map { root + "/" + $0 }
  }
}
