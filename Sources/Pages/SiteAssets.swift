/// Style sheets, scripts and pictures that pages share, under names that change with their content.
///
/// A browser may keep such a file for ever: after a change it has another name.
public struct SiteAssets: Sendable {
  /// The files by key, such as `assets/site.1f2e3d4c.css`.
  public let files: [String: [UInt8]]
  /// The keys by the name without hash, such as `site.css` or `viewer/viewer.js`.
  public let keys: [String: String]
  /// The folder in which modules keep their places, such as `assets/1f2e3d4c`.
  public let modules: String
  /// The folders of libraries that consist of many files, such as `assets/cesium.1f2e3d4c`, by name.
  private let libraries: [String: String]

  /// Takes files by name.
  ///
  /// - Parameters:
  ///   - single: files that stand for themselves; each gets the hash of its bytes.
  ///   - modules: files that find one another by relative paths. They stay together, in a folder
  ///     that is named after all of them: `assets/<hash>/<path>`.
  ///   - libraries: by name, files that find one another likewise: `assets/<name>.<hash>/<path>`.
  public init(
    _ single: [String: [UInt8]], modules: [String: [UInt8]] = [:],
    libraries: [String: [String: [UInt8]]] = [:]
  ) {
    var hashed: [String: [UInt8]] = [:]
    var keys: [String: String] = [:]
    func add(_ name: String, key: String, _ bytes: [UInt8]) {
      hashed[key] = bytes
      keys[name] = key
    }
    for (name, bytes) in single {
      let dot = name.lastIndex(of: ".") ?? name.endIndex
      add(name, key: "assets/\(name[..<dot]).\(Self.hash(bytes))\(name[dot...])", bytes)
    }
    let folder = Self.hash(modules)
    for (path, bytes) in modules { add(path, key: "assets/\(folder)/\(path)", bytes) }
    var folders: [String: String] = [:]
    for (name, files) in libraries {
      let folder = "assets/\(name).\(Self.hash(files))"
      for (path, bytes) in files { add("\(name)/\(path)", key: "\(folder)/\(path)", bytes) }
      folders[name] = folder
    }
    self.files = hashed
    self.keys = keys
    self.modules = "assets/" + folder
    self.libraries = folders
  }

  /// Reads the files of the browser side.
  ///
  /// Those directly in the folder and in its folder `vendor` (libraries of others) stand for
  /// themselves; those in its other folders are modules. `test` is left out. A folder in `vendor` is
  /// a library that consists of many files.
  ///
  /// - Parameters:
  ///   - folder: where they lie.
  ///   - libraries: the libraries of many files that the site needs; the others are not read.
  ///   - needless: files of `vendor` that are not read.
  /// - Returns: the files under their names with hashes.
  /// - Throws: `PageError` when one of them cannot be read or is not there.
  public static func load(
    folder: String, libraries: [String] = [], without needless: Set<String> = []
  ) throws(PageError) -> SiteAssets {
    let files = try FolderFiles.read(
      folder, ending: ".css", ".js", ".json", ".geojson", ".svg", ".png",
      without: ["vendor"])
    var single: [String: [UInt8]] = [:]
    var modules: [String: [UInt8]] = [:]
    for (path, data) in files {
      let parts = path.split(separator: "/")
      switch (parts.count, parts[0]) {
      case (1, _): single[path] = Array(data)
      // The pages of the team server have scripts of their own, which it loads by itself.
      case (_, "test"), (_, "workspace"): break
      default: modules[path] = Array(data)
      }
    }
    let vendor = folder + "/vendor"
    let names = try FolderFiles.files(vendor, ending: ".css", ".js", without: needless)
    for (name, data) in names { single[name] = Array(data) }
    var trees: [String: [String: [UInt8]]] = [:]
    for name in libraries {
      let files = try FolderFiles.read(
        "\(vendor)/\(name)", ending: ".js", ".json", ".css", ".jpg", ".png", ".xml", ".md", ".wasm",
        ".woff2")
      trees[name] = files.mapValues { Array($0) }
    }
    return SiteAssets(single, modules: modules, libraries: trees)
  }

  /// The folder of a library of many files.
  ///
  /// - Throws: `PageError` when it was not loaded.
  public func library(_ name: String) throws(PageError) -> String {
    guard let folder = libraries[name] else {
      throw PageError(
        "link to the library '\(name)'", because: "it is not among the assets",
        remedy: "Deploy/vendor fetches the libraries of others")
    }
    return folder
  }

  /// The key of a file by its name without hash.
  ///
  /// - Throws: `PageError` when there is no such file.
  public func key(_ name: String) throws(PageError) -> String {
    guard let key = keys[name] else {
      throw PageError(
        "link to '\(name)'", because: "there is no such file",
        remedy: name.contains("/")
          ? "add it to the Site folder"
          : "add it to the Site folder; Deploy/vendor fetches the libraries of others")
    }
    return key
  }

  /// The keys of all modules that a browser will ask for when it loads some, those first.
  ///
  /// A page that names them all lets the browser fetch them at once instead of one after the other.
  ///
  /// - Parameter names: the paths of modules within the Site folder.
  /// - Returns: keys such as `assets/1f2e3d4c/viewer/viewer.js`.
  /// - Throws: `PageError` when one of them, or a module that it imports, is not there.
  public func imports(from names: String...) throws(PageError) -> [String] {
    var found = names
    var next = 0
    while next < found.count {
      let path = found[next]
      next += 1
      let text = String(decoding: files[try key(path)] ?? [], as: UTF8.self)
      // Imports that are written into a call are left for when they are needed.
      for match in text.matches(
        of: /(?m)^(?:import\s*|(?:import|export)\b[^;"]*\bfrom\s*)"(\.[^"]+)"/)
      {
        let target = Self.resolve(match.output.1, from: path)
        if !found.contains(target) { found.append(target) }
      }
    }
    var keys: [String] = []
    for path in found { keys.append(try key(path)) }
    return keys
  }

  /// The path to which a relative one leads from a file.
  private static func resolve(_ relative: Substring, from path: String) -> String {
    var parts = path.split(separator: "/").dropLast()
    for part in relative.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  /// What follows from the names and bytes of all files of a folder.
  private static func hash(_ files: [String: [UInt8]]) -> String {
    hash(
      files.sorted { $0.key < $1.key }.flatMap {
        Array("\($0.key)\n\(Self.hash($0.value))\n".utf8)
      })
  }

  /// The assets without those of some libraries of others, named by their file or folder.
  public func without(_ libraries: Set<String>) -> [String: [UInt8]] {
    let left = keys.filter { name, _ in
      libraries.contains(String(name.prefix { $0 != "/" }))
    }.values
    let keysLeft = Set(left)
    return files.filter { !keysLeft.contains($0.key) }
  }

  /// Eight hexadecimal digits that follow from the bytes: FNV-1a with 64 bits over words of eight bytes,
  /// each multiplied in full and folded, then folded to 32.
  ///
  /// It tells versions apart; nothing is protected by it.
  static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ word: UInt64) {
      let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      hash = product.high ^ product.low &+ 0x100_0000_01b3
    }
    let words = bytes.count / 8
    bytes.withUnsafeBytes { raw in
      // Each of the words lies within the bytes.
      for index in 0..<words {
        mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
      }
    }
    for byte in bytes[(8 * words)...] { mix(UInt64(byte)) }
    mix(UInt64(bytes.count))
    let digits = String((hash ^ (hash >> 32)) & 0xFFFF_FFFF, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
