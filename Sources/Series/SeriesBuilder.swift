public import Cubes
import JSON
public import Jobs
public import Multiscales
public import PublishedArrays
public import Stores
import Synchronization

/// Makes the time series of one variable: an out-of-core rechunk from fields to windows over all times.
///
/// While a field is in memory its cells, already packed, go to a scratch file that is laid out as the
/// shards need them; ``seal()`` makes the shards when all fields are there. A build that is killed
/// goes on with the fields and shards that are missing. When a cube gets new times, only those are
/// read from the source: the old values come from the series as they are published.
public final class SeriesBuilder: FieldProduct {
  /// Changes whenever the same input would give other series.
  private static let productVersion = 2
  /// That of the encoder for numbers: the levels above it gain few bytes for their time; see
  /// Tests/Benchmarks.
  static let compressionLevel = 1

  /// The variable.
  public let variable: PublishedVariable
  let dataset: String
  private let isShared: Bool
  let folder: SiteFolder
  let journal: Journal
  let pool: WorkerPool
  private let segments: [SeriesArrays]
  private let state = Mutex(State())

  private struct State {
    /// What the fields are made from.
    var fingerprints: [FieldSelection: String] = [:]
    /// For each segment what is to be done; nothing before a pass asked.
    var works: [SegmentWork] = []
  }

  /// Prepares the series of a variable.
  ///
  /// - Parameters:
  ///   - variable: The variable, which has times.
  ///   - dataset: The id of its dataset.
  ///   - isGrowing: Whether the latest times are kept apart.
  ///   - isShared: Whether workers on other machines write the same folder.
  ///   - folder: Where the site is written.
  ///   - journal: Remembers what is done.
  ///   - pool: The threads that encode.
  public init(
    _ variable: PublishedVariable, dataset: String, isGrowing: Bool, isShared: Bool,
    folder: SiteFolder, journal: Journal, pool: WorkerPool
  ) {
    self.variable = variable
    self.dataset = dataset
    self.isShared = isShared
    self.folder = folder
    self.journal = journal
    self.pool = pool
    segments = SeriesSegment.segments(times: variable.timeCount ?? 0, isGrowing: isGrowing).map {
      SeriesArrays(variable, segment: $0)
    }
  }

  /// The address of a dataset's series below the site's root.
  public static func path(dataset: String) -> String { "datasets/\(dataset)/series.zarr" }

  /// The folder of a site for what is not finished; it may be removed when no build runs.
  public static let privateFolder = SiteFolder.privateFolder + "/series"

  /// How many levels there are.
  public var levelCount: Int { segments.first?.layouts.count ?? 0 }

  /// How many of the times are not kept apart as the latest ones.
  public var historyCount: Int { segments.first?.segment.times.count ?? 0 }

  /// How many files with values there are at most; shards that would hold nothing are not written.
  public var shardCount: Int { segments.map(Self.shardCount).reduce(0, +) }

  /// How many of these a new time changes: those of the latest times, where they are kept apart.
  public var shardCountOfLatest: Int { segments.last.map(Self.shardCount) ?? 0 }

  private static func shardCount(_ arrays: SeriesArrays) -> Int {
    arrays.layouts.reduce(0) { $0 + $1.shards.rows * $1.shards.columns } * arrays.extraCount
  }

  var arrays: [SeriesArrays] { segments }
  var root: String { Self.path(dataset: dataset) }
  var scratchFolder: String { "\(Self.privateFolder)/\(dataset)/\(variable.key)" }
  private var unitRoot: String { "series/\(dataset)/\(variable.key)" }

  /// Whether level 0 is made from values in double precision.
  public var wantsDoubles: Bool { variable.packing.needsExact }

  /// The name of the unit of work that a field is.
  public func unit(of field: FieldSelection) -> String {
    ([unitRoot, "fields"] + variable.variable.labels(of: field)).joined(separator: "/")
  }

  /// The names of the units of work that segments are.
  public var sealUnits: [String] { segments.map { sealUnit($0.segment) } }

  func sealUnit(_ segment: SeriesSegment) -> String { "\(unitRoot)/sealed/\(segment.name)" }

  func rowUnit(_ segment: SeriesSegment, _ row: ShardRow) -> String {
    "\(unitRoot)/shards/\(segment.name)/\(row.level)/\(row.extra)/\(row.row)"
  }

  /// Says from what and how the values of a field are made.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    var text = "series \(Self.productVersion)\n\(variable.variable.labels(of: field))\n"
    text += "\(source)\n\(variable.fingerprint)"
    let fingerprint = sha256Hex(Array(text.utf8))
    state.withLock { $0.fingerprints[field] = fingerprint }
    return fingerprint
  }

  /// Which fields to read: those that are needed for a segment that is not up to date and whose
  /// values are neither in its scratch file nor in the published series.
  ///
  /// - Throws: `StoreError` where the journal cannot be read, `SeriesError` where there is no room for
  ///   a scratch file.
  public func fieldsToMake(
    stale: Set<FieldSelection>, of fields: [FieldSelection]
  ) throws -> Set<FieldSelection> {
    let fingerprints = state.withLock { $0.fingerprints }
    let planner = SegmentPlanner(self, fields: fields, fingerprints: fingerprints, stale: stale)
    let works = try segments.map { try planner.work(for: $0) }
    state.withLock { $0.works = works }
    return works.reduce(into: stale) { $0.formUnion($1.missing) }
  }

  /// Puts the values of a field into the scratch file of its segment, where that is not up to date.
  ///
  /// - Throws: `PublishedArrayError` where a value cannot be stored, `SeriesError` where the scratch
  ///   file cannot be written.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    let works = state.withLock { $0.works }
    for (arrays, work) in zip(segments, works) {
      guard let number = arrays.number(of: field) else { continue }
      let name = ([variable.key] + variable.variable.labels(of: field)).joined(separator: ", ")
      let errors = try FieldScattering(arrays, scratch: work.scratch, pool: pool)
        .scatter(levels, number: number, name: name)
      try work.scratch?.mark(number, isLasting: isShared)
      return FieldResult(objects: [], summary: SeriesFieldSummary(errors: errors).json)
    }
    return FieldResult(objects: [], summary: SeriesFieldSummary(errors: []).json)
  }

  /// Makes the shards of what is not up to date, after a pass that made all fields.
  ///
  /// - Returns: The units whose records list all files with values.
  /// - Throws: `StoreError` or `SeriesError` where files cannot be read or written, `ZarrError` where
  ///   a published series cannot be read.
  public func seal() throws -> [FinishedUnit] {
    let works = state.withLock { $0.works }
    // All are made before the first is put in place: the values of one may come from the published
    // files of another.
    let sealings = zip(segments, works).map { Sealing(self, arrays: $0, work: $1) }
    for sealing in sealings { try sealing.makeShards() }
    var units: [FinishedUnit] = []
    for sealing in sealings { units.append(try sealing.publish()) }
    try folder.removeTree(scratchFolder)
    return units
  }
}

/// A row of shards of one level and one place along the further dimensions: the unit of sealing.
struct ShardRow: Sendable, Hashable {
  let level: Int
  let extra: Int
  let row: Int
}

/// What is remembered of a field whose values were put into a scratch file.
struct SeriesFieldSummary {
  /// For each level the largest distance of a cell from what its stored number means.
  let errors: [Double]

  var json: JSONValue { ["errors": .array(errors.map(JSONValue.number))] }

  init(errors: [Double]) { self.errors = errors }

  init?(_ json: JSONValue) {
    guard let errors = json["errors"]?.arrayValue?.compactMap(\.doubleValue) else { return nil }
    self.errors = errors
  }
}
