import Foundation
import JSON
import Publishing
import Transport

/// Asks a site on the web what its clients will ask, without credentials.
struct LiveProbes: Sendable {
  /// The address of the site, with final `/`.
  let base: String
  var findings: LiveFindings
  private let engine = HTTPEngine()

  init(base: String, findings: LiveFindings = LiveFindings()) {
    self.base = base.hasSuffix("/") ? base : base + "/"
    self.findings = findings
  }

  private static let origin = "https://viewer.example.org"

  private func ask(
    _ method: String, _ path: String, _ fields: [(name: String, value: String)] = []
  ) -> HTTPReply? {
    var fields = fields
    if !fields.contains(where: { $0.name.lowercased() == "accept-encoding" }) {
      fields.append(("Accept-Encoding", "identity"))
    }
    let allowed = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
    let encoded = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
    return try? engine.perform(
      HTTPRequest(method, base + encoded, fields: fields, limit: 64 << 20, followsRedirects: true))
  }

  // MARK: Any bucket

  /// Ranges, CORS and missing keys, on a bucket that holds one object at least.
  func ofAnyBucket(present key: String) -> LiveFindings {
    var probes = self
    guard let reply = probes.ask("GET", key) else {
      probes.findings.problem("\(base) does not answer", "Check the address and the network")
      return probes.findings
    }
    guard reply.isSuccess else {
      probes.findings.problem(
        "\(key) cannot be read without credentials (status \(reply.status))",
        "Let everybody read: cubepress bucket setup sets the policy; on AWS also switch off "
          + "“Block public access”")
      return probes.findings
    }
    probes.findings.good("everybody can read")
    probes.missingKeys()
    probes.ranges(key, size: reply.body.count)
    probes.crossOrigin(key)
    probes.security()
    return probes.findings
  }

  private mutating func missingKeys() {
    let name = "missing-\(UUID().uuidString)"
    for key in ["\(name).json", "datasets/\(name)/0.png"] {
      switch ask("GET", key)?.status {
      case 404, 410: findings.good("a missing key (\(key.prefix(9))…) answers 404")
      case 403:
        findings.problem(
          "a missing key answers 403, which clients of Zarr, tiles and terrain take for a failure",
          "Allow everybody s3:ListBucket, or let the front turn 403 into 404: cubepress bucket "
            + "setup --print cloudfront or nginx shows how")
      case 200:
        findings.problem(
          "a missing key answers 200, so a client takes an error page for data",
          "Switch off the front's page for everything that is not found")
      case let status:
        findings.problem(
          "a missing key answers \(status.map(String.init) ?? "nothing"), not 404",
          "Ask who runs the server")
      }
    }
  }

  private mutating func ranges(_ key: String, size: Int) {
    guard size > 2 else { return }
    let reply = ask("GET", key, [("Range", "bytes=1-2"), ("Accept-Encoding", "gzip")])
    let says = reply?["content-range"] ?? "nothing"
    if reply?.status == 206, reply?.body.count == 2, says == "bytes 1-2/\(size)" {
      findings.good("ranges are answered (206)")
    } else {
      findings.problem(
        "a request for bytes 1 to 2 of \(key) is answered with status "
          + "\(reply.map { "\($0.status)" } ?? "none") and Content-Range “\(says)”",
        "Range requests must reach the bucket: check the front's cache and compression settings")
    }
    if let encoding = reply?["content-encoding"] {
      findings.problem(
        "a range of \(key) comes with Content-Encoding \(encoding), so its offsets mean other bytes",
        "Switch off compression in the front for what is read by ranges")
    }
  }

