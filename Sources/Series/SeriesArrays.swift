import Codecs
import Cubes
import Multiscales
import PublishedArrays
import Stores
import Zarr

/// The arrays of one variable in one segment: one for each level, each over the segment's times, all
/// further positions, rows and columns; and where their bands lie in the scratch file.
struct SeriesArrays: Sendable {
  /// Above this many cells along the longer side a level is worth having.
  private static let smallestSide = 32

  let variable: PublishedVariable
  let segment: SeriesSegment
  /// One for each level.
  let layouts: [SeriesLayout]
  /// How many combinations of further positions there are.
  let extraCount: Int
  /// What is written about each level.
  let descriptions: [ArrayDescription]
  /// Changes when bands lie elsewhere in the scratch file, or hold other numbers.
  let scratchID: String
  private let levelOffsets: [Int]
  private let extraBytes: Int

  init(_ variable: PublishedVariable, segment: SeriesSegment) {
    self.variable = variable
    self.segment = segment
    var levels = 1
    while max(variable.grid.rows(level: levels), variable.grid.columns(level: levels))
      > Self.smallestSide
    { levels += 1 }
    layouts = (0..<levels).map { level in
      SeriesLayout(
        times: segment.times.count, rows: variable.grid.rows(level: level),
        columns: variable.grid.columns(level: level),
        elementSize: variable.packing.level(level).type.size)
    }
    let dimensions = variable.shape(level: 0).count
    descriptions = layouts.enumerated().map { level, layout in
      variable.array(
        level: level, times: segment.times.count,
        chunkShape: layout.chunkShape(dimensions: dimensions),
        shardShape: layout.shardShape(dimensions: dimensions),
        compressionLevel: SeriesBuilder.compressionLevel, maximumError: nil, format: .v3)
    }
    extraCount = variable.extraCounts.reduce(1, *)
    var offset = 0
    var offsets: [Int] = []
    for layout in layouts {
      offsets.append(offset)
      offset += layout.stackBytes
    }
    levelOffsets = offsets
    extraBytes = offset
    // The first number stands for how bands are laid out.
    let text = "2 \(segment.times) \(extraCount) \(layouts) \(variable.packing)"
    scratchID = String(sha256Hex(Array(text.utf8)).prefix(16))
  }

  /// How many fields there are: times, and for each all further positions.
  var fieldCount: Int { segment.times.count * extraCount }

  /// The number of a field among them; `nil` for one of another segment.
  func number(of field: FieldSelection) -> Int? {
    guard let place = variable.place(of: field), let time = place.first,
      segment.times.contains(time)
    else { return nil }
    let extra = zip(place.dropFirst(), variable.extraCounts).reduce(0) { $0 * $1.1 + $1.0 }
    return (time - segment.times.lowerBound) * extraCount + extra
  }

  /// The further positions with a number.
  func extras(_ number: Int) -> [Int] {
    var rest = number
    var positions: [Int] = []
    for count in variable.extraCounts.reversed() {
      positions.append(rest % count)
      rest /= count
    }
    return positions.reversed()
  }

  /// Describes the array of a level, and by how much its values may be off.
  func array(level: Int, maximumError: Double?) -> ArrayDescription {
    let description = descriptions[level]
    return variable.array(
      level: level, times: segment.times.count, chunkShape: description.chunkShape,
      shardShape: description.shardShape, compressionLevel: description.compressionLevel,
      maximumError: maximumError, format: .v3)
  }

  /// Changes when bands lie elsewhere in the scratch file, or hold other numbers.
  var layoutID: String {
    let text = "\(segment.times) \(extraCount) \(layouts) \(levelOffsets) \(variable.packing)"
    return String(sha256Hex(Array(text.utf8)).prefix(16))
  }

  /// How many bytes the scratch file has.
  var scratchBytes: Int { extraBytes * extraCount }

  /// Where a band begins in the scratch file at a time of the segment.
  func offset(of band: SeriesBand, level: Int, extra: Int, time: Int) -> Int {
    extra * extraBytes + levelOffsets[level]
      + band.cellsBefore * band.elementSize * layouts[level].times + time * band.pieceBytes
  }
}
