import Glibc
import Transport

/// Opens what a location names as a store.
public enum StoreOpener {
  /// Opens a folder, a zip archive or a web address.
  ///
  /// A name that ends with `.zip` is an archive, also on a web server; so is a file that begins as
  /// one. An archive in which everything lies in one folder is opened at that folder, as archives
  /// are that were made by packing `cube.zarr` itself.
  ///
  /// - Parameter location: a path, or an address with `file://`, `http://` or `https://`.
  /// - Returns: the store; whether a web address leads anywhere is not known before it is read.
  /// - Throws: ``StoreError`` when there is nothing there or it cannot be opened as a store.
  public static func open(_ location: String) throws(StoreError) -> any Store {
    let scheme = location.firstRange(of: "://").map { location[..<$0.lowerBound].lowercased() }
    switch scheme {
    case "http", "https": return try openAddress(location)
    case "file":
      // After the scheme may come an empty host or "localhost" (RFC 8089).
      let rest = location.dropFirst("file://".count)
      guard let slash = rest.firstIndex(of: "/"),
        ["", "localhost"].contains(rest[..<slash].lowercased()),
        let path = percentDecoded(rest[slash...])
      else {
        throw StoreError(
          .unsupported, attempt: "open \(location)", reason: "it names no file on this machine",
          remedy: "Write file:///folder/name, or the path alone.")
      }
      return try openPath(path)
    case .some(let scheme) where !pathExists(location):
      throw StoreError(
        .unsupported, attempt: "open \(location)",
        reason: "addresses that begin with \(scheme):// are not supported",
        remedy: "Give a path, or an address with file://, http:// or https://.")
    default: return try openPath(location)
    }
  }

  private static func openAddress(_ url: String) throws(StoreError) -> any Store {
    let address = url.prefix { $0 != "#" }
    let path = address.prefix { $0 != "?" }
    guard path.lowercased().hasSuffix(".zip"), let slash = path.lastIndex(of: "/"),
      let name = percentDecoded(path[path.index(after: slash)...])
    else { return try HTTPStore(url: url) }
    let folder = try HTTPStore(url: String(path[..<slash] + address[path.endIndex...]))
    return try archive(name, in: folder)
  }

  /// Opens a zip archive that is an object in a store.
  ///
  /// - Throws: ``StoreError`` as `ZipStore`.
  public static func archive(_ key: String, in store: any Store) throws(StoreError) -> any Store {
    try withoutWrapping(try ZipStore(key, in: store))
  }

  private static func openPath(_ path: String) throws(StoreError) -> any Store {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let error = SystemFailure.last
      throw StoreError(
        error.isAbsence ? .notFound : .unreadable, attempt: "open \(path)", reason: error.text,
        remedy: error.isAbsence ? "Check the path." : error.remedy)
    }
    if status.st_mode & S_IFMT == S_IFDIR { return try FolderStore(path: path) }
    return try withoutWrapping(try ZipStore(path: path))
  }

  /// The only folder in an archive, or else the archive.
  private static func withoutWrapping(_ archive: ZipStore) throws(StoreError) -> any Store {
    guard let names = try archive.list(""), names.count == 1, let name = names.first,
      try archive.size(of: name) == nil
    else { return archive }
    return try PrefixStore(archive, prefix: name)
  }

  private static func pathExists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}

/// A text with every `%` and two digits replaced by that byte (RFC 3986, 2.1).
///
/// - Returns: `nil` where the digits are wrong or the bytes are not UTF-8.
public func percentDecoded(_ text: some StringProtocol) -> String? {
  guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
    guard digits.utf8.count == 2, digits.utf8.first != UInt8(ascii: "+"),
      let value = UInt8(digits, radix: 16)
    else { return nil }
    bytes.append(value)
    rest = rest.dropFirst(2)
  }
  return String(validating: bytes, as: UTF8.self)
}
