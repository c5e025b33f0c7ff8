import Foundation
import JSON
import Testing

/// Where expected values and input lie.
enum Golden {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

  static func json(_ name: String) throws -> JSONValue {
    let file = tests.deletingLastPathComponent().appending(path: "Golden/\(name)")
    return try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
  }

  static func fixture(_ name: String) -> String {
    tests.appending(path: "Fixtures/\(name)").path(percentEncoded: false)
  }

  /// The names of all fixtures.
  static func fixtureNames() throws -> [String] {
    let folder = tests.appending(path: "Fixtures").path(percentEncoded: false)
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// The folder of shared data, where the environment names one.
  static let shared = ProcessInfo.processInfo.environment["CUBEPRESS_TEST_DATA"]
}
