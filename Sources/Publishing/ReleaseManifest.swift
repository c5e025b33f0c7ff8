import Jobs
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

  /// The objects of a release in the order of the keys' bytes.
  public func objects(of release: Release) -> EntryStream { EntryStream(release.parts, on: self) }

  /// The objects that are in no release any more but are still there, in a published folder.
  ///
  /// - Throws: `StoreError` where the folder cannot be read.
  public func goneObjects() throws -> EntryStream {
    let pointer = try folder.read(CurrentRelease.key).flatMap(CurrentRelease.init)
    return EntryStream(pointer?.gone ?? [], on: self)
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
    try compare(former?.parts ?? [], release.parts) { key, old, _ in
      if old != nil { try folder.remove(key) }
    }
    let own = Release(
      number: release.number, count: release.count, bytes: release.bytes, parts: release.parts)
    try folder.write(own.serialized, to: own.key)
    try folder.write(CurrentRelease(release: own.number).serialized, to: CurrentRelease.key)
    if let former, former.number != own.number { try folder.remove(former.key) }
    try removeParts(except: own.parts)
  }

  /// Makes the given objects the current release, where they are not already.
  ///
  /// Objects of the former release that are not in the new one are removed afterwards. One part of the
  /// manifest is in memory at a time.
  ///
  /// - Parameters:
  ///   - contents: what was made.
  ///   - isKept: which keys of the former release stay in the new one though they were not made;
  ///     `nil` for none.
  /// - Returns: the release, and how many objects are new, changed and gone.
  /// - Throws: `StoreError` where a document cannot be read or written; ``PublishingError`` where
  ///   the former release is damaged, or two objects have one key.
  public func update(
    to contents: ReleaseContents, keeping isKept: ((String) -> Bool)? = nil
  ) throws -> (release: Release, changes: ReleaseChanges) {
    let former = try current()
    var writer = PartWriter { [folder] part, packed in
      if try !folder.exists(part.key) { try folder.write(try packed(), to: part.key) }
    }
    try write(contents, and: former, where: isKept, to: &writer)
    if let former, former.parts == writer.parts { return (former, ReleaseChanges()) }
    var changes = ReleaseChanges()
    try compare(former?.parts ?? [], writer.parts) { _, old, new in
      switch (old, new) {
      case (nil, _): changes.added += 1
      case (_, nil): changes.removed += 1
      default: changes.changed += 1
      }
    }
    let release = Release(
      number: (former?.number ?? 0) + 1, count: writer.count, bytes: writer.bytes,
      parts: writer.parts)
    try folder.write(release.serialized, to: release.key)
    try folder.write(CurrentRelease(release: release.number).serialized, to: CurrentRelease.key)
    if let former {
      if changes.removed > 0 {
        try compare(former.parts, release.parts) { key, _, new in
          if new == nil { try folder.remove(key) }
        }
      }
      try folder.remove(former.key)
    }
    try removeParts(except: release.parts)
    return (release, changes)
  }

  /// Whether the current release consists of just these objects, apart from some keys that it has too.
  ///
  /// - Parameters:
  ///   - contents: what was made.
  ///   - keys: what the release has beside it.
  /// - Returns: whether it does.
  /// - Throws: as ``update(to:keeping:)``; nothing is written.
  public func isCurrent(_ contents: ReleaseContents, with keys: Set<String>) throws -> Bool {
    guard let former = try current() else { return false }
    var writer = PartWriter { _, _ in }
    let kept = try write(contents, and: former, where: keys.contains, to: &writer)
    return kept == keys.count && writer.parts == former.parts
  }

  /// Cuts into parts what was made and what stays of the former release.
  ///
  /// - Returns: how many objects stay.
  @discardableResult
  private func write(
    _ contents: ReleaseContents, and former: Release?, where isKept: ((String) -> Bool)?,
    to writer: inout PartWriter
  ) throws -> Int {
    var made = try contents.objects()
    var released = EntryStream(isKept == nil ? [] : former?.parts ?? [], on: self)
    var object = try made.next()
    var entry = try released.next()
    var count = 0
    while true {
      if let old = entry, object.map({ old.key.precedesInBytes($0.key) }) ?? true {
        if let isKept, isKept(old.key) {
          let stays = BuiltObject(key: old.key, size: old.size, sha256: old.sha256)
          try writer.append(ManifestEntry(stays))
          count += 1
        }
        entry = try released.next()
      } else if let new = object {
        if entry?.key == new.key { entry = try released.next() }
        try writer.append(ManifestEntry(new))
        object = try made.next()
      } else {
        try writer.finish()
        return count
      }
    }
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
