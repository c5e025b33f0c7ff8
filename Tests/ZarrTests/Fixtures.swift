import Codecs
import Foundation
import JSON
import Stores
import Testing
import Zarr

/// Where input and expected values lie.
enum Fixtures {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

  static func path(_ name: String) -> String {
    tests.appending(path: "Fixtures/\(name)").path(percentEncoded: false)
  }

  static func store(_ name: String) throws -> any Store {
    if name.hasSuffix(".zip") { return try ZipStore(path: path(name)) }
    return try FolderStore(path: path(name))
  }

  static func golden(_ name: String) throws -> JSONObject {
    let file = tests.deletingLastPathComponent().appending(path: "Golden/\(name)")
    let document = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    return try #require(document.objectValue)
  }

  /// The folder of shared data, where the environment names one.
  static let shared = ProcessInfo.processInfo.environment["CUBEPRESS_TEST_DATA"]
}

/// What zarr-python read in one array.
struct Expectation {
  let path: String
  let golden: JSONValue

  /// Whether zarr-python could read it.
  var isReadable: Bool { golden["error"] == nil }

  /// Compares an array with what zarr-python read.
  func check(_ array: ZarrArray, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let comment = Comment(rawValue: path)
    let shape = golden["shape"]?.arrayValue?.compactMap(\.intValue)
    #expect(array.shape == shape, comment, sourceLocation: sourceLocation)
    #expect(array.format == golden["format"]?.intValue, comment, sourceLocation: sourceLocation)
    if let texts = golden["texts"]?.arrayValue?.map(\.stringValue) {
      #expect(array.isString, comment, sourceLocation: sourceLocation)
      #expect(try array.readStrings() == texts, comment, sourceLocation: sourceLocation)
      return
    }
    #expect(
      array.elementType?.rawValue == golden["dtype"]?.stringValue, comment,
      sourceLocation: sourceLocation)
    let numbers = try array.read(array.shape.map { 0..<$0 })
    if let samples = golden["values"]?.arrayValue {
      let values = try numbers.doubles()
      for sample in samples {
        let place = try #require(sample[0]?.intValue)
        let expected = try #require(sample[1]?.doubleValue)
        let value = try #require(values.indices.contains(place) ? values[place] : nil, comment)
        #expect(
          value == expected || (value.isNaN && expected.isNaN), comment,
          sourceLocation: sourceLocation)
      }
    }
    let checksum = numbers.bytes.withUnsafeBytes { CRC32CCodec.checksum($0) }
    #expect(
      Int(checksum) == golden["crc32c"]?.intValue, comment, sourceLocation: sourceLocation)
  }
}

extension JSONObject {
  /// The expectations for one store.
  func expectations(_ store: String) throws -> [Expectation] {
    let arrays = try #require(self[store]?.objectValue)
    return arrays.map { Expectation(path: $0.key, golden: $0.value) }
  }
}
