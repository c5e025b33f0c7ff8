import Foundation
import SampleSites

/// Validates capabilities with xmllint against the schemas that are kept, without a network.
enum CapabilitiesCheck {
  static let isAvailable = FileManager.default.isExecutableFile(atPath: xmllint)

  private static let xmllint = "/usr/bin/xmllint"

  /// What the validator says; empty when the document is valid.
  static func problems(
    of document: [UInt8], schema: String = "wmts/1.0/wmtsGetCapabilities_response.xsd"
  ) throws -> String {
    let schemas = GoldenTree.repository.appendingPathComponent("Tests/Golden/schemas")
      .resolvingSymlinksInPath()
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("capabilities-\(UUID().uuidString).xml")
    try Data(document).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: xmllint)
    process.environment = ["XML_CATALOG_FILES": schemas.path + "/catalog.xml"]
    process.arguments = [
      "--nonet", "--noout", "--schema",
      schemas.path + "/schemas.opengis.net/" + schema, file.path,
    ]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : String(decoding: said, as: UTF8.self)
  }
}
