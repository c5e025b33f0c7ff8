import Codecs
import JSON

/// Named arrays with attributes: what NetCDF files, GeoTIFF files and Zarr groups have in common.
///
/// Conforming types are thread-safe.
protocol ArraySource: Sendable {
  /// The path or URL, for messages.
  var location: String { get }
  /// The attributes of the whole.
  var attributes: JSONObject { get }
  /// All arrays, in the order of the source.
  var arrays: [SourceArray] { get }

  /// Reads stored numbers of a region in C order.
  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray
  /// Reads all texts of a text array.
  func readStrings(_ array: SourceArray) throws(CubeError) -> [String]
  /// A text that changes when the region may have changed.
  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String
  /// Says that a region will be read soon.
  func expect(_ array: SourceArray, _ region: [Range<Int>])
}

/// One array of a source, described.
struct SourceArray: Sendable {
  /// The name, with the groups before it (`group/name`).
  let name: String
  /// The names of the dimensions; a made-up one where the source names none.
  let dimensions: [String]
  let shape: [Int]
  /// The type of the numbers; `nil` for texts and for what cannot be read.
  let elementType: ElementType?
  let isString: Bool
  let attributes: JSONObject
  /// The smallest block that can be decoded alone; `nil` where the data is contiguous.
  let chunkShape: [Int]?
  /// The value that cells hold which were never written, where no attribute says so.
  let defaultFill: JSONValue?
  /// Why the values cannot be read, where that is known beforehand.
  let unreadable: String?

  /// How many values there are; the largest `Int` where that is more than can be counted.
  var valueCount: Int {
    shape.contains(0)
      ? 0
      : shape.reduce(1) {
        let (product, overflow) = $0.multipliedReportingOverflow(by: $1)
        return overflow ? .max : product
      }
  }

  /// The name without groups.
  var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }

  /// A text attribute without blanks around it; `nil` where it is missing or empty.
  func text(_ key: String) -> String? {
    guard let text = attributes[key]?.stringValue else { return nil }
    let trimmed = text.drop(while: \.isWhitespace)
    let end = trimmed.lastIndex { !$0.isWhitespace && $0 != "\0" }
    return end.map { String(trimmed[...$0]) }
  }
}

extension ArraySource {
  /// Does nothing: only what is far away needs preparation.
  func expect(_ array: SourceArray, _ region: [Range<Int>]) {}

  /// The array of that name, or of that name without groups where only one has it.
  func array(named name: String) -> SourceArray? {
    if let exact = arrays.first(where: { $0.name == name }) { return exact }
    let short = arrays.filter { $0.shortName == name }
    return short.count == 1 ? short.first : nil
  }

  /// Reads all numbers of a small array, as stored.
  func readAll(_ array: SourceArray) throws(CubeError) -> NumericArray {
    try read(array, array.shape.map { 0..<$0 })
  }
}
