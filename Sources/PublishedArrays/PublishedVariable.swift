public import Cubes
import JSON
import Multiscales
public import Zarr

/// A variable as it is published: which of its fields, on which grid, stored how.
public struct PublishedVariable: Sendable {
  /// The variable.
  public let variable: Variable
  /// The name of its arrays, a path segment.
  public let key: String
  /// Its fields in the order of the arrays: all combinations of positions.
  public let fields: [FieldSelection]
  /// How its values are stored.
  public let packing: VariablePacking
  /// Where its cells lie.
  public let grid: PublishedGrid
  /// Changes when its values are stored otherwise, or lie elsewhere.
  public let fingerprint: String
  let time: PublishedAxis?
  let extras: [PublishedAxis]
  /// Coordinates of one position, by name.
  let scalars: [String: StoredArray]

  init(
    _ wanted: PublishedDataset.Wanted, grid: PublishedGrid, time: PublishedAxis?,
    extras: [PublishedAxis], scalars: [String: StoredArray]
  ) {
    variable = wanted.variable
    key = wanted.key
    fields = wanted.fields
    packing = VariablePacking(wanted.variable, quantisation: wanted.quantisation)
    self.grid = grid
    self.time = time
    self.extras = extras
    self.scalars = scalars
    let attributes = JSONValue.object(wanted.variable.attributes).serialized()
    fingerprint = "\(packing)\n\(grid.fingerprint)\n\(attributes)\n"
  }

  /// How many times are published; `nil` for a variable without times.
  public var timeCount: Int? { time?.positions.count }

  /// How many positions each further dimension has.
  public var extraCounts: [Int] { extras.map(\.positions.count) }

  /// The place of a field in the arrays: that of its time, where the variable has times, and those on
  /// the further dimensions; `nil` for a field that is not published.
  public func place(of field: FieldSelection) -> [Int]? {
    var place: [Int] = []
    if let time {
      guard let step = field.time, let index = time.index(of: step) else {
        return nil
      }
      place.append(index)
    }
    guard field.extras.count == extras.count else { return nil }
    for (axis, position) in zip(extras, field.extras) {
      guard let index = axis.index(of: position) else { return nil }
      place.append(index)
    }
    return place
  }

  /// The shape of the array of a level, with some of the times.
  public func shape(level: Int, times: Int? = nil) -> [Int] {
    (timeCount.map { [times ?? $0] } ?? []) + extraCounts
      + [grid.rows(level: level), grid.columns(level: level)]
  }

  /// The names of the dimensions.
  var dimensionNames: [String] {
    (time.map { [$0.name] } ?? []) + extras.map(\.name) + [grid.names.row, grid.names.column]
  }

  /// How many levels there are until the longer side has no more than so many cells.
  public func levelCount(untilSide limit: Int) -> Int {
    var count = 1
    while max(grid.rows(level: count - 1), grid.columns(level: count - 1)) > limit { count += 1 }
    return count
  }

  /// Describes the array of a level.
  ///
  /// - Parameters:
  ///   - level: The level.
  ///   - times: How many times it holds.
  ///   - chunkShape: The shape of its chunks.
  ///   - shardShape: The shape of its shards, where there are such.
  ///   - compressionLevel: The level of gzip.
  ///   - maximumError: By how much its values may differ from what they stand for, where they were
  ///     rounded.
  ///   - format: The version of the format.
  /// - Returns: What is written about it.
  public func array(
    level: Int, times: Int? = nil, chunkShape: [Int], shardShape: [Int]?, compressionLevel: Int,
    maximumError: Double?, format: ZarrFormat
  ) -> ArrayDescription {
    let packing = packing.level(level)
    return ArrayDescription(
      shape: shape(level: level, times: times), chunkShape: chunkShape, shardShape: shardShape,
      elements: .numbers(packing.type), fill: packing.fill, compressionLevel: compressionLevel,
      dimensionNames: dimensionNames,
      attributes: attributes(level: level, maximumError: maximumError, format: format))
  }

  /// The attributes of the source, with those about storage replaced by what is true here.
  private func attributes(
    level: Int, maximumError: Double?, format: ZarrFormat
  ) -> JSONObject {
    let packing = packing.level(level)
    var attributes = variable.attributes.withoutPacking
    if variable.storedForm?.isScaled ?? true, packing != self.packing.sourceForm(of: variable) {
      // These count in stored numbers of the source, which are others here.
      for key in ["valid_min", "valid_max", "valid_range", "actual_range"] { attributes[key] = nil }
    }
    for (key, value) in packing.attributes(format) { attributes[key] = value }
    attributes["grid_mapping"] = .string(grid.names.mapping)
    var coordinates = scalars.keys.sorted()
    if grid.names.latitude != grid.names.row {
      coordinates = [grid.names.latitude, grid.names.longitude] + coordinates
    }
    if !coordinates.isEmpty {
      attributes["coordinates"] = .string(coordinates.joined(separator: " "))
    }
    if let maximumError, maximumError > 0, level > 0 || !self.packing.isLossless {
      attributes["cubepress"] = ["maximum_error": .number(maximumError)]
    }
    return attributes
  }

  /// Every coordinate array of a level, by name; with some of the published times.
  func coordinates(level: Int, times: Range<Int>?) -> [String: StoredArray] {
    var arrays = grid.coordinates(level: level)
    arrays.merge(scalars) { own, _ in own }
    if let time {
      arrays.merge(time.arrays(times ?? time.positions.indices)) { own, _ in own }
    }
    for axis in extras { arrays.merge(axis.arrays(axis.positions.indices)) { own, _ in own } }
    return arrays
  }
}

extension VariablePacking {
  /// The packing that keeps the source's stored numbers; `nil` where there is none.
  fileprivate func sourceForm(of variable: Variable) -> ValuePacking? {
    variable.storedForm.map {
      ValuePacking($0.type, scale: $0.scale, offset: $0.offset, missing: $0.missing)
    }
  }
}
