import JSON
import Publishing
import Stores

/// Looks through a built site for everything that would be wrong once it is published.
///
/// Every file must be in the current release's manifest with its size and SHA-256, and nothing else
/// may be there. Whatever pages, JSON documents and WMTS capabilities refer to must exist, and XML
/// must be well-formed.
struct SiteCheck {
  /// Something that is wrong, or only odd.
  struct Finding: Equatable {
    /// What kind it is: a stable word for scripts.
    let id: String
    /// The file it is about.
    let key: String
    /// What is wrong with it, for people.
    let text: String
  }

  /// What a check found.
  struct Report {
    var release: Int?
    var fileCount = 0
    var byteCount = 0
    var referenceCount = 0
    var documentCount = 0
    var arrayCount = 0
    /// What must not be published like this.
    var problems: [Finding] = []
    /// What may be meant so.
    var notes: [Finding] = []

    fileprivate mutating func add(_ file: SiteFolder.File) {
      fileCount += 1
      byteCount += file.size
    }
  }

  /// The files that readers of the release find.
  private struct PresentFiles {
    private var files: FileWalk
    private var gone: EntryStream
    private var nextGone: ManifestEntry?

    init(_ files: FileWalk, gone: EntryStream) throws {
      self.files = files
      self.gone = gone
      nextGone = try self.gone.next()
    }

    mutating func next() throws -> SiteFolder.File? {
      while let file = try files.next() {
        if file.key.hasPrefix("_release/") { continue }
        // What readers of former releases may still ask for is there by intent.
        while let entry = nextGone, entry.key.utf8.lexicographicallyPrecedes(file.key.utf8) {
          nextGone = try gone.next()
        }
        if let entry = nextGone, entry.key.utf8.elementsEqual(file.key.utf8) { continue }
        return file
      }
      return nil
    }
  }

  private let site: SiteFolder
  private var report = Report()
  private var references: SiteReferences

  /// Checks a folder.
  ///
  /// - Throws: ``StoreError`` when there is no such folder or it cannot be read; what is wrong with
  ///   the site itself is in the report.
  static func run(path: String) throws(StoreError) -> Report {
    // SiteFolder would make the folder.
    let folder = try FolderStore(path: path)
    var check = SiteCheck(site: try SiteFolder(path: folder.location))
    // Without a manifest this is no site, and may be a whole disk.
    if try check.compareWithManifest() {
      try check.followReferences()
      try check.lookThroughArrays()
    }
    return check.report
  }

  private init(site: SiteFolder) {
    self.site = site
    references = SiteReferences(site: site.contents)
  }

  // MARK: Manifest

  /// Returns whether there is a manifest.
  private mutating func compareWithManifest() throws(StoreError) -> Bool {
    let manifest = ReleaseManifest(site)
    let before = report.problems.count
    do {
      guard let release = try manifest.current() else {
        problem("missing", ReleaseManifest.currentKey, "there is no such file")
        return false
      }
      report.release = release.number
      var listed = manifest.objects(of: release)
      var present = try PresentFiles(site.files(), gone: manifest.goneObjects())
      var next = try present.next()
      while let entry = try listed.next() {
        while let file = next, file.key.utf8.lexicographicallyPrecedes(entry.key.utf8) {
          unlisted(file)
          next = try present.next()
        }
        guard let file = next, file.key.utf8.elementsEqual(entry.key.utf8) else {
          problem(
            "missing", entry.key, "it is in the manifest of the release, but not in the folder")
          continue
        }
        report.add(file)
        try compare(file, entry)
        next = try present.next()
      }
      while let file = next {
        unlisted(file)
        next = try present.next()
      }
    } catch let error as StoreError {
      throw error
    } catch {
      // What was compared with a damaged list says nothing of the files.
      report.problems.removeSubrange(before...)
      problem("manifest", ReleaseManifest.currentKey, "\(error)")
    }
    return true
  }

  private mutating func unlisted(_ file: SiteFolder.File) {
    report.add(file)
    problem("unlisted", file.key, "it is not in the manifest of the release")
  }

  private mutating func compare(_ file: SiteFolder.File, _ entry: ManifestEntry) throws(StoreError)
  {
    guard file.size == entry.size else {
      problem(
        "size", file.key, "it has \(file.size) bytes, but \(entry.size) in the manifest")
      return
    }
    guard let digest = try site.digest(of: file.key) else { return }
    if hexadecimal(digest.sha256) != entry.sha256 {
      problem("content", file.key, "its content is not that in the manifest (SHA-256)")
    }
  }