  private mutating func crossOrigin(_ key: String) {
    let origin = [("Origin", Self.origin)]
    let reply = ask("GET", key, origin)
    let allowed = reply?["access-control-allow-origin"]
    guard allowed == "*" || allowed == Self.origin else {
      findings.problem(
        "pages of other sites may not read (no Access-Control-Allow-Origin)",
        "Set CORS: cubepress bucket setup does it")
      return
    }
    findings.good("pages of other sites may read (CORS)")
    let exposed = (reply?["access-control-expose-headers"] ?? "").lowercased()
    let missing = ["content-range", "content-length", "etag"].filter { !exposed.contains($0) }
    if exposed != "*", !missing.isEmpty {
      findings.problem(
        "scripts do not see the fields \(missing.joined(separator: ", "))",
        "Add them to Access-Control-Expose-Headers (ExposeHeader in the bucket's CORS)")
    } else {
      findings.good("scripts see sizes, tags and ranges")
    }
    let asked = [
      ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "range"),
    ]
    let preflight = ask("OPTIONS", key, origin + asked)
    let fields = (preflight?["access-control-allow-headers"] ?? "").lowercased()
    if preflight?.isSuccess == true, fields.contains("range") || fields == "*" {
      findings.good("scripts may ask for ranges (preflight)")
    } else {
      findings.problem(
        "the question of browsers before a range request is answered with status "
          + (preflight.map { "\($0.status)" } ?? "none"),
        "Let OPTIONS through to the bucket, with Range among the allowed headers")
    }
    let absent = ask("GET", "missing-\(UUID().uuidString)", origin)
    if absent?["access-control-allow-origin"] == nil {
      findings.note(
        "answers 404 come without CORS: scripts see a failed request instead of a missing tile")
    }
  }

  private mutating func security() {
    if base.hasPrefix("http://"), !base.contains("//127."), !base.contains("//localhost") {
      findings.note("the address is not https: pages that are may not load it")
    }
  }

  // MARK: A site

  /// Everything about a site that was published there.
  func ofSite() -> LiveFindings {
    var probes = self
    let asking = self
    let reader = ReleaseReader(base, remedy: "Publish the site again.") { key in
      guard let reply = asking.ask("GET", key) else { return nil }
      return reply.isSuccess ? reply.body : nil
    }
    do {
      guard let release = try reader.current() else {
        probes.findings.problem(
          "\(base)_release/current.json cannot be read",
          "Check the address, and publish a site there")
        return probes.ofAnyBucket(present: "index.html")
      }
      probes.findings.good("release \(release.number) with \(release.count) objects is there")
      var samples = Samples()
      // Keys of all kinds lie in all parts; two of them are enough to find most.
      try reader.forEachObject(of: release, partLimit: 2) { samples.add($0) }
      probes.findings = probes.ofAnyBucket(present: samples.ranged?.key ?? "index.html")
      for entry in samples.all { probes.object(entry) }
      probes.page()
      if samples.hasCapabilities { probes.capabilities() }
      if samples.hasCatalogue { probes.catalogue() }
    } catch {
      probes.findings.problem("\(error)", "Publish the site again, with --verify")
    }
    return probes.findings
  }

  /// One object of each kind.
  private struct Samples {
    private(set) var byEnding: [String: ManifestEntry] = [:]
    private(set) var hasCapabilities = false
    private(set) var hasCatalogue = false

    mutating func add(_ entry: ManifestEntry) {
      let name = entry.key.split(separator: "/").last ?? ""
      let ending = name.lastIndex(of: ".").map { name[$0...] } ?? "chunk"
      if byEnding[String(ending)] == nil { byEnding[String(ending)] = entry }
      if entry.key == LiveProbes.capabilitiesKey { hasCapabilities = true }
      if entry.key == LiveProbes.catalogueKey { hasCatalogue = true }
      if name == "zarr.json" || name == ".zmetadata" { byEnding[String(name)] = entry }
    }

    var all: [ManifestEntry] { byEnding.sorted { $0.key < $1.key }.map(\.value) }
    var ranged: ManifestEntry? {
      byEnding["chunk"] ?? byEnding[".png"] ?? byEnding[".webp"] ?? byEnding.values.first
    }
  }

  private static let capabilitiesKey = "wmts/1.0.0/WMTSCapabilities.xml"

  /// An object as the manifest describes it: status, size, type, encoding, caching.
  private mutating func object(_ entry: ManifestEntry) {
    guard let reply = ask("GET", entry.key), reply.isSuccess else {
      findings.problem("\(entry.key) cannot be read", "Run cubepress publish --verify")
      return
    }
    var faults: [String] = []
    let type = reply["content-type"] ?? "none"
    if type.lowercased().filter({ $0 != " " }) != entry.type.lowercased().filter({ $0 != " " }) {
      faults.append("its type is \(type), not \(entry.type)")
    }
    if reply["content-encoding"] != entry.encoding {
      faults.append(
        "its Content-Encoding is \(reply["content-encoding"] ?? "none"), not "
          + (entry.encoding ?? "none"))
    }
    if entry.encoding == nil, reply.body.count != entry.size {
      faults.append("it has \(reply.body.count) bytes, not \(entry.size)")
    }
    let caching = reply["cache-control"] ?? ""
    if !entry.isImmutable, caching.contains("immutable") {
      faults.append("caches are told to keep it for ever, but it may change")
    }
    if faults.isEmpty {
      findings.good("\(entry.key): \(entry.type)")
    } else {
      findings.problem(
        "\(entry.key): \(faults.joined(separator: "; "))",
        "Publish with cubepress, which states all of this; a front must pass it on")
    }
  }

  private mutating func page() {
    let reply = ask("GET", "", [("Accept-Encoding", "gzip, br")])
    if reply?.isSuccess != true || reply?["content-type"]?.hasPrefix("text/html") != true {
      findings.note("\(base) itself shows no page; \(base)index.html does")
    } else if reply?["content-encoding"] == nil {
      findings.note("pages are sent without compression: a front with gzip makes them faster")
    }
  }

  private static let catalogueKey = "catalog.json"

  /// The STAC catalogue must lead to its collections by relative links, and name no other address.
  private mutating func catalogue() {
    guard let reply = ask("GET", Self.catalogueKey), reply.isSuccess,
      let root = try? JSONValue(parsing: reply.body), let links = root["links"]?.arrayValue
    else {
      findings.problem("\(Self.catalogueKey) cannot be read", "Run cubepress publish --verify")
      return
    }
    func targets(_ relation: String) -> [String] {
      links.filter { $0["rel"]?.stringValue == relation }.compactMap { $0["href"]?.stringValue }
    }
    if let stated = targets("self").first, stated != base + Self.catalogueKey {
      findings.note("STAC: the catalogue says that it is at \(stated); here is a copy of it")
    }
    let children = targets("child")
    // Few of many are enough to find a front that changes addresses or types.
    let broken = children.prefix(5).first { child in
      let reply = ask("GET", child.hasPrefix("./") ? String(child.dropFirst(2)) : child)
      let collection = reply.flatMap { $0.isSuccess ? try? JSONValue(parsing: $0.body) : nil }
      return collection?["type"]?.stringValue != "Collection"
    }
    if let broken {
      findings.problem(
        "STAC: the catalogue leads to \(broken), which is no collection",
        "Run cubepress publish --verify")
    } else {
      findings.good("STAC: the catalogue leads to its \(children.count) collections")
    }
  }

  /// The capabilities must name the address at which they are read, or QGIS goes elsewhere.
  private mutating func capabilities() {
    guard let reply = ask("GET", Self.capabilitiesKey), reply.isSuccess,
      let tree = try? XMLTree.parse(reply.body)
    else {
      findings.problem("\(Self.capabilitiesKey) cannot be read", "Run cubepress publish --verify")
      return
    }
    let stated = tree.first("ServiceMetadataURL")?.attributes["xlink:href"] ?? ""
    if stated == base + Self.capabilitiesKey {
      findings.good("WMTS: the capabilities name this address")
    } else {
      findings.problem(
        "the capabilities say that they are at \(stated): QGIS would fetch tiles there",
        "Build with --base-url \(base), then publish again")
    }
  }
}
