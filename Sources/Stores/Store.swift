public import Transport

/// A place that holds bytes under keys and is only read.
///
/// A key is a `/`-separated path such as `0/conc_chl/c/0/0`. It never begins or ends with `/` and
/// has no empty, `.` or `..` component; such keys are refused with
/// ``StoreError/Kind-swift.enum/invalidKey``. Calls block, and may be made from any thread at once.
public protocol Store: Sendable {
  /// Where the store is, for messages: a path, or an address without credentials.
  var location: String { get }

  /// All bytes under a key.
  ///
  /// - Returns: `nil` when there is no such key, which is not an error.
  /// - Throws: ``StoreError`` when the key is not allowed or the bytes cannot be had.
  func read(_ key: String) throws(StoreError) -> [UInt8]?

  /// Those bytes under a key that lie in a range.
  ///
  /// - Returns: the bytes that exist in the range, fewer than asked for at the object's end; `nil`
  ///   when there is no such key.
  /// - Throws: ``StoreError`` when the range begins past the object's end (exactly at the end gives
  ///   no bytes), the key is not allowed, or the bytes cannot be had.
  func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]?

  /// The number of bytes under a key.
  ///
  /// - Returns: `nil` when there is no such key.
  /// - Throws: ``StoreError`` when the key is not allowed or the size cannot be had.
  func size(of key: String) throws(StoreError) -> Int?

  /// The names directly below a prefix.
  ///
  /// - Parameter prefix: a key without final `/`, or the empty text for the root.
  /// - Returns: key components, sorted by their UTF-8 bytes, each once, whether an object or only
  ///   deeper keys stand behind it; empty when there are none; `nil` when this kind of store cannot
  ///   list, which is not an error.
  /// - Throws: ``StoreError`` when the prefix is not allowed or the listing fails.
  func list(_ prefix: String) throws(StoreError) -> [String]?

  /// A short text that changes when the bytes under a key may have changed.
  ///
  /// - Returns: `nil` when there is no such key.
  /// - Throws: ``StoreError`` when the key is not allowed or the store cannot be asked.
  func fingerprint(of key: String) throws(StoreError) -> String?

  /// Says which reads come next, in their order, so that a store far away can begin with them.
  ///
  /// - Parameter reads: What will be read soon; nothing happens where they are not read after all.
  func expect(_ reads: [ExpectedRead])

  /// Says that fingerprints of many keys below a prefix will be asked for, so that a store that can
  /// tell many at once may ask for them together.
  func expectFingerprints(below prefix: String)

  /// Whether it gains from being told what comes next.
  var looksAhead: Bool { get }
}

/// A read that will come soon.
public struct ExpectedRead: Sendable, Hashable {
  /// The key.
  public let key: String
  /// The bytes; `nil` for all.
  public let range: ByteRange?

  /// Describes a read.
  public init(_ key: String, range: ByteRange? = nil) {
    self.key = key
    self.range = range
  }
}

extension Store {
  /// The first bytes under a key, fewer where there are not that many; `nil` when there is no such
  /// key.
  ///
  /// - Throws: ``StoreError`` as ``read(_:range:)``.
  public func beginning(of key: String, count: Int) throws(StoreError) -> [UInt8]? {
    try read(key, range: .from(offset: 0, length: count))
  }

  /// Does nothing: reads of what is near need no preparation.
  public func expect(_ reads: [ExpectedRead]) {}

  /// Does nothing.
  public func expectFingerprints(below prefix: String) {}

  /// No.
  public var looksAhead: Bool { false }
}

/// The rules for keys.
package enum StoreKey {
  /// Refuses a key that could not be the same object in every kind of store.
  package static func check(_ key: String, in location: String) throws(StoreError) {
    guard let fault = fault(in: key) else { return }
    throw StoreError(
      .invalidKey, attempt: "use the key “\(key)” in \(location)", reason: fault,
      remedy: "Keys look like “folder/name”.")
  }

  /// Refuses a prefix; the empty prefix is the root.
  package static func check(prefix: String, in location: String) throws(StoreError) {
    if !prefix.isEmpty { try check(prefix, in: location) }
  }

  /// What is wrong with a key, if anything is.
  static func fault(in key: String) -> String? {
    var length = 0
    var dots = 0
    // One look at each byte: stores check every key that they are asked for.
    for byte in key.utf8 {
      switch byte {
      case 0: return "it contains a zero byte"
      case UInt8(ascii: "/"):
        if let fault = componentFault(length: length, dots: dots) { return fault }
        (length, dots) = (0, 0)
      default:
        length += 1
        if byte == UInt8(ascii: ".") { dots += 1 }
      }
    }
    return componentFault(length: length, dots: dots)
  }

  private static func componentFault(length: Int, dots: Int) -> String? {
    if length == 0 { return "it is empty or has an empty component" }
    if length == dots && length <= 2 { return "it has a “.” or “..” component" }
    return nil
  }
}

extension String {
  /// Whether this stands before another text when UTF-8 bytes are compared.
  ///
  /// Swift's own order of texts follows Unicode normalisation, which no file format does.
  func precedesInBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