  // MARK: References

  private mutating func followReferences() throws(StoreError) {
    var documents: [String] = []
    try site.forEachFile { file throws(StoreError) in
      let isManifest = file.key.hasPrefix("_release/")
      let hasReferences = [".html", ".json", ".geojson", ".xml", ".svg"]
        .contains { file.key.hasSuffix($0) }
      // Documents of Zarr hold attributes of the source, whose texts refer to nothing here.
      let isZarr = file.key.contains(".zarr/")
      // Libraries of others refer to their own files in their own ways.
      let isLibrary = file.key.hasPrefix("assets/")
      let isViewers = ViewerReferences.isDocument(file.key)
      if hasReferences && !isManifest && !isZarr && !isLibrary || isViewers {
        documents.append(file.key)
      }
    }
    // The capabilities first: they say at which address the site will be.
    let services = documents.filter { $0.hasSuffix("/WMTSCapabilities.xml") }
    let trees = try services.map { key throws(StoreError) in (key, try xml(key)) }
    for case (let key, let tree?) in trees {
      let url = tree.first("ServiceMetadataURL")?.attributes["xlink:href"]
      if let url, url.hasSuffix(key) { references.bases.insert(String(url.dropLast(key.count))) }
    }
    for case (let key, let tree?) in trees {
      for finding in try WMTSCheck(key: key, references: references).findings(in: tree, &report) {
        finding.isProblem ? report.problems.append(finding.what) : report.notes.append(finding.what)
      }
    }
    for key in documents where !services.contains(key) {
      for text in try referencesOfDocument(key) { try follow(text, from: key) }
    }
    report.documentCount = documents.count
  }

  private mutating func referencesOfDocument(_ key: String) throws(StoreError) -> [String] {
    if key.hasSuffix(".html") {
      return HTMLReferences.all(in: try site.read(key) ?? [])
    }
    if ViewerReferences.isDocument(key) {
      return try json(key).map { ViewerReferences.all(in: $0) } ?? []
    }
    if key.hasSuffix("json") {
      guard let document = try json(key) else { return [] }
      if key.hasPrefix("api/datasets/") { noteFAIR(document, key) }
      return references.candidates(in: document)
    }
    return try xml(key)?.all { $0.attributes["xlink:href"] ?? $0.attributes["href"] } ?? []
  }

  /// What of the FAIR principles a dataset does not follow, and what would help.
  private mutating func noteFAIR(_ document: JSONValue, _ key: String) {
    let criteria = document["fair"]?.arrayValue ?? []
    let open = criteria.filter { $0["met"]?.boolValue == false }.compactMap { criterion in
      criterion["text"]?.stringValue.map { "\(criterion["principle"]?.stringValue ?? ""): \($0)" }
    }
    guard !open.isEmpty else { return }
    report.notes.append(
      Finding(
        id: "fair", key: key,
        text: "\(criteria.count - open.count) of \(criteria.count) criteria of FAIR are met; "
          + open.joined(separator: "; ")))
  }

  // MARK: Arrays

  private mutating func lookThroughArrays() throws(StoreError) {
    var check = ZarrCheck(site: site.contents)
    try site.forEachFile { file throws(StoreError) in check.check(file.key) }
    report.arrayCount = check.arrayCount
    report.problems += check.problems
  }

  private mutating func follow(_ text: String, from key: String) throws(StoreError) {
    report.referenceCount += 1
    if let fault = try references.fault(in: text, from: key) {
      problem("reference", key, "it refers to “\(text)”: \(fault)")
    }
  }

  private mutating func json(_ key: String) throws(StoreError) -> JSONValue? {
    guard let bytes = try site.read(key) else {
      problem("missing", key, "there is no such file")
      return nil
    }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      problem("json", key, "\(error)")
      return nil
    }
  }

  private mutating func xml(_ key: String) throws(StoreError) -> XMLTree? {
    do {
      return try XMLTree.parse(try site.read(key) ?? [])
    } catch let error as XMLTree.Fault {
      problem("xml", key, "it is not well-formed: \(error.text)")
      return nil
    } catch {
      throw error as? StoreError
        ?? StoreError(.unreadable, attempt: "read “\(key)”", reason: "\(error)")
    }
  }

  private mutating func problem(_ id: String, _ key: String, _ text: String) {
    report.problems.append(Finding(id: id, key: key, text: text))
  }
}
