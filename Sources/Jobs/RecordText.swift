import JSON
import Stores

/// The record of a unit as it is kept: a line of JSON, then for each file a line of its SHA-256, its
/// size and its key.
///
/// Records of a large site hold millions of lines; so they are looked through in place.
struct RecordText {
  /// Where the words of a line are.
  struct Line {
    let sha256: Range<Int>
    let size: Int
    let key: Range<Int>
  }

  private let bytes: [UInt8]
  private let headEnd: Int
  private let fingerprint: String
  private let summary: JSONValue
  /// The lines of the files.
  let lines: [Line]

  /// Looks through a record; `nil` where it is damaged, which counts as none: the unit is made again.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstIndex(of: Self.newline),
      let head = try? JSONValue(parsing: Array(bytes[..<end])),
      let fingerprint = head["fingerprint"]?.stringValue, let summary = head["summary"],
      let count = head["objects"]?.intValue,
      let lines = bytes.withUnsafeBytes({ Self.lines(in: $0, from: end + 1, expected: count) })
    else { return nil }
    self.bytes = bytes
    headEnd = end
    self.fingerprint = fingerprint
    self.summary = summary
    self.lines = lines
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")

  private static func lines(
    in bytes: UnsafeRawBufferPointer, from start: Int, expected: Int
  ) -> [Line]? {
    // A line has at least two spaces, a digit and its end.
    guard (0...bytes.count / 4).contains(expected) else { return nil }
    var lines: [Line] = []
    lines.reserveCapacity(expected)
    var place = start
    while place < bytes.count {
      let hashStart = place
      while place < bytes.count, bytes[place] != space, bytes[place] != newline { place += 1 }
      let hash = hashStart..<place
      guard place < bytes.count, bytes[place] == space else { return nil }
      place += 1
      let sizeStart = place
      var size = 0
      while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
        guard size < 1 << 56 else { return nil }
        size = size * 10 + Int(bytes[place] - UInt8(ascii: "0"))
        place += 1
      }
      guard place > sizeStart, place < bytes.count, bytes[place] == space else { return nil }
      place += 1
      let keyStart = place
      while place < bytes.count, bytes[place] != newline { place += 1 }
      lines.append(Line(sha256: hash, size: size, key: keyStart..<place))
      place += 1
    }
    return lines.count == expected ? lines : nil
  }

  func object(_ line: Line) -> BuiltObject {
    BuiltObject(
      key: String(decoding: bytes[line.key], as: UTF8.self), size: line.size,
      sha256: String(decoding: bytes[line.sha256], as: UTF8.self))
  }

  var record: UnitRecord {
    UnitRecord(fingerprint: fingerprint, objects: lines.map(object), summary: summary)
  }

  func finished(_ unit: String) -> FinishedUnit {
    FinishedUnit(
      unit: unit, fingerprint: fingerprint, count: lines.count,
      bytes: lines.reduce(0) { $0 + $1.size }, head: Array(bytes[..<headEnd]))
  }

  static func head(of record: UnitRecord) -> [UInt8] {
    let head: JSONValue = [
      "fingerprint": .string(record.fingerprint), "summary": record.summary,
      "objects": .integer(Int64(record.objects.count)),
    ]
    return Array(head.serialized().utf8)
  }

  static func bytes(of record: UnitRecord) -> [UInt8] {
    var text = ""
    for object in record.objects { text += "\(object.sha256) \(object.size) \(object.key)\n" }
    return head(of: record) + [newline] + Array(text.utf8)
  }
}
