import Codecs
import JSON
import Stores

/// Why a Zarr group or array could not be opened or read.
public struct ZarrError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// There is no group or array at this place.
    case notFound
    /// The children of a group are named nowhere, and the store cannot list them.
    case notListable
    /// A metadata document is not what the specification asks for.
    case invalidMetadata
    /// The data uses a part of the format that is not supported.
    case unsupported
    /// A chunk cannot be decoded.
    case damaged
    /// A region does not lie within the array.
    case outOfBounds
    /// A stated limit would be exceeded.
    case tooLarge
    /// The store could not give the bytes.
    case unreadable
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was tried and on what, as in `open the array conc_chl in /data/cube.zarr`.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it, where something can be done.
  public let remedy: String?

  /// Describes a failure.
  public init(_ kind: Kind, attempt: String, reason: String, remedy: String? = nil) {
    self.kind = kind
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// What was tried, on what, why it failed and what to do, for people.
  public var description: String {
    let text = "cannot \(attempt): \(reason)"
    guard let remedy else { return text }
    return text + (text.hasSuffix(".") ? " " : ". ") + remedy
  }
}

/// What is being done, so that every failure can say so.
struct Attempt: Sendable {
  /// The words after "cannot".
  let text: String

  init(_ verb: String, _ path: String, in location: String) {
    text = path.isEmpty ? "\(verb) at the root of \(location)" : "\(verb) \(path) in \(location)"
  }

  func failure(_ kind: ZarrError.Kind, _ reason: String, remedy: String? = nil) -> ZarrError {
    ZarrError(kind, attempt: text, reason: reason, remedy: remedy)
  }

  func invalid(_ reason: String) -> ZarrError { failure(.invalidMetadata, reason) }

  func unsupported(_ reason: String) -> ZarrError { failure(.unsupported, reason) }

  func damaged(_ key: String, _ reason: String) -> ZarrError {
    failure(
      .damaged, "the chunk \(key) is damaged: \(reason)",
      remedy: "Copy the data again from where it came.")
  }

  /// Runs a call of the store and says what it was for when it fails.
  func asking<Answer>(_ call: () throws(StoreError) -> Answer) throws(ZarrError) -> Answer {
    do {
      return try call()
    } catch {
      throw failure(.unreadable, error.description)
    }
  }
}

/// The most that data from outside may make this module do.
enum Limits {
  /// Bytes of one decoded chunk: 2 GiB.
  static let chunkBytes = 1 << 31
  /// Bytes of one region that is read at once: 8 GiB.
  static let regionBytes = 1 << 33
  /// Chunks within one shard; the index of so many takes 256 MiB.
  static let chunksPerShard = 1 << 24
  /// Bytes of shard indexes that an array remembers: 64 MiB.
  static let cachedIndexBytes = 1 << 26
  /// Dimensions of an array; NumPy stops at 64.
  static let dimensions = 64
  /// Shards within shards.
  static let shardDepth = 8
  /// Bytes of one metadata document: 256 MiB.
  static let metadataBytes = 256 << 20
}

/// The product of lengths; `nil` when it is larger than an `Int` or a length is negative.
func product(_ lengths: some Sequence<Int>) -> Int? {
  var result = 1
  var hasOverflow = false
  for length in lengths {
    guard length >= 0 else { return nil }
    if length == 0 { return 0 }
    let (next, overflows) = result.multipliedReportingOverflow(by: length)
    hasOverflow = hasOverflow || overflows
    result = next
  }
  return hasOverflow ? nil : result
}
