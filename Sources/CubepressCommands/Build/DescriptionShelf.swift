import Foundation
import Pyramids
import Stores

/// Remembers what each dataset of a site is, so that pages and services can show what was published of
/// one whose sources cannot be read tonight.
struct DescriptionShelf {
  private let folder: SiteFolder
  private static let root = SiteFolder.privateFolder + "/datasets"

  init(_ folder: SiteFolder) { self.folder = folder }

  /// The description kept last; `nil` where there is none that can be read.
  func description(of id: String) throws(StoreError) -> BuiltDataset? {
    guard let bytes = try folder.read(key(id)) else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(BuiltDataset.self, from: Data(bytes))
  }

  /// Keeps a description.
  func keep(_ dataset: BuiltDataset) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try folder.write(Array(encoder.encode(dataset)), to: key(dataset.id))
  }

  /// Removes the descriptions of datasets that are not in the recipe any more.
  func removeAll(except ids: Set<String>) throws(StoreError) {
    let kept = Set(ids.map(key))
    var gone: [String] = []
    try folder.forEachFile(below: Self.root) { if !kept.contains($0.key) { gone.append($0.key) } }
    for key in gone { try folder.remove(key) }
  }

  private func key(_ id: String) -> String { "\(Self.root)/\(id).json" }
}
