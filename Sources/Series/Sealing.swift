import JSON
import Jobs
import PublishedArrays
import Stores
import Zarr

/// Makes the shards of one segment, and puts them in place when all are there.
struct Sealing: Sendable {
  private let builder: SeriesBuilder
  private let arrays: SeriesArrays
  private let work: SegmentWork
  /// What the shards in the making take together, before they are compressed, unless one takes more.
  private static let memory = 256 << 20

  init(_ builder: SeriesBuilder, arrays: SeriesArrays, work: SegmentWork) {
    self.builder = builder
    self.arrays = arrays
    self.work = work
  }

  /// All rows of shards of a segment.
  static func rows(of arrays: SeriesArrays) -> [ShardRow] {
    arrays.layouts.enumerated().flatMap { level, layout in
      (0..<arrays.extraCount).flatMap { extra in
        (0..<layout.shards.rows).map { ShardRow(level: level, extra: extra, row: $0) }
      }
    }
  }

  /// Makes the shards that are not made, out of sight.
  func makeShards() throws {
    guard work.current == nil else { return }
    let missing = Self.rows(of: arrays).filter { work.rows[$0] == nil }
    for (level, layout) in arrays.layouts.enumerated() {
      let rows = missing.filter { $0.level == level }
      // While one shard is hashed and written the next one is made, where memory allows it.
      let width = max(1, Self.memory / max(1, layout.shardBytes))
      try builder.pool.forEach(rows.count, width: width) { try make(rows[$0]) }
    }
  }

  private func make(_ row: ShardRow) throws {
    var objects: [BuiltObject] = []
    for column in 0..<arrays.layouts[row.level].shards.columns {
      let shard = ShardMaking(
        arrays: arrays, work: work, row: row, column: column, pool: builder.pool)
      guard let pieces = try shard.pieces() else { continue }
      let key = self.key(row, column: column)
      try builder.folder.write(pieces: pieces, to: builder.stagedKey(key))
      objects.append(BuiltObject(key: key, pieces: pieces))
    }
    try builder.journal.save(
      UnitRecord(fingerprint: work.target, objects: objects, summary: [:]),
      of: builder.rowUnit(arrays.segment, row))
  }

  private func key(_ row: ShardRow, column: Int) -> String {
    let place = [0] + arrays.extras(row.extra) + [row.row, column]
    let group = arrays.segment.group.map { "\(builder.root)/\($0)" } ?? builder.root
    return "\(group)/\(row.level)/\(arrays.variable.key)/"
      + arrays.descriptions[row.level].key(of: place, format: .v3)
  }

  /// Puts the shards in place and remembers the segment as done.
  ///
  /// - Returns: What is remembered.
  func publish() throws -> FinishedUnit {
    let unit = builder.sealUnit(arrays.segment)
    if let current = work.current { return FinishedUnit(current, of: unit) }
    var objects: [BuiltObject] = []
    for row in Self.rows(of: arrays) {
      guard let record = try builder.journal.record(of: builder.rowUnit(arrays.segment, row)) else {
        continue
      }
      for object in record.objects where try builder.folder.exists(builder.stagedKey(object.key)) {
        try builder.folder.move(builder.stagedKey(object.key), to: object.key)
      }
      objects += record.objects
    }
    let summary: JSONValue = [
      "fields": .array(work.fields.map(JSONValue.string)),
      "extras": .integer(Int64(arrays.extraCount)),
      "group": arrays.segment.group.map { .string($0) } ?? .null,
    ]
    objects.sort { $0.key < $1.key }
    let record = UnitRecord(fingerprint: work.target, objects: objects, summary: summary)
    try builder.journal.save(record, of: unit)
    return FinishedUnit(record, of: unit)
  }
}

extension SeriesBuilder {
  /// Where a file waits until all of its segment are there.
  func stagedKey(_ key: String) -> String { "\(scratchFolder)/staged/\(key)" }
}

/// Makes one shard: band by band its times are read, sorted into windows and compressed.
private struct ShardMaking: Sendable {
  let arrays: SeriesArrays
  let work: SegmentWork
  let row: ShardRow
  let column: Int
  let pool: WorkerPool

  private var layout: SeriesLayout { arrays.layouts[row.level] }

  /// The bytes of the shard, or of the one chunk that it would hold, in pieces that follow one
  /// another; `nil` where it holds no value.
  ///
  /// The blocks of a window lie one after the other, so that they are one range.
  func pieces() throws -> [[UInt8]]? {
    let bands = (0..<layout.bands).map { layout.band($0, shard: (row.row, column)) }
    let made = try pool.map(bands.count) { try windows(of: bands[$0]) }
    guard layout.chunksPerShard > 1 else { return (made[0].first?.first ?? nil).map { [$0] } }
    var shard = ShardAssembly(chunkCount: layout.chunksPerShard)
    let (rows, columns) = layout.windowsPerShard
    for (band, windows) in zip(bands, made) {
      let across = band.windows.columns
      for (number, blocks) in windows.enumerated() {
        let window = (band.firstWindowRow + number / across) * columns + number % across
        for (block, chunk) in blocks.enumerated() {
          shard.add(chunk, at: block * rows * columns + window)
        }
      }
    }
    return shard.pieces()
  }

