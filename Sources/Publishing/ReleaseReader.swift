/// The current release of a site, wherever its documents can be read.
public struct ReleaseReader: PartShelf {
  /// Where the site is.
  public let location: String
  private let remedy: String
  private let read: @Sendable (String) throws -> [UInt8]?

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - location: where the site is, for messages.
  ///   - remedy: what to do when its records are damaged.
  ///   - read: gives the bytes under a key; `nil` when there is no such key.
  public init(
    _ location: String, remedy: String, read: @escaping @Sendable (String) throws -> [UInt8]?
  ) {
    self.location = location
    self.remedy = remedy
    self.read = read
  }

  /// The packed bytes of a part; `nil` where there is none.
  public func packed(_ part: ManifestPart) throws -> [UInt8]? { try read(part.key) }

  /// The current release; `nil` where nothing was ever released.
  ///
  /// - Throws: ``PublishingError`` where the documents are damaged, and what reading throws.
  public func current() throws -> Release? {
    guard let bytes = try read(CurrentRelease.key) else { return nil }
    guard let current = CurrentRelease(bytes),
      let text = try read(Release.key(current.release)), let release = Release(text),
      release.number == current.release
    else {
      throw PublishingError(
        .damaged, attempt: "read the release in \(location)",
        reason: "its manifest is not what cubepress writes", remedy: remedy)
    }
    return release
  }

  /// Visits objects of a release in the order of the keys' bytes.
  ///
  /// - Parameters:
  ///   - release: which release.
  ///   - partLimit: how many parts of the manifest are read at most.
  ///   - visit: what to do with each.
  /// - Throws: ``PublishingError`` where a part is missing or damaged, and what `visit` throws.
  public func forEachObject(
    of release: Release, partLimit: Int = .max, _ visit: (ManifestEntry) throws -> Void
  ) throws {
    var stream = EntryStream(Array(release.parts.prefix(partLimit)), on: self)
    while let entry = try stream.next() { try visit(entry) }
  }
}
