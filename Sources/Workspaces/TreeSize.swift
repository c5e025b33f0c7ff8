internal import Foundation

/// How many bytes the files of a folder have together; it blocks.
func size(ofTree path: String) throws -> Int64 {
  var sum: Int64 = 0
  for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
    let facts = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
    guard facts[.type] as? FileAttributeType == .typeRegular else { continue }
    sum += (facts[.size] as? NSNumber)?.int64Value ?? 0
  }
  return sum
}
