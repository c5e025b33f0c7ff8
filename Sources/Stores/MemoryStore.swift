public import Transport

/// A store whose objects are in memory, for tests and for documents that are made on the fly.
public struct MemoryStore: Store {
  /// The bytes by key.
  public var objects: [String: [UInt8]]
  /// The name under which the store appears in messages.
  public let location: String

  /// Makes a store of some objects.
  ///
  /// - Parameters:
  ///   - objects: the bytes by key; objects under keys that are not allowed are never found.
  ///   - location: the name under which the store appears in messages.
  public init(_ objects: [String: [UInt8]] = [:], location: String = "memory") {
    self.objects = objects
    self.location = location
  }

  /// All bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try StoreKey.check(key, in: location)
    return objects[key]
  }

  /// The bytes in a range; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the range begins past the end.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    guard let bytes = try read(key) else { return nil }
    let offsets = try range.offsets(inObjectOfSize: bytes.count, key: key, location: location)
    return Array(bytes[offsets])
  }

  /// The number of bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed.
  public func size(of key: String) throws(StoreError) -> Int? {
    try read(key)?.count
  }

  /// The names directly below a prefix, sorted.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try StoreKey.check(prefix: prefix, in: location)
    return childNames(below: prefix, among: objects.keys)
  }

  /// The first half of the SHA-256 of the bytes; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    try read(key).map { String(sha256Hex($0).prefix(32)) }
  }
}

/// The sorted, unique first components that keys have below a prefix.
func childNames(below prefix: String, among keys: some Sequence<String>) -> [String] {
  let start = prefix.isEmpty ? "" : prefix + "/"
  var names = Set<String>()
  for key in keys where key.utf8.starts(with: start.utf8) {
    let rest = key.utf8.dropFirst(start.utf8.count)
    let name = rest.prefix { $0 != UInt8(ascii: "/") }
    if let name = String(name), !name.isEmpty { names.insert(name) }
  }
  return names.sorted { $0.precedesInBytes($1) }
}

extension ByteRange {
  /// The offsets of this range, or an error that names the object.
  func offsets(
    inObjectOfSize size: Int, key: String, location: String
  ) throws(StoreError) -> Range<Int> {
    if let offsets = offsets(inObjectOfSize: size) { return offsets }
    throw StoreError(
      .invalidRange, attempt: "read \(self) of “\(key)” in \(location)",
      reason: "the object has only \(size) bytes",
      remedy: "It may be truncated, or an index that points into it may be damaged.")
  }
}
