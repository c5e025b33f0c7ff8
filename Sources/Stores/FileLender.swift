/// Where files of a site can be had that its folder lacks: what another machine has published.
public protocol FileLender: Sendable {
  /// Whether it has a file with these bytes.
  ///
  /// - Parameters:
  ///   - key: the path below the site's root.
  ///   - sha256: the SHA-256 of its bytes in hexadecimal.
  /// - Returns: whether it has.
  func has(_ key: String, sha256: String) -> Bool

  /// All bytes of a file; `nil` when there is none.
  ///
  /// - Throws: ``StoreError`` when it cannot be had.
  func read(_ key: String) throws(StoreError) -> [UInt8]?
}

extension SiteFolder {
  /// Whether a file with these bytes is here or can be had; of a file that is here the size is
  /// compared alone.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the file cannot be looked at.
  public func has(_ key: String, size: Int, sha256: String) throws(StoreError) -> Bool {
    if try contents.size(of: key) == size { return true }
    return lender?.has(key, sha256: sha256) ?? false
  }

  /// Makes sure that a file with these bytes is here.
  ///
  /// - Returns: whether it is now.
  /// - Throws: ``StoreError`` when files cannot be read or written.
  public func fetch(_ key: String, size: Int, sha256: String) throws(StoreError) -> Bool {
    if let digest = try digest(of: key), digest.size == size,
      hexadecimal(digest.sha256) == sha256
    {
      return true
    }
    guard let lender, lender.has(key, sha256: sha256), let bytes = try lender.read(key),
      sha256Hex(bytes) == sha256
    else { return false }
    try write(bytes, to: key)
    return true
  }

  /// Makes sure that a document is here, as it was published last.
  ///
  /// - Throws: ``StoreError`` when it cannot be had or written.
  public func fetchDocument(_ key: String) throws(StoreError) {
    if try exists(key) { return }
    if let bytes = try lender?.read(key) { try write(bytes, to: key) }
  }
}
