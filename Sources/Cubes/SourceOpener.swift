import Glibc
import JSON
import Stores

/// Finds out what a path or URL holds and opens it.
struct SourceOpener {
  /// A source and the coarser copies that it brings.
  struct Opened {
    let level0: any ArraySource
    let coarser: [any ArraySource]
  }

  private let options: CubeOptions
  private let access: SourceAccess
  private(set) var notes = NoteCollector()
  private var remote: RemoteStores

  init(options: CubeOptions, access: SourceAccess) {
    self.options = options
    self.access = access
    remote = RemoteStores(options.bucket, access: access)
  }

  /// Opens everything that a list of paths, globs and URLs names.
  mutating func open(_ locations: [String]) throws(CubeError) -> [Opened] {
    var opened: [Opened] = []
    for location in locations {
      let expanded =
        RemoteLocation(location) == nil
        ? try Self.expanded(location) : try remote.expanded(location)
      for location in expanded { opened.append(try open(location)) }
    }
    return opened
  }

  private mutating func open(_ location: String) throws(CubeError) -> Opened {
    if let place = RemoteLocation(location) { return try open(place, location) }
    let path = location.hasPrefix("file://") ? String(location.dropFirst(7)) : location
    if let kind = FileKind(path: path) {
      return Opened(level0: try kind.open(path: path), coarser: [])
    }
    do {
      return try openZarr(try StoreOpener.open(path), location)
    } catch let error as StoreError {
      throw CubeError("open the cube", of: location, reason: error.description)
    } catch {
      throw error as? CubeError ?? CubeError("open the cube", of: location, reason: "\(error)")
    }
  }

  private mutating func open(
    _ place: RemoteLocation, _ location: String
  ) throws(CubeError) -> Opened {
    do {
      if let kind = remote.fileKind(place) {
        let source = try RemoteFileSource(
          place, kind, in: try remote.folder(of: place), access: access)
        return Opened(level0: source, coarser: [])
      }
      return try openZarr(try remote.store(place), location)
    } catch let error as StoreError {
      throw CubeError("open the cube", of: place.name, reason: error.description)
    } catch {
      throw error as? CubeError ?? CubeError("open the cube", of: place.name, reason: "\(error)")
    }
  }

  private mutating func openZarr(
    _ store: any Store, _ location: String
  ) throws -> Opened {
    let trimmed = location.hasSuffix("/") ? String(location.dropLast()) : location
    let isPyramid = trimmed.prefix { $0 != "?" && $0 != "#" }.hasSuffix(".levels")
    // What is not there may be refused by a server, so nothing more is asked for than is needed.
    guard try isPyramid || !Self.hasGroup(store, "") && Self.hasGroup(store, "0.zarr/") else {
      return Opened(level0: try ZarrSource(store), coarser: [])
    }
    let base = try ZarrSource(store, path: "0.zarr")
    var coarser: [any ArraySource] = []
    while coarser.count < 32, try Self.hasGroup(store, "\(coarser.count + 1).zarr/") {
      coarser.append(try ZarrSource(store, path: "\(coarser.count + 1).zarr"))
    }
    if options.levels == .useExisting {
      notes.add(
        "existing-levels", about: location,
        "brings \(coarser.count) coarser levels, which are used as they are; xcube makes them by "
          + "subsampling unless told otherwise, so they may not be means")
    } else if !coarser.isEmpty {
      notes.add(
        "rebuilt-levels", about: location,
        "brings \(coarser.count) coarser levels, which are not used: levels are made anew as means")
    }
    return Opened(level0: base, coarser: coarser)
  }

  private static func hasGroup(_ store: any Store, _ folder: String) throws(StoreError) -> Bool {
    for name in ["zarr.json", ".zgroup", ".zmetadata"]
    where try store.size(of: folder + name) != nil {
      return true
    }
    return false
  }

  /// The files that a glob names, sorted; anything else is itself.
  private static func expanded(_ location: String) throws(CubeError) -> [String] {
    guard !location.contains("://"), location.contains(where: { "*?[".contains($0) }),
      !isThere(location)
    else { return [location] }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(location, GLOB_TILDE, nil, &result) == 0 else {
      throw CubeError(
        "open the cube", of: location, reason: "no file matches",
        remedy: "check the path; relative ones count from the recipe's folder")
    }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }
  }

  private static func isThere(_ path: String) -> Bool { Glibc.access(path, F_OK) == 0 }
}
