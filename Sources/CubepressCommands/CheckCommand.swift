import ArgumentParser
import JSON

/// `cubepress check`: looks for everything that would be wrong with a site once it is published.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a site is whole, or that it can be read on the web.",
    discussion: """
      Compares every file with the manifest of the release (size and SHA-256), and follows every
      reference in pages, JSON documents and WMTS capabilities. Ends with code 1 when something is
      wrong.

      Given an address, asks what browsers, QGIS and readers of Zarr will ask: missing keys, ranges,
      CORS, types, encodings, capabilities; and explains what will fail.

        cubepress check site/
        cubepress check site/ --json
        cubepress check https://cubes.example.org/
      """)

  @Argument(help: "The folder of the site, or its address on the web.")
  var folder: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if folder.hasPrefix("http://") || folder.hasPrefix("https://") {
      return try LiveProbes(base: folder).ofSite().close(json: json)
    }
    let report = try SiteCheck.run(path: folder)
    print(json ? report.json.serialized(pretty: true) : report.text(folder: folder))
    if !report.problems.isEmpty { throw ExitCode.failure }
  }
}

extension SiteCheck.Report {
  /// The report for programs.
  var json: JSONValue {
    let list = { (findings: [SiteCheck.Finding]) -> JSONValue in
      .array(
        findings.map { finding in
          ["id": .string(finding.id), "key": .string(finding.key), "text": .string(finding.text)]
        })
    }
    return [
      "release": release.map { .integer(Int64($0)) } ?? .null,
      "files": .integer(Int64(fileCount)), "bytes": .integer(Int64(byteCount)),
      "documents": .integer(Int64(documentCount)),
      "arrays": .integer(Int64(arrayCount)), "references": .integer(Int64(referenceCount)),
      "problems": list(problems), "notes": list(notes),
    ]
  }

  /// The report for people: one line, or one for each problem.
  func text(folder: String) -> String {
    let most = 200
    var lines = notes.prefix(20).map { "note: \($0.key): \($0.text)" }
    lines += problems.prefix(most).map { "\($0.key): \($0.text)" }
    if problems.count > most { lines.append("… and \(problems.count - most) more") }
    let seen =
      "\(fileCount) files of release \(release.map(String.init) ?? "?") and \(referenceCount) "
      + "references in \(documentCount) documents"
      + (arrayCount > 0 ? " and \(arrayCount) Zarr arrays" : "")
    lines.append(
      problems.isEmpty
        ? "\(folder) is whole: \(seen) are as they should be"
        : "\(folder): \(problems.count) problems in \(seen)")
    return lines.joined(separator: "\n")
  }
}
