import Codecs
import JSON
import Jobs
import PublishedArrays
import Stores
import Zarr

/// A segment of series that an earlier build published: where old values come from when a cube gets
/// new times, so that its source need not be read again.
struct SealedSeries: Sendable {
  /// Where the value of a field stands.
  struct Place: Sendable, Hashable {
    let time: Int
    let extra: Int
  }

  /// What is known of the fields: what they were made from, in the order of the arrays.
  let fields: [String]
  let record: UnitRecord
  private let arrays: [ZarrArray]

  /// Opens what a record tells of.
  ///
  /// - Returns: `nil` where it does not fit the variable as it is now, or cannot be opened.
  init?(
    _ record: UnitRecord, like now: SeriesArrays, root: String, folder: SiteFolder
  ) {
    guard let fields = record.summary["fields"]?.arrayValue?.compactMap(\.stringValue),
      record.summary["extras"]?.intValue == now.extraCount, !fields.isEmpty
    else { return nil }
    let path = record.summary["group"]?.stringValue.map { "\(root)/\($0)" } ?? root
    var arrays: [ZarrArray] = []
    for (level, layout) in now.layouts.enumerated() {
      let document = "\(path)/\(level)/\(now.variable.key)/zarr.json"
      guard (try? folder.fetchDocument(document)) != nil,
        let array = try? ZarrArray.open(
          folder.contents, path: "\(path)/\(level)/\(now.variable.key)"),
        array.elementType == now.variable.packing.level(level).type,
        array.shape.suffix(2) == [layout.rows, layout.columns],
        array.shape.first == fields.count / now.extraCount
      else { return nil }
      arrays.append(array)
    }
    self.fields = fields
    self.record = record
    self.arrays = arrays
  }

  /// Whether every file is there as it was published; what is not here is fetched.
  func isIntact(_ folder: SiteFolder) -> Bool {
    record.objects.allSatisfy { object in
      (try? folder.fetch(object.key, size: object.size, sha256: object.sha256)) ?? false
    }
  }

  /// Whether a level's chunks have the same shape as those that are to be made.
  func hasChunks(like now: SeriesArrays, level: Int) -> Bool {
    arrays[level].chunkShape == now.descriptions[level].chunkShape
  }

  /// The window with some rows and columns at a whole block of times, as it is stored.
  func encodedWindow(
    level: Int, times: Range<Int>, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(ZarrError) -> [UInt8]? {
    try arrays[level].encodedChunk(
      holding: [times] + extras.map { $0..<$0 + 1 } + [rows, columns])
  }

  /// Reads a block of one level at some times and one place along the further dimensions: the numbers
  /// in C order (time, row, column).
  func read(
    level: Int, times: Range<Int>, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(ZarrError) -> [UInt8] {
    try arrays[level].read([times] + extras.map { $0..<$0 + 1 } + [rows, columns]).bytes
  }
}
