import Buckets
import Stores

/// What is to become the next release of a target.
protocol ReleaseSource: PartShelf {
  /// The list of its objects.
  var parts: [ManifestPart] { get }
  /// How many objects there are.
  var count: Int { get }
  /// How many bytes they have together.
  var bytes: Int { get }
  /// The release whose documents it brings back.
  var restores: Int? { get }
  /// Whether it holds all objects itself, so that afterwards everything in the target is known.
  var isComplete: Bool { get }

  /// The bytes of an object; `nil` where the target has them already.
  ///
  /// - Throws: ``PublishingError`` when they are not what the manifest says.
  func content(of entry: ManifestEntry) throws -> Upload.Content?
}

/// The folder that a build has made.
struct BuiltSource: ReleaseSource {
  let manifest: ReleaseManifest
  let release: Release

  /// Files up to this size are read at once; larger ones while they are sent.
  private static let largestInMemory = 1 << 20

  /// Opens the current release of a folder.
  ///
  /// - Throws: ``PublishingError`` when there is none.
  init(_ folder: SiteFolder) throws {
    manifest = ReleaseManifest(folder)
    guard let release = try manifest.current() else {
      throw PublishingError(
        .absent, attempt: "publish \(folder.path)", reason: "it holds no release of a site",
        remedy: "Make one with cubepress build.")
    }
    self.release = release
  }

  var location: String { manifest.location }
  var parts: [ManifestPart] { release.parts }
  var count: Int { release.count }
  var bytes: Int { release.bytes }
  var restores: Int? { nil }
  var isComplete: Bool { true }

  func packed(_ part: ManifestPart) throws -> [UInt8]? { try manifest.packed(part) }

  func content(of entry: ManifestEntry) throws -> Upload.Content? {
    let path = manifest.folder.path + "/" + entry.key
    // A worker that began with an empty folder has only what it made.
    if let lender = manifest.folder.lender, try !manifest.folder.exists(entry.key),
      let bytes = try lender.read(entry.key), sha256Hex(bytes) == entry.sha256
    {
      return .bytes(bytes)
    }
    if entry.size > Self.largestInMemory {
      guard let found = try manifest.folder.digest(of: entry.key), found.size == entry.size,
        hexadecimal(found.sha256) == entry.sha256
      else { throw PublishingError.changed(path) }
      return .file(path: path, size: entry.size)
    }
    guard let bytes = try manifest.folder.read(entry.key), bytes.count == entry.size,
      sha256Hex(bytes) == entry.sha256
    else { throw PublishingError.changed(path) }
    return .bytes(bytes)
  }
}
