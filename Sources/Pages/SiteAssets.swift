/// Style sheets, scripts and pictures that pages share, under names that change with their content.
///
/// A browser may keep such a file for ever: after a change it has another name.
public struct SiteAssets: Sendable {
  /// The files by key, such as `assets/site.1f2e3d4c.css`.
  public let files: [String: [UInt8]]
  /// The keys by the name without hash, such as `site.css`.
  public let keys: [String: String]

  /// Takes files by name.
  public init(_ files: [String: [UInt8]]) {
    var hashed: [String: [UInt8]] = [:]
    var keys: [String: String] = [:]
    for (name, bytes) in files {
      let dot = name.lastIndex(of: ".") ?? name.endIndex
      let key = "assets/\(name[..<dot]).\(Self.hash(bytes))\(name[dot...])"
      hashed[key] = bytes
      keys[name] = key
    }
    self.files = hashed
    self.keys = keys
  }

  /// Reads the style sheets, scripts and pictures that lie directly in a folder.
  ///
  /// - Throws: `PageError` when one of them cannot be read.
  public static func load(folder: String) throws(PageError) -> SiteAssets {
    let files = try FolderFiles.read(folder, ending: ".css", ".js", ".svg", ".png")
    return SiteAssets(
      files.filter { !$0.key.contains("/") }.mapValues { Array($0) })
  }

  /// The key of a file by its name without hash.
  ///
  /// - Throws: `PageError` when there is no such file.
  public func key(_ name: String) throws(PageError) -> String {
    guard let key = keys[name] else {
      throw PageError(
        "link to '\(name)'", because: "there is no such file", remedy: "add it to the Site folder")
    }
    return key
  }

  /// Eight hexadecimal digits that follow from the bytes: FNV-1a with 64 bits, folded to 32.
  ///
  /// It tells versions apart; nothing is protected by it.
  static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String((hash ^ (hash >> 32)) & 0xFFFF_FFFF, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
