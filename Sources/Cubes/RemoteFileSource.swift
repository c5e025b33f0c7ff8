import Codecs
import JSON
import Stores
import Synchronization

/// The arrays of one NetCDF or GeoTIFF file on a server.
///
/// Their libraries want a file of this machine, so it is copied to the spool when values are read.
/// What is in it is known from its outline, where an earlier run has kept one.
final class RemoteFileSource: ArraySource {
  let location: String
  let attributes: JSONObject
  let arrays: [SourceArray]

  private let kind: FileKind
  private let key: String
  private let store: any Store
  private let size: Int
  private let access: SourceAccess
  /// Name, size and tag: a text that other bytes do not have.
  private let identity: String
  private let outline: Mutex<(known: SourceOutline, isNew: Bool)>

  /// Looks at a file, and copies it where nothing is known of it.
  ///
  /// - Throws: `StoreError` where the server cannot be asked, `CubeError` where there is no such file or
  ///   it is not of the kind.
  init(
    _ place: RemoteLocation, _ kind: FileKind, in store: any Store, access: SourceAccess
  ) throws {
    self.kind = kind
    location = place.name
    self.store = store
    self.access = access
    guard let key = place.key, let size = try store.size(of: key),
      let tag = try store.fingerprint(of: key)
    else {
      throw CubeError(
        "open the cube", of: place.name, reason: "there is no such object",
        remedy: "check the address")
    }
    (self.key, self.size) = (key, size)
    let identity = "\(key):\(size):\(tag)"
    self.identity = identity
    let shelved = "\(place.name) \(identity)"
    if let known = access.outlines?.outline(of: shelved) {
      outline = Mutex((known, false))
      (attributes, arrays) = (known.attributes, known.arrays)
      return
    }
    let fresh = try access.spool.withCopy(
      of: shelved, kind: kind, name: place.name, size: size,
      fetch: { (folder) throws(StoreError) in
        try TemporaryCopy(of: key, in: store, size: size, folder: folder)
      }, { (source) throws(CubeError) in SourceOutline(of: source) })
    outline = Mutex((fresh, true))
    (attributes, arrays) = (fresh.attributes, fresh.arrays)
  }

  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray {
    let place = SourceOutline.place(array, region)
    if let known = outline.withLock({ $0.known.numbers[place] }) { return known }
    let numbers = try withCopy { (source) throws(CubeError) in try source.read(array, region) }
    outline.withLock { if $0.isNew { $0.known.add(numbers, array, region) } }
    return numbers
  }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    if let known = outline.withLock({ $0.known.texts[array.name] }) { return known }
    let texts = try withCopy { (source) throws(CubeError) in try source.readStrings(array) }
    outline.withLock { if $0.isNew { $0.known.texts[array.name] = texts } }
    return texts
  }

  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    kind.fingerprint(identity: identity, array, region)
  }

  /// Keeps what was read to find out where everything lies, and no more: values come after that.
  func keepOutline() {
    outline.withLock { outline in
      guard outline.isNew else { return }
      outline.isNew = false
      access.outlines?.keep(outline.known, of: shelved)
    }
  }

  private var shelved: String { "\(location) \(identity)" }

  private func withCopy<Result>(
    _ body: (any ArraySource) throws(CubeError) -> Result
  ) throws(CubeError) -> Result {
    try access.spool.withCopy(
      of: shelved, kind: kind, name: location, size: size,
      fetch: { (folder) throws(StoreError) in
        try TemporaryCopy(of: key, in: store, size: size, folder: folder)
      }, body)
  }
}
