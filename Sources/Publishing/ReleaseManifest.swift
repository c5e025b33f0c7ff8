public import Jobs
public import Stores

/// The current release of a site in its folder, as a build leaves it behind.
public struct ReleaseManifest: PartShelf {
  /// The folder of the site.
  public let folder: SiteFolder

  /// The key of the document that names the current release.
  public static var currentKey: String { CurrentRelease.key }

  /// Opens the records of a site.
  public init(_ folder: SiteFolder) { self.folder = folder }

  /// The folder's path.
  public var location: String { folder.path }

  /// The packed bytes of a part; `nil` where there is none.
  public func packed(_ part: ManifestPart) throws -> [UInt8]? { try folder.read(part.key) }

  /// The current release, where there is one.
  ///
  /// - Throws: `StoreError` where the documents cannot be read; ``PublishingError`` where they are
  ///   damaged.
  public func current() throws -> Release? {
    try reader.current()
  }

  private var reader: ReleaseReader {
    let remedy = "Remove the folder's _release and build again."
    return ReleaseReader(folder.path, remedy: remedy) { [folder] in try folder.read($0) }
  }

  /// Visits every object of a release in the order of the keys' bytes.
  ///
  /// - Throws: ``PublishingError`` where a part is missing or damaged, and what `visit` throws.
  public func forEachObject(of release: Release, _ visit: (ManifestEntry) throws -> Void) throws {
    try reader.forEachObject(of: release, visit)
  }

  /// Visits every object that is in no release any more but is still there, in a published folder.
  ///
  /// - Throws: ``PublishingError`` where the records are damaged, and what `visit` throws.
  public func forEachGoneObject(_ visit: (ManifestEntry) throws -> Void) throws {
    guard let pointer = try folder.read(CurrentRelease.key).flatMap(CurrentRelease.init) else {
      return
    }
    var stream = EntryStream(pointer.gone, on: self)
    while let entry = try stream.next() { try visit(entry) }
  }

  /// Makes a published release the current one of this folder, though its files need not be here.
  ///
  /// Files that are not those of the release are removed.
  ///
  /// - Throws: ``PublishingError`` where its manifest is damaged, and what reading and writing throws.
  public func adopt(_ release: Release, from shelf: some PartShelf) throws {
    for part in release.parts where try !folder.exists(part.key) {
      // Reading the lines is what finds a damaged part.
      _ = try shelf.lines(of: part)
      if let packed = try shelf.packed(part) { try folder.write(packed, to: part.key) }
    }
    let former = try current()
    var stale: [String] = []
    try compare(former?.parts ?? [], release.parts) { key, old, _ in
      if old != nil { stale.append(key) }
    }
    for key in stale { try folder.remove(key) }
    let own = Release(
      number: release.number, count: release.count, bytes: release.bytes, parts: release.parts)
    try folder.write(own.serialized, to: own.key)
    try folder.write(CurrentRelease(release: own.number).serialized, to: CurrentRelease.key)
    if let former, former.number != own.number { try folder.remove(former.key) }
    try removeParts(except: own.parts)
  }

  /// Makes the given objects the current release, where they are not already.
  ///
  /// Objects of the former release that are not in the new one are removed afterwards.
  ///
  /// - Returns: the release, and how many objects are new, changed and gone.
  /// - Throws: `StoreError` where a document cannot be read or written; ``PublishingError`` where
  ///   the former release is damaged, or two objects have one key.
  public func update(
    objects: [BuiltObject]
  ) throws -> (release: Release, changes: ReleaseChanges) {
    let former = try current()
    var writer = PartWriter { [folder] part, packed in
      if try !folder.exists(part.key) { try folder.write(try packed(), to: part.key) }
    }
    for object in objects.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      try writer.append(ManifestEntry(object))
    }
    try writer.finish()
    if let former, former.parts == writer.parts { return (former, ReleaseChanges()) }
    var changes = ReleaseChanges()
    var removed: [String] = []
    try compare(former?.parts ?? [], writer.parts) { key, old, new in
      switch (old, new) {
      case (nil, _): changes.added += 1
      case (_, nil): removed.append(key)
      default: changes.changed += 1
      }
    }
    changes.removed = removed.count
    let release = Release(
      number: (former?.number ?? 0) + 1, count: writer.count, bytes: writer.bytes,
      parts: writer.parts)
    try folder.write(release.serialized, to: release.key)
    try folder.write(CurrentRelease(release: release.number).serialized, to: CurrentRelease.key)
    for key in removed { try folder.remove(key) }
    if let former { try folder.remove(former.key) }
    try removeParts(except: release.parts)
    return (release, changes)
  }

  private func removeParts(except parts: [ManifestPart]) throws {
    let kept = Set(parts.map(\.key))
    var gone: [String] = []
    try folder.forEachFile(below: String(ManifestPart.folder.dropLast())) { file in
      if !kept.contains(file.key) { gone.append(file.key) }
    }
    for key in gone { try folder.remove(key) }
  }
}

extension PartShelf {
  /// Visits every key whose entries differ between two lists of parts on this shelf.
  func compare(
    _ former: [ManifestPart], _ current: [ManifestPart],
    _ visit: (String, ManifestEntry?, ManifestEntry?) throws -> Void
  ) throws {
    let lists = MergedStreams.withoutCommon([former, current])
    var merged = try MergedStreams(lists.map { EntryStream($0, on: self) })
    while let (key, entries) = try merged.next() {
      if entries[0] == entries[1] { continue }
      try visit(key, entries[0], entries[1])
    }
  }
}
