import Cubes
import Jobs
import Multiscales
import Stores

/// What is to be done for one segment of a variable's series.
struct SegmentWork: Sendable {
  /// Where the values of a field come from.
  enum Origin: Sendable, Hashable {
    case scratch
    case published(_ series: Int, SealedSeries.Place)
  }

  /// Changes when any value of the segment may have changed.
  let target: String
  /// What the fields are made from, in the order of the arrays.
  let fields: [String]
  /// The record of the segment, where it is up to date.
  let current: UnitRecord?
  /// Where the values of the fields come from, in the order of the arrays.
  let origins: [Origin]
  /// Published series that values come from.
  let published: [SealedSeries]
  /// The fields that must be read.
  let missing: Set<FieldSelection>
  /// Where values are put; none where the segment is up to date.
  let scratch: ScratchFile?
  /// Rows of shards that are made already.
  let rows: [ShardRow: UnitRecord]
}

/// Finds out what is to be done for the segments of a variable.
struct SegmentPlanner {
  private let builder: SeriesBuilder
  private let fields: [FieldSelection]
  private let fingerprints: [FieldSelection: String]
  private let stale: Set<FieldSelection>

  init(
    _ builder: SeriesBuilder, fields: [FieldSelection], fingerprints: [FieldSelection: String],
    stale: Set<FieldSelection>
  ) {
    self.builder = builder
    self.fields = fields
    self.fingerprints = fingerprints
    self.stale = stale
  }

  func work(for arrays: SeriesArrays) throws -> SegmentWork {
    var selections = [FieldSelection?](repeating: nil, count: arrays.fieldCount)
    for field in fields {
      if let number = arrays.number(of: field) { selections[number] = field }
    }
    // As many as it takes to tell the fields of one variable apart.
    let made = selections.map { field in
      field.flatMap { fingerprints[$0] }.map { String($0.prefix(20)) } ?? ""
    }
    let target = sha256Hex(
      Array("\(arrays.layoutID) \(SeriesBuilder.compressionLevel)\n\(made)".utf8))
    if let record = try builder.journal.record(of: builder.sealUnit(arrays.segment)),
      record.fingerprint == target, try areThere(record.objects)
    {
      return SegmentWork(
        target: target, fields: made, current: record, origins: [], published: [], missing: [],
        scratch: nil, rows: [:])
    }
    let rows = try rowsMade(arrays, target: target)
    let isComplete = rows.count == Sealing.rows(of: arrays).count
    // Named by what is to become of it: values made from another state of the source are not in it.
    try builder.folder.makeFolder(builder.scratchFolder)
    let scratch = try ScratchFile(
      "\(builder.folder.path)/\(builder.scratchFolder)/\(target.prefix(16))",
      valueBytes: arrays.scratchBytes, fieldCount: arrays.fieldCount)
    let isInScratch = try scratch.marks()
    var origins: [SegmentWork.Origin] = []
    var missing: Set<FieldSelection> = []
    var published: [SealedSeries] = []
    if !isComplete {
      var known = PublishedPlaces(builder, like: arrays)
      for (number, (field, made)) in zip(selections, made).enumerated() {
        guard let field else { continue }
        if !stale.contains(field) {
          if isInScratch[number] {
            origins.append(.scratch)
            continue
          }
          if let (series, place) = known.place(of: made) {
            origins.append(.published(series, place))
            continue
          }
          missing.insert(field)
        }
        origins.append(.scratch)
      }
      published = known.series
    }
    return SegmentWork(
      target: target, fields: made, current: nil, origins: origins, published: published,
      missing: missing, scratch: scratch, rows: rows)
  }

  private func areThere(_ objects: [BuiltObject]) throws(StoreError) -> Bool {
    for object in objects {
      guard try builder.folder.has(object.key, size: object.size, sha256: object.sha256) else {
        return false
      }
    }
    return true
  }

  /// Rows of shards that an earlier build made and that still wait, or are in place already.
  private func rowsMade(
    _ arrays: SeriesArrays, target: String
  ) throws -> [ShardRow: UnitRecord] {
    var made: [ShardRow: UnitRecord] = [:]
    for row in Sealing.rows(of: arrays) {
      guard let record = try builder.journal.record(of: builder.rowUnit(arrays.segment, row)),
        record.fingerprint == target
      else { continue }
      let isThere = try record.objects.allSatisfy { object in
        for key in [builder.stagedKey(object.key), object.key] {
          guard let digest = try builder.folder.digest(of: key) else { continue }
          if hexadecimal(digest.sha256) == object.sha256 { return true }
        }
        return false
      }
      if isThere { made[row] = record }
    }
    return made
  }

}

/// The values that stand in published series, by what they are made from.
///
/// A series is looked at only when it is needed, since all of it must be read to trust it; the short
/// one of the latest times comes first.
private struct PublishedPlaces {
  private(set) var series: [SealedSeries] = []
  private let builder: SeriesBuilder
  private let arrays: SeriesArrays
  private var places: [String: (series: Int, place: SealedSeries.Place)] = [:]
  private var waiting = ["recent", "history"][...]

  init(_ builder: SeriesBuilder, like arrays: SeriesArrays) {
    self.builder = builder
    self.arrays = arrays
  }

  mutating func place(of made: String) -> (series: Int, place: SealedSeries.Place)? {
    while true {
      if let known = places[made] { return known }
      guard let name = waiting.popFirst() else { return nil }
      open(name)
    }
  }

  private mutating func open(_ name: String) {
    let segment = SeriesSegment(group: name == "recent" ? name : nil, times: 0..<0)
    guard
      let record = (try? builder.journal.record(of: builder.sealUnit(segment))).flatMap(\.self),
      let sealed = SealedSeries(
        record, like: arrays, root: builder.root, folder: builder.folder),
      sealed.isIntact(builder.folder)
    else { return }
    for (number, made) in sealed.fields.enumerated() {
      let (time, extra) = number.quotientAndRemainder(dividingBy: arrays.extraCount)
      places[made] = (series.count, SealedSeries.Place(time: time, extra: extra))
    }
    series.append(sealed)
  }
}
