public import Transport

/// The part of a store below one prefix, as a store of its own.
public struct PrefixStore: Store {
  private let base: any Store
  private let prefix: String
  /// The base store's location and the prefix.
  public var location: String { base.location + "/" + prefix }

  /// Makes a store of the keys below a prefix.
  ///
  /// - Parameters:
  ///   - base: the store that holds the bytes.
  ///   - prefix: a key without final `/`.
  /// - Throws: ``StoreError`` when the prefix is not allowed.
  public init(_ base: any Store, prefix: String) throws(StoreError) {
    try StoreKey.check(prefix, in: base.location)
    self.base = base
    self.prefix = prefix
  }

  /// All bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the base store does.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try base.read(full(key))
  }

  /// The bytes in a range; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the base store does.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try base.read(full(key), range: range)
  }

  /// The number of bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the base store does.
  public func size(of key: String) throws(StoreError) -> Int? { try base.size(of: full(key)) }

  /// The names directly below a prefix; `nil` when the base store cannot list.
  ///
  /// - Throws: ``StoreError`` as the base store does.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try base.list(prefix.isEmpty ? self.prefix : full(prefix))
  }

  /// A text that changes when the bytes may have changed; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the base store does.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    try base.fingerprint(of: full(key))
  }

  /// Tells the base store.
  public func expect(_ reads: [ExpectedRead]) {
    base.expect(reads.map { ExpectedRead(prefix + "/" + $0.key, range: $0.range) })
  }

  /// Tells the base store.
  public func expectFingerprints(below prefix: String) {
    base.expectFingerprints(below: prefix.isEmpty ? self.prefix : self.prefix + "/" + prefix)
  }

  /// As the base store.
  public var looksAhead: Bool { base.looksAhead }

  private func full(_ key: String) throws(StoreError) -> String {
    try StoreKey.check(key, in: location)
    return prefix + "/" + key
  }
}
