import JSON
import Stores

/// One published state of a site: `_release/<n>.json`.
///
/// What it consists of stands in parts (``ManifestPart``), sorted by key.
public struct Release: Sendable, Hashable {
  /// Counted from 1; where a number was given up by a publisher that was stopped, it is left out.
  public let number: Int
  /// When it was published, in seconds since 1970-01-01 UTC; unknown to a build, which depends on
  /// nothing but its input.
  public var time: Int?
  /// The release before it.
  public var former: Int?
  /// The release whose documents it has brought back.
  public var restores: Int?
  /// How many objects there are.
  public var count: Int
  /// How many bytes they have together.
  public var bytes: Int
  /// How it differs from the former one.
  public var changes: ReleaseChanges?
  /// The list of its objects.
  public var parts: [ManifestPart]

  static func key(_ number: Int) -> String { "_release/\(number).json" }
  /// The key of its document.
  public var key: String { Self.key(number) }

  var json: JSONValue {
    var object: JSONObject = ["release": .integer(Int64(number))]
    if let time { object["time"] = .string(TimeText.iso(time)) }
    if let former { object["former"] = .integer(Int64(former)) }
    if let restores { object["restores"] = .integer(Int64(restores)) }
    object["objects"] = .integer(Int64(count))
    object["bytes"] = .integer(Int64(bytes))
    if let changes { object["changes"] = changes.json }
    object["parts"] = .array(parts.map(\.json))
    return .object(object)
  }

  var serialized: [UInt8] { Array(json.serialized(pretty: true).utf8) }

  init(
    number: Int, time: Int? = nil, former: Int? = nil, restores: Int? = nil, count: Int, bytes: Int,
    changes: ReleaseChanges? = nil, parts: [ManifestPart]
  ) {
    self.number = number
    self.time = time
    self.former = former
    self.restores = restores
    self.count = count
    self.bytes = bytes
    self.changes = changes
    self.parts = parts
  }

  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let number = json["release"]?.intValue,
      let count = json["objects"]?.intValue, let size = json["bytes"]?.intValue,
      let parts = ManifestPart.list(json["parts"])
    else { return nil }
    self.init(
      number: number, time: json["time"]?.stringValue.flatMap(TimeText.seconds),
      former: json["former"]?.intValue, restores: json["restores"]?.intValue, count: count,
      bytes: size, changes: json["changes"].flatMap(ReleaseChanges.init), parts: parts)
  }
}

/// How many objects differ between two releases.
public struct ReleaseChanges: Sendable, Hashable {
  /// Keys that are new.
  public var added = 0
  /// Keys whose bytes, type or caching are others.
  public var changed = 0
  /// Keys that are gone.
  public var removed = 0

  /// No difference.
  public init(added: Int = 0, changed: Int = 0, removed: Int = 0) {
    self.added = added
    self.changed = changed
    self.removed = removed
  }

  /// Whether there is no difference.
  public var isEmpty: Bool { added + changed + removed == 0 }

  var json: JSONValue {
    [
      "added": .integer(Int64(added)), "changed": .integer(Int64(changed)),
      "removed": .integer(Int64(removed)),
    ]
  }

  init?(_ json: JSONValue) {
    guard let added = json["added"]?.intValue, let changed = json["changed"]?.intValue,
      let removed = json["removed"]?.intValue
    else { return nil }
    self.init(added: added, changed: changed, removed: removed)
  }
}

/// `_release/current.json`: which release is the current one, written last of all.
struct CurrentRelease: Sendable {
  static let key = "_release/current.json"

  let release: Int
  var time: Int?
  /// Tells apart two publishers that write the same number.
  var publication: String?
  /// Objects that are in no release any more but are still there, for readers of former releases.
  var gone: [ManifestPart] = []

  var serialized: [UInt8] {
    var object: JSONObject = [
      "release": .integer(Int64(release)), "manifest": .string(Release.key(release)),
    ]
    if let time { object["time"] = .string(TimeText.iso(time)) }
    if let publication { object["publication"] = .string(publication) }
    if !gone.isEmpty { object["gone"] = .array(gone.map(\.json)) }
    return Array(JSONValue.object(object).serialized(pretty: true).utf8)
  }

  init(release: Int, time: Int? = nil, publication: String? = nil, gone: [ManifestPart] = []) {
    self.release = release
    self.time = time
    self.publication = publication
    self.gone = gone
  }

  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let release = json["release"]?.intValue
    else { return nil }
    self.init(
      release: release, time: json["time"]?.stringValue.flatMap(TimeText.seconds),
      publication: json["publication"]?.stringValue, gone: ManifestPart.list(json["gone"]) ?? [])
  }
}
