internal import Foundation
internal import JSON
internal import Stores
internal import Teams

/// Looks at the file of an upload: its hash, its kind, whether it is whole, harmless and readable.
///
/// Its calls block.
struct CubeReception {
  let upload: Upload
  let workspace: Workspace

  private var attempt: String { "take '\(upload.dataset)'" }
  private var path: String { workspace.receivedPath(upload) }

  /// The most files that a Zarr archive may have.
  static let mostFiles = 1_000_000
  /// The largest file in one, in bytes: a chunk.
  static let largestChunk = 1 << 30
  /// The longest name of a file or folder in one, in bytes, as file systems have it.
  static let longestName = 255
  /// Up to how many cells every value is read; of larger cubes only metadata and coordinates.
  static let cellsToRead = 4e9

  /// The folder of the dataset that an upload becomes.
  static func folder(of upload: Upload, in workspace: Workspace) -> String {
    workspace.teamFolder(upload.team) + "/uploaded/" + upload.id
  }

  func run() throws -> ReceivedCube {
    let sha256 = try hashOfFile()
    if let stated = upload.sha256, stated != sha256 {
      throw refusal(
        "its SHA-256 is \(sha256), not \(stated) as was announced", "send the file again")
    }
    let folder = Self.folder(of: upload, in: workspace)
    // What a check that a crash cut off left behind.
    try? FileManager.default.removeItem(atPath: folder)
    let (name, size) = try place(in: folder)
    let variables = try look(into: "\(folder)/\(name)", scratch: folder)
    // So that a power cut after the acceptance loses nothing.
    try synchroniseFileSystem(of: folder)
    return ReceivedCube(
      path: "teams/\(upload.team)/uploaded/\(upload.id)/\(name)", bytes: size.bytes,
      files: size.files, sha256: sha256, variables: variables)
  }

