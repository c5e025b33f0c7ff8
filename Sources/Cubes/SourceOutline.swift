import Codecs
import Foundation
import JSON
import NetCDF
public import Stores
import Synchronization

/// What is known of a NetCDF or GeoTIFF file without having it: its attributes, its arrays, and the values of
/// those that were read to find out where everything lies.
struct SourceOutline {
  let attributes: JSONObject
  let arrays: [SourceArray]
  /// Numbers by array and region.
  var numbers: [String: NumericArray] = [:]
  var texts: [String: [String]] = [:]

  /// Larger arrays are read from the file again when they are needed.
  private static let largestArray = 4 << 20

  init(of source: any ArraySource) {
    attributes = source.attributes
    arrays = source.arrays
  }

  static func place(_ array: SourceArray, _ region: [Range<Int>]) -> String {
    "\(array.name) " + region.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  mutating func add(_ numbers: NumericArray, _ array: SourceArray, _ region: [Range<Int>]) {
    guard numbers.bytes.count <= Self.largestArray else { return }
    self.numbers[Self.place(array, region)] = numbers
  }

  /// Changes when outlines are written otherwise.
  private static let version = 1

  var serialized: [UInt8] {
    let numbers = numbers.sorted { $0.key < $1.key }.map { place, array -> JSONValue in
      [
        "place": .string(place), "type": .string(array.type.rawValue),
        "shape": .array(array.shape.map { .integer(Int64($0)) }),
        "bytes": .string(Data(array.bytes).base64EncodedString()),
      ]
    }
    let document: JSONValue = [
      "version": .integer(Int64(Self.version)), "attributes": attributes.exact,
      "arrays": .array(arrays.map(\.json)), "numbers": .array(numbers),
      "texts": .array(
        texts.sorted { $0.key < $1.key }.map {
          ["array": .string($0.key), "values": .array($0.value.map { .string($0) })]
        }),
    ]
    return Array(document.serialized().utf8)
  }

  /// Reads an outline; `nil` where it is damaged or of another version.
  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), json["version"]?.intValue == Self.version,
      let attributes = json["attributes"]?.objectValue, let arrays = json["arrays"]?.arrayValue,
      let numbers = json["numbers"]?.arrayValue, let texts = json["texts"]?.arrayValue
    else { return nil }
    self.attributes = attributes.inexact
    self.arrays = arrays.compactMap(SourceArray.init)
    guard self.arrays.count == arrays.count else { return nil }
    for entry in numbers {
      guard let place = entry["place"]?.stringValue,
        let type = entry["type"]?.stringValue.flatMap(ElementType.init),
        let shape = entry["shape"]?.arrayValue?.compactMap(\.intValue),
        let data = entry["bytes"]?.stringValue.flatMap({ Data(base64Encoded: $0) }),
        let array = try? NumericArray(type: type, shape: shape, bytes: Array(data))
      else { return nil }
      self.numbers[place] = array
    }
    for entry in texts {
      guard let name = entry["array"]?.stringValue, let values = entry["values"]?.arrayValue else {
        return nil
      }
      self.texts[name] = values.compactMap(\.stringValue)
    }
  }
}

extension SourceArray {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "dimensions": .array(dimensions.map { .string($0) }),
      "shape": .array(shape.map { .integer(Int64($0)) }), "string": .bool(isString),
      "attributes": attributes.exact,
    ]
    if let elementType { object["type"] = .string(elementType.rawValue) }
    if let chunkShape { object["chunks"] = .array(chunkShape.map { .integer(Int64($0)) }) }
    if let defaultFill { object["fill"] = defaultFill.exact }
    if let unreadable { object["unreadable"] = .string(unreadable) }
    return .object(object)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.stringValue,
      let dimensions = json["dimensions"]?.arrayValue?.compactMap(\.stringValue),
      let shape = json["shape"]?.arrayValue?.compactMap(\.intValue),
      shape.count == dimensions.count, shape.allSatisfy({ $0 >= 0 }),
      let isString = json["string"]?.boolValue,
      let attributes = json["attributes"]?.objectValue
    else { return nil }
    let chunks = json["chunks"]?.arrayValue?.compactMap(\.intValue)
    guard chunks?.count ?? shape.count == shape.count, chunks?.allSatisfy({ $0 > 0 }) ?? true else {
      return nil
    }
    self.init(
      name: name, dimensions: dimensions, shape: shape,
      elementType: json["type"]?.stringValue.flatMap(ElementType.init), isString: isString,
      attributes: attributes.inexact, chunkShape: chunks, defaultFill: json["fill"]?.inexact,
      unreadable: json["unreadable"]?.stringValue)
  }
}

/// Keeps outlines of files between two runs, in the records of a site.
public final class OutlineShelf: Sendable {
  private let folder: SiteFolder
  private let used = Mutex<Set<String>>([])

  /// The folder of outlines below that of a site.
  public static let root = SiteFolder.privateFolder + "/sources"

  /// Opens the shelf of a site.
  public init(_ folder: SiteFolder) { self.folder = folder }

  func outline(of identity: String) -> SourceOutline? {
    let key = key(of: identity)
    return (try? folder.read(key)).flatMap(\.self).flatMap(SourceOutline.init)
  }

  /// Keeps an outline; where there is no room for it, the file is fetched again next time.
  func keep(_ outline: SourceOutline, of identity: String) {
    _ = try? folder.write(outline.serialized, to: key(of: identity))
  }

  /// Removes the outlines that were not asked for since this was made.
  ///
  /// - Throws: `StoreError` when they cannot be removed.
  public func removeUnused() throws(StoreError) {
    let used = used.withLock { $0 }
    var gone: [String] = []
    try folder.forEachFile(below: Self.root) { if !used.contains($0.key) { gone.append($0.key) } }
    for key in gone { try folder.remove(key) }
  }

  private func key(of identity: String) -> String {
    let key = "\(Self.root)/\(sha256Hex(Array(identity.utf8)).prefix(32)).json"
    used.withLock { _ = $0.insert(key) }
    return key
  }
}
