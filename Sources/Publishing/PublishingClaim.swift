import Buckets
import Foundation
import JSON
import Stores

/// The right to write to a target: `_release/claim.json`.
///
/// It is taken and renewed by conditional writes, so one of two publishers gets it. It also keeps
/// the lists of objects that publishers were about to write when they stopped: until a later one has
/// finished, what is under those keys may be of either release. And it keeps the lists of objects
/// that were being deleted, so that a later pruning ends what one that was stopped has begun.
final class PublishingClaim {
  static let key = "_release/claim.json"
  /// How long a claim holds without being renewed, in seconds.
  static let length = 900

  private let target: any PublishingTarget
  private let key: String
  private let id: String
  private var document: Document
  private var tag: String
  /// Whether this claim was ours already, from a run that was stopped.
  let isResumed: Bool

  /// Lists of objects whose state is not known.
  var pending: [[ManifestPart]] { document.pending }

  /// Lists of objects that were being deleted.
  var dropped: [[ManifestPart]] { document.dropped }

  struct Document: Hashable {
    var holder: String?
    var by = ""
    var since = 0
    var until = 0
    var pending: [[ManifestPart]] = []
    var dropped: [[ManifestPart]] = []

    init() {}

    init?(_ bytes: [UInt8]) {
      guard let json = try? JSONValue(parsing: bytes), let lists = json["pending"]?.arrayValue
      else { return nil }
      holder = json["holder"]?.stringValue
      by = json["by"]?.stringValue ?? ""
      since = json["since"]?.stringValue.flatMap(TimeText.seconds) ?? 0
      until = json["until"]?.stringValue.flatMap(TimeText.seconds) ?? 0
      pending = lists.compactMap { ManifestPart.list($0) }
      dropped = json["dropped"]?.arrayValue?.compactMap { ManifestPart.list($0) } ?? []
      guard pending.count == lists.count else { return nil }
    }

    var serialized: [UInt8] {
      let json: JSONValue = [
        "holder": holder.map { .string($0) } ?? .null, "by": .string(by),
        "since": .string(TimeText.iso(since)), "until": .string(TimeText.iso(until)),
        "pending": .array(pending.map { .array($0.map(\.json)) }),
        "dropped": .array(dropped.map { .array($0.map(\.json)) }),
      ]
      return Array(json.serialized(pretty: true).utf8)
    }
  }

  /// What is there, with its tag.
  static func read(
    from target: any PublishingTarget, key: String = PublishingClaim.key
  ) throws -> (document: Document, tag: String)? {
    guard let object = try target.read(key) else { return nil }
    guard let document = Document(object.bytes) else { throw target.damaged(key) }
    return (document, object.tag)
  }

  /// Takes the claim.
  ///
  /// - Parameters:
  ///   - target: what to write to.
  ///   - id: tells this publisher from all others; the same again after it was stopped.
  ///   - force: whether to take it from somebody who still holds it.
  ///   - key: where it is.
  /// - Throws: ``PublishingError`` of kind `busy` when somebody else holds it.
  init(
    on target: any PublishingTarget, id: String, force: Bool, key: String = PublishingClaim.key
  ) throws {
    self.target = target
    self.key = key
    self.id = id
    let found = try Self.read(from: target, key: key)
    document = found?.document ?? Document()
    isResumed = document.holder == id
    if let holder = document.holder, holder != id, document.until > target.now, !force {
      throw Self.busy(target, document)
    }
    document.holder = id
    document.by = "\(Self.host), process \(getpid())"
    document.since = target.now
    document.until = target.now + Self.length
    tag = ""
    try write(when: found.map { .tag($0.tag) } ?? .absent)
  }

  /// Whether the target's tags are the MD5 of what was written, as far as this claim's own shows.
  var hasContentTags: Bool {
    tag == "\"" + hexadecimal(document.serialized.withUnsafeBytes(md5)) + "\""
  }

  /// Says before anything is written that these objects will be.
  func announce(_ parts: [ManifestPart]) throws {
    if !document.pending.contains(parts) { document.pending.append(parts) }
    try renew()
  }

  /// Says before anything is deleted that some of these objects will be.
  func announceDeletion(_ parts: [ManifestPart]) throws {
    if !document.dropped.contains(parts) { document.dropped.append(parts) }
    try renew()
  }

  /// Says that all such deletions are done.
  func endDeletion() throws {
    guard !document.dropped.isEmpty else { return }
    document.dropped = []
    try renew()
  }

  /// Holds the claim for longer, where a third of its time has passed.
  func renewWhenDue() throws {
    if document.until - target.now < Self.length * 2 / 3 { try renew() }
  }

  /// Holds the claim for longer.
  ///
  /// - Throws: ``PublishingError`` of kind `busy` when somebody else has taken it.
  func renew() throws {
    document.until = target.now + Self.length
    try write(when: .tag(tag))
  }

  /// Gives the claim back.
  ///
  /// - Parameter pending: what is still not known.
  /// - Throws: ``PublishingError`` of kind `busy` when somebody else has taken it.
  func release(pending: [[ManifestPart]]) throws {
    document.holder = nil
    document.until = target.now
    document.pending = pending
    try write(when: .tag(tag))
  }

  private func write(when condition: WriteCondition) throws {
    let bytes = document.serialized
    guard
      let written = try target.writeSurely(bytes, to: key, caching: .never, when: condition)
    else { throw Self.busy(target, try Self.read(from: target, key: key)?.document ?? Document()) }
    tag = written
  }

  /// The name of this machine.
  ///
  /// Foundation's would be looked up in the network.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "a machine" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func busy(
    _ target: any PublishingTarget, _ document: Document
  ) -> PublishingError {
    PublishingError(
      .busy, attempt: "publish to \(target.location)",
      reason: document.holder == nil
        ? "somebody else was faster"
        : "\(document.by) has been publishing there since \(TimeText.iso(document.since))",
      remedy: "Nothing was lost: run it again when that has ended. A publisher that was killed "
        + "elsewhere holds its claim until \(TimeText.iso(document.until)); --take-over does not "
        + "wait.")
  }
}