  private func hashOfFile() throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw refusal("its bytes are not on the disk any more", "send it again")
    }
    let (count, sha256) = try digestOfFile(path)
    guard count == upload.length else {
      throw refusal("it has \(count) bytes, not \(upload.length)", "send it again")
    }
    return hexadecimal(sha256)
  }

  /// Brings the cube to its place, unpacked.
  ///
  /// - Returns: its name there and its size.
  private func place(
    in folder: String
  ) throws -> (name: String, size: (bytes: Int64, files: Int)) {
    let beginning = FileHandle(forReadingAtPath: path)?.readData(ofLength: 8) ?? Data()
    if beginning.starts(with: [0x50, 0x4b, 3, 4]) {
      return ("cube.zarr", try unpack(to: folder))
    }
    guard let name = Self.fileName(beginning: Array(beginning)) else {
      throw refusal(
        "it is neither a zip archive nor NetCDF nor GeoTIFF",
        "send NetCDF (.nc), GeoTIFF (.tif), or a Zarr store as one zip file, which zarr.storage.ZipStore writes"
      )
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A second name for the same bytes; the first one goes when all is written down.
    try FileManager.default.linkItem(atPath: path, toPath: "\(folder)/\(name)")
    return (name, (upload.length, 1))
  }

  /// What a cube of one file is called, by its first eight bytes; `nil` for anything else.
  private static func fileName(beginning bytes: [UInt8]) -> String? {
    let netCDF: [[UInt8]] = [
      Array("CDF".utf8), [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A],
    ]
    // TIFF and BigTIFF in both byte orders.
    let geoTIFF: [[UInt8]] = [
      [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
    ]
    if netCDF.contains(where: bytes.starts) { return "cube.nc" }
    if geoTIFF.contains(where: bytes.starts) { return "cube.tif" }
    return nil
  }

  /// Unpacks a zipped Zarr store.
  ///
  /// - Returns: how many bytes its files have together, and how many files there are.
  private func unpack(to folder: String) throws -> (bytes: Int64, files: Int) {
    var limits = ZipLimits()
    limits.entryCount = Self.mostFiles
    limits.directorySize = 256 << 20
    limits.nameLength = 1024
    limits.objectSize = Self.largestChunk
    do {
      let archive = try ZipStore(path: path, limits: limits)
      if let stray = archive.strayNames.first {
        throw refusal(
          "the archive has a file called “\(stray.prefix(100))”, which leads out of it",
          "make the archive from within the store's folder")
      }
      let root = try Self.root(of: archive)
      let files = archive.sizes.filter { $0.key.utf8.starts(with: root.utf8) }
      try requireRoom(for: files)
      try requireTree(of: files.keys)
      let tree = try SiteFolder(path: folder).stage("cube.zarr")
      for key in files.keys.sorted() {
        guard let bytes = try archive.read(key) else { continue }
        try tree.write(
          bytes, to: String(decoding: key.utf8.dropFirst(root.utf8.count), as: UTF8.self))
      }
      try tree.publish()
      return (files.values.reduce(0) { $0 + Int64($1) }, files.count)
    } catch let error as StoreError {
      guard error.kind != .unwritable else {
        throw WorkspaceError(
          .storage, attempt, because: "the server could not unpack it: \(error.reason)",
          remedy: TeamsError.diskFullRemedy)
      }
      throw refusal(
        error.reason, error.remedy.map(Self.asClause) ?? "make the archive again")
    }
  }

  /// Refuses an archive that is larger than the team's room, before anything is unpacked.
  ///
  /// What a file turns out to have beyond its stated size is refused when it is unpacked.
  private func requireRoom(for files: [String: Int]) throws {
    var total: Int64 = 0
    for size in files.values {
      let sum = total.addingReportingOverflow(Int64(size))
      guard !sum.overflow else { throw refusal("its sizes are impossible", "make it again") }
      total = sum.partialValue
    }
    let room = try workspace.roomForUnpacking(upload)
    guard total <= room.bytes else {
      throw refusal(
        "it would have \(ByteText.of(total)) when it is unpacked, and \(ByteText.of(room.bytes)) are left of the team's quota",
        "remove something, or ask an administrator for a larger quota")
    }
    guard files.count <= room.files else {
      throw refusal(
        "it has \(files.count) files, and the team's Zarr stores may have \(room.files) more together",
        "write it with larger chunks, or with shards, or remove another dataset")
    }
  }

  /// Refuses an archive that no folder can hold: with a file and a folder of the same name, or a longer name than
  /// file systems take.
  private func requireTree(of keys: Dictionary<String, Int>.Keys) throws {
    for key in keys {
      if let name = key.split(separator: "/").first(where: { $0.utf8.count > Self.longestName }) {
        throw refusal(
          "the archive has a name of \(name.utf8.count) bytes, “\(name.prefix(40))…”",
          "shorten it to at most \(Self.longestName)")
      }
      for (offset, byte) in key.utf8.enumerated() where byte == UInt8(ascii: "/") {
        let above = String(decoding: key.utf8.prefix(offset), as: UTF8.self)
        guard !keys.contains(above) else {
          throw refusal(
            "“\(above.prefix(100))” is both a file and a folder in the archive",
            "make the archive again")
        }
      }
    }
  }

  /// What stands before the keys of the store in an archive: nothing, or the name of its one folder.
  static func root(of archive: ZipStore) throws -> String {
    func isStore(_ prefix: String) throws -> Bool {
      try ["zarr.json", ".zgroup", ".zmetadata"].contains {
        try archive.size(of: prefix + $0) != nil
      }
    }
    if try isStore("") { return "" }
    let names = try archive.list("") ?? []
    // Mac's Finder adds a folder of its own.
    let folders = try names.map { $0.hasSuffix("/") ? $0 : $0 + "/" }.filter(isStore)
    guard folders.count == 1, let folder = folders.first else {
      throw StoreError(
        .unsupported, attempt: "find a Zarr store",
        reason: folders.isEmpty
          ? "there is no Zarr group in the archive (zarr.json, .zgroup or .zmetadata)"
          : "there are \(folders.count) Zarr stores in the archive",
        remedy: "Zip one store.")
    }
    return folder
  }

  /// Has the program read the cube.
  ///
  /// - Returns: what it says of the variables.
  private func look(into cube: String, scratch: String) throws -> String {
    let helper = HelperProgram(path: workspace.settings.program)
    let folder = scratch + "/.check"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func ask(_ options: [String]) throws -> JSONValue {
      let answer = try helper.run(["inspect", cube, "--json"] + options, scratch: folder)
      guard answer.code == 0 else {
        throw refusal(
          answer.code > 0
            ? Self.reason(answer.message, without: cube)
            : "reading it takes too much time or memory", "see what cubepress inspect says of it")
      }
      do { return try JSONValue(parsing: Array(answer.output)) } catch {
        throw refusal("what is in it cannot be described", "look at its metadata")
      }
    }
    let description = try ask([])
    let variables = description["variables"]?.arrayValue ?? []
    let cells = variables.reduce(0.0) { sum, variable in
      sum + (variable["shape"]?.arrayValue ?? []).reduce(1.0) { $0 * ($1.doubleValue ?? 1) }
    }
    let read = cells <= Self.cellsToRead ? try ask(["--stats"])["variables"] : nil
    let told = (read?.arrayValue ?? variables).map(Self.summary)
    return JSONValue.array(told).serialized()
  }

  private static func summary(_ variable: JSONValue) -> JSONValue {
    var object = JSONObject()
    for key in ["name", "long_name", "units", "dimensions", "shape"] {
      object[key] = variable[key] ?? .null
    }
    object["minimum"] = variable["statistics"]?["minimum"] ?? .null
    object["maximum"] = variable["statistics"]?["maximum"] ?? .null
    return .object(object)
  }

  /// What the program says, without the path of the file, which is the server's own business.
  static func reason(_ message: String, without cube: String) -> String {
    let line = message.split(separator: "\n").first.map(String.init) ?? "it cannot be read"
    var text = line.replacing(cube, with: "it")
    for start in ["Error: ", "error: "] where text.hasPrefix(start) {
      text.removeFirst(start.count)
    }
    while text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private static func asClause(_ sentence: String) -> String {
    var text = sentence.prefix(1).lowercased() + sentence.dropFirst()
    while text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private func refusal(_ reason: String, _ remedy: String) -> WorkspaceError {
    WorkspaceError(.invalid, attempt, because: reason, remedy: remedy)
  }
}
