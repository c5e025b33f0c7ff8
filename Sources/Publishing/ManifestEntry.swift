import Buckets
import JSON
public import Jobs
import Stores

/// One object of a release: everything that decides what a bucket stores and answers for its key.
///
/// In a manifest it is one line of JSON. Two equal lines mean equal objects, so that comparing
/// releases is comparing lines.
public struct ManifestEntry: Sendable, Hashable {
  /// The address below the site's root.
  public let key: String
  /// How many bytes it has.
  public let size: Int
  /// The SHA-256 of its bytes, in lower-case hexadecimal.
  public let sha256: String
  /// The media type.
  public let type: String
  /// How the bytes are packed, as in `gzip`; `nil` for not at all.
  public let encoding: String?
  /// Whether caches may keep it for ever, because other bytes would have another key.
  public let isImmutable: Bool
  /// Since when it is in no release any more, in seconds since 1970-01-01 UTC; `nil` while it is.
  public var gone: Int?

  /// Describes a file of a build.
  public init(_ object: BuiltObject) {
    key = object.key
    size = object.size
    sha256 = object.sha256
    type = ContentType.of(key: object.key)
    encoding = PublishedForm.encoding(of: object.key)
    isImmutable = PublishedForm.isNamedByContent(object.key)
  }

  private init(
    key: String, size: Int, sha256: String, type: String, encoding: String?, isImmutable: Bool,
    gone: Int?
  ) {
    self.key = key
    self.size = size
    self.sha256 = sha256
    self.type = type
    self.encoding = encoding
    self.isImmutable = isImmutable
    self.gone = gone
  }

  /// The same object, in a release again.
  var present: ManifestEntry {
    var entry = self
    entry.gone = nil
    return entry
  }

  /// The header fields it is stored with.
  var fields: [(name: String, value: String)] {
    PublishedForm.fields(type: type, encoding: encoding, caching: caching)
  }

  private var caching: PublishedForm.Caching {
    if isImmutable { return .forever }
    return PublishedForm.isDocument(key) ? .document : .data
  }
}

extension ManifestEntry {
  /// Appends the line with its end.
  func write(to bytes: inout [UInt8]) {
    var line = "{\"key\":" + JSONValue.string(key).serialized()
    line += ",\"size\":\(size),\"sha256\":\"\(sha256)\",\"type\":"
    line += JSONValue.string(type).serialized()
    if let encoding { line += ",\"encoding\":\"\(encoding)\"" }
    if isImmutable { line += ",\"cache\":\"immutable\"" }
    if let gone { line += ",\"gone\":\(gone)" }
    line += "}\n"
    bytes.append(contentsOf: line.utf8)
  }

  /// Reads a line; `nil` when it is none.
  init?(line: ArraySlice<UInt8>) {
    if let plain = Self.plain(line) {
      self = plain
      return
    }
    guard let value = try? JSONValue(parsing: Array(line)), let key = value["key"]?.stringValue,
      let size = value["size"]?.intValue, size >= 0, let sha256 = value["sha256"]?.stringValue,
      let type = value["type"]?.stringValue
    else { return nil }
    self.init(
      key: key, size: size, sha256: sha256, type: type, encoding: value["encoding"]?.stringValue,
      isImmutable: value["cache"]?.stringValue == "immutable", gone: value["gone"]?.intValue)
  }

  private static let beforeKey = Array("{\"key\":\"".utf8)
  private static let beforeSize = Array("\",\"size\":".utf8)
  private static let beforeHash = Array(",\"sha256\":\"".utf8)
  private static let beforeType = Array("\",\"type\":\"".utf8)
  private static let ending = Array("\"}".utf8)

  /// Reads the usual line, without escapes and without rarer members, much faster than JSON is.
  private static func plain(_ line: ArraySlice<UInt8>) -> ManifestEntry? {
    var rest = line
    func skip(_ text: [UInt8]) -> Bool {
      guard rest.starts(with: text) else { return false }
      rest = rest.dropFirst(text.count)
      return true
    }
    func text() -> String? {
      let end = rest.firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      guard let end, rest[end] == UInt8(ascii: "\"") else { return nil }
      defer { rest = rest[end...] }
      return String(decoding: rest[..<end], as: UTF8.self)
    }
    guard skip(beforeKey), let key = text(), skip(beforeSize) else { return nil }
    var size = 0
    while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
      guard size < 1 << 56 else { return nil }
      size = size * 10 + Int(digit - UInt8(ascii: "0"))
      rest = rest.dropFirst()
    }
    guard skip(beforeHash), let sha256 = text(), skip(beforeType), let type = text(),
      rest.elementsEqual(ending)
    else { return nil }
    return ManifestEntry(
      key: key, size: size, sha256: sha256, type: type, encoding: nil, isImmutable: false,
      gone: nil)
  }
}

extension String {
  /// Whether this stands before another text when UTF-8 bytes are compared, as keys are sorted.
  func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