  /// The windows of a band in order, each with its blocks.
  private func windows(of band: SeriesBand) throws -> [[[UInt8]?]] {
    let (windowRows, across) = band.windows
    var windows = [[[UInt8]?]](repeating: [], count: windowRows * across)
    let encoder = try ChunkEncoder(arrays.descriptions[row.level])
    let gathering = WindowGathering(band: band, windowBytes: layout.windowBytes)
    let source = UnsafeMutableRawBufferPointer.allocate(
      byteCount: band.pieceBytes * layout.blockTimes, alignment: 64)
    let target = UnsafeMutableRawBufferPointer.allocate(
      byteCount: gathering.targetBytes, alignment: 64)
    defer {
      source.deallocate()
      target.deallocate()
    }
    guard let from = source.baseAddress, let to = target.baseAddress else { return windows }
    let packing = arrays.variable.packing.level(row.level)
    for block in 0..<layout.blocks {
      let start = block * layout.blockTimes
      let times = start..<min(layout.times, start + layout.blockTimes)
      if let kept = try keptWindows(times, band: band) {
        for (window, chunk) in kept.enumerated() { windows[window].append(chunk) }
        continue
      }
      try read(times, band: band, into: from)
      if times.count < layout.blockTimes {
        packing.fill(to, count: gathering.targetBytes / layout.elementSize)
      }
      for windowRow in 0..<windowRows {
        gathering.gather(from, times: times.count, windowRow: windowRow, into: to)
        for column in 0..<across {
          let chunk = UnsafeRawBufferPointer(
            start: to + column * gathering.windowStride, count: layout.windowBytes)
          windows[windowRow * across + column].append(try encoder.encode(chunk))
        }
      }
    }
    return windows
  }

  /// The windows of a band at a block of times that a published series holds just as they are to be,
  /// so that a new time costs the last block alone; `nil` where they must be made.
  private func keptWindows(_ times: Range<Int>, band: SeriesBand) throws -> [[UInt8]?]? {
    guard times.count == layout.blockTimes, run(from: times.lowerBound, within: times) == times,
      case .published(let number, let place) = origin(times.lowerBound),
      place.time % layout.blockTimes == 0,
      work.published[number].hasChunks(like: arrays, level: row.level)
    else { return nil }
    return try (0..<band.windows.rows).flatMap { windowRow in
      try (0..<band.windows.columns).map { windowColumn in
        let cells = band.cells(windowRow: windowRow, windowColumn: windowColumn)
        return try work.published[number].encodedWindow(
          level: row.level, times: place.time..<place.time + times.count,
          extras: arrays.extras(place.extra), rows: cells.rows, columns: cells.columns)
      }
    }
  }

  /// Reads the pieces of a band at some times, from the scratch file and from published series.
  private func read(
    _ times: Range<Int>, band: SeriesBand, into target: UnsafeMutableRawPointer
  ) throws {
    var time = times.lowerBound
    while time < times.upperBound {
      let run = run(from: time, within: times)
      let piece = target + (time - times.lowerBound) * band.pieceBytes
      switch origin(time) {
      case .scratch:
        try work.scratch?.read(
          UnsafeMutableRawBufferPointer(start: piece, count: run.count * band.pieceBytes),
          at: arrays.offset(of: band, level: row.level, extra: row.extra, time: time))
      case .published(let series, let place):
        try read(
          work.published[series], times: place.time..<place.time + run.count, extra: place.extra,
          band: band, into: piece)
      }
      time = run.upperBound
    }
  }

  private func origin(_ time: Int) -> SegmentWork.Origin {
    work.origins[time * arrays.extraCount + row.extra]
  }

  /// The times from one on that can be read at once.
  private func run(from time: Int, within times: Range<Int>) -> Range<Int> {
    let first = origin(time)
    var end = time + 1
    while end < times.upperBound {
      switch (first, origin(end)) {
      case (.scratch, .scratch): break
      case (.published(let series, let place), .published(let other, let next))
      where series == other && next.extra == place.extra && next.time == place.time + end - time:
        break
      default: return time..<end
      }
      end += 1
    }
    return time..<end
  }

  private func read(
    _ series: SealedSeries, times: Range<Int>, extra: Int, band: SeriesBand,
    into target: UnsafeMutableRawPointer
  ) throws {
    arrays.variable.packing.level(row.level)
      .fill(target, count: times.count * band.pieceBytes / layout.elementSize)
    guard band.pieceBytes > 0 else { return }
    let bytes = try series.read(
      level: row.level, times: times, extras: arrays.extras(extra), rows: band.rows,
      columns: band.columns)
    let line = band.columns.count * layout.elementSize
    bytes.withUnsafeBytes { bytes in
      guard var from = bytes.baseAddress else { return }
      for time in 0..<times.count {
        for row in 0..<band.rows.count {
          (target + time * band.pieceBytes + row * band.rowBytes)
            .copyMemory(from: from, byteCount: line)
          from += line
        }
      }
    }
  }
}
