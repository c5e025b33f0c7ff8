public import Stores
public import Transport

/// A store whose keys are objects of a bucket, below the prefix of its address.
///
/// An object that changes between two looks at it is an error, since its parts would not fit.
public struct S3Store: Store {
  private let client: S3Client
  private let seen = SeenTags()

  /// The largest object that is read at once, in bytes.
  private static let limit = 2 << 30

  /// Makes a store of a bucket; nothing is asked for yet.
  public init(_ client: S3Client) { self.client = client }

  /// The address of the bucket.
  public var location: String { client.address.description }

  /// All bytes of an object; `nil` when there is none.
  ///
  /// - Throws: `StoreError` when the key is not allowed or the object cannot be had.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try StoreKey.check(key, in: location)
    if isKnownAbsent(key) { return nil }
    let object = try asking("read “\(key)”") { () throws(BucketError) in
      try client.read(key, limit: Self.limit)
    }
    return try checked(object, key)
  }

  /// The bytes of an object in a range; `nil` when there is none.
  ///
  /// - Throws: `StoreError` when the key is not allowed, the range begins past the object's end, or
  ///   the object cannot be had.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try StoreKey.check(key, in: location)
    if isKnownAbsent(key) { return nil }
    if case .from(let offset, let length) = range,
      offset < 0 || length < 0 || offset.addingReportingOverflow(length).overflow
    {
      throw StoreError(
        .invalidRange, attempt: "read \(range) of “\(key)” in \(location)",
        reason: "that is no range")
    }
    if range.length > 0 {
      let object: StoredObject?
      var isPastEnd = false
      do throws(BucketError) {
        object = try client.read(key, range: range)
      } catch {
        guard error.kind == .range else { throw failure(error, "read \(range) of “\(key)”") }
        (object, isPastEnd) = (nil, true)
      }
      if !isPastEnd { return try checked(object, key) }
    }
    // What is empty cannot be asked for: exactly at the end there are no bytes, beyond it is an error.
    guard let size = try size(of: key) else { return nil }
    guard let offsets = range.offsets(inObjectOfSize: size), offsets.isEmpty else {
      throw StoreError(
        .invalidRange, attempt: "read \(range) of “\(key)” in \(location)",
        reason: "the object has only \(size) bytes")
    }
    return []
  }

  /// The size of an object in bytes; `nil` when there is none.
  ///
  /// - Throws: `StoreError` when the key is not allowed or the server cannot be asked.
  public func size(of key: String) throws(StoreError) -> Int? { try look(at: key)?.size }

  /// The names directly below a prefix, sorted.
  ///
  /// - Throws: `StoreError` when the prefix is not allowed or listing is.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try StoreKey.check(prefix: prefix, in: location)
    let root = prefix.isEmpty ? "" : prefix + "/"
    var names: Set<String> = []
    var found: [String: SeenTags.Seen] = [:]
    do {
      try client.listFolder(root) { object in
        names.insert(String(object.key.dropFirst(root.count)))
        if let tag = object.tag { found[object.key] = SeenTags.Seen(tag: tag, size: object.size) }
      } folder: {
        names.insert(String($0.dropFirst(root.count).dropLast()))
      }
    } catch {
      throw failure(error, "list “\(prefix)”")
    }
    seen.note(found)
    names.remove("")
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The entity tag of an object; `nil` when there is none.
  ///
  /// - Throws: `StoreError` when the key is not allowed or the server cannot be asked.
  public func fingerprint(of key: String) throws(StoreError) -> String? { try look(at: key)?.tag }

  /// Lists everything below a prefix at once, where that is allowed.
  public func expectFingerprints(below prefix: String) {
    let root = prefix.isEmpty ? "" : prefix + "/"
    guard seen.begins(listing: root) else { return }
    var found: [String: SeenTags.Seen] = [:]
    do {
      try client.list(below: root) { object in
        if let tag = object.tag { found[object.key] = SeenTags.Seen(tag: tag, size: object.size) }
      }
      seen.note(found, allBelow: root)
    } catch {
      // Objects can be asked for one by one; what is wrong will then be said.
    }
  }

  private func look(at key: String) throws(StoreError) -> SeenTags.Seen? {
    try StoreKey.check(key, in: location)
    if let known = seen[key], known.size != nil { return known }
    if isKnownAbsent(key) { return nil }
    let object = try asking("look at “\(key)”") { () throws(BucketError) in
      try client.look(at: key)
    }
    guard let object else { return nil }
    let tag = object.tag ?? "\(object.size)"
    try seen.check(key, tag, in: location)
    return SeenTags.Seen(tag: tag, size: object.size)
  }

  private func isKnownAbsent(_ key: String) -> Bool { seen[key] == nil && seen.isListed(key) }

  private func checked(_ object: StoredObject?, _ key: String) throws(StoreError) -> [UInt8]? {
    guard let object else { return nil }
    try seen.check(key, object.tag.isEmpty ? nil : object.tag, in: location)
    return object.bytes
  }

  private func asking<Answer>(
    _ attempt: String, _ call: () throws(BucketError) -> Answer
  ) throws(StoreError) -> Answer {
    do {
      return try call()
    } catch {
      throw failure(error, attempt)
    }
  }

  private func failure(_ error: any Error, _ attempt: String) -> StoreError {
    guard let error = error as? BucketError else {
      return error as? StoreError
        ?? StoreError(.unreadable, attempt: "\(attempt) in \(location)", reason: "\(error)")
    }
    var remedy = error.remedy
    if error.kind == .denied, let why = client.whyUnsigned {
      remedy = "The request was not signed, because \(why)."
    }
    return StoreError(
      error.kind == .wrongAnswer ? .damaged : .unreadable,
      attempt: "\(attempt) in \(location) at \(client.address.endpoint)", reason: error.reason,
      remedy: remedy)
  }
}
