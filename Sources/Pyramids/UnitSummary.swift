public import Grids
public import JSON
import Jobs
public import Multiscales

/// The tiles of one field in one style and tile matrix set.
public struct BuiltTiles: Sendable, Equatable {
  /// The id of the style.
  public let style: String
  /// The id of the tile matrix set.
  public let tileMatrixSet: String
  /// How many tiles were made.
  public private(set) var count = 0
  /// How many bytes they take.
  public private(set) var bytes = 0
  /// By zoom, the rectangle that holds all of them.
  public private(set) var limits: [Int: TileLimits] = [:]

  init(style: String, tileMatrixSet: String) {
    self.style = style
    self.tileMatrixSet = tileMatrixSet
  }

  init(style: String, tileMatrixSet: String, tiles: [WrittenTile]) {
    self.init(style: style, tileMatrixSet: tileMatrixSet)
    for tile in tiles {
      let address = tile.address
      count += 1
      bytes += tile.object.size
      extend(
        z: address.z,
        TileLimits(minX: address.x, maxX: address.x, minY: address.y, maxY: address.y))
    }
  }

  /// Takes the tiles of another field in.
  public mutating func add(_ other: BuiltTiles) {
    count += other.count
    bytes += other.bytes
    for (z, limits) in other.limits { extend(z: z, limits) }
  }

  private mutating func extend(z: Int, _ other: TileLimits) {
    guard let own = limits[z] else {
      limits[z] = other
      return
    }
    limits[z] = TileLimits(
      minX: min(own.minX, other.minX), maxX: max(own.maxX, other.maxX),
      minY: min(own.minY, other.minY), maxY: max(own.maxY, other.maxY))
  }
}

/// What later steps need to know of a field whose tiles are made.
public struct UnitSummary: Sendable, Equatable {
  /// What was seen of its values.
  public let statistics: FieldStatistics
  /// Its tiles.
  public let layers: [BuiltTiles]

  /// How often its values occur, as `ValueHistogram` reads it; null for classes.
  public let histogram: JSONValue

  /// Whether there is a tile, or where none are wanted a value.
  public var showsSomething: Bool {
    layers.isEmpty ? statistics.valid > 0 : layers.contains { $0.count > 0 }
  }

  init(statistics: FieldStatistics, layers: [BuiltTiles], histogram: ValueHistogram? = nil) {
    self.statistics = statistics
    self.layers = layers
    self.histogram = histogram?.json ?? .null
  }

  /// The summary as it is kept in the journal.
  public var json: JSONValue {
    [
      "valid": .integer(Int64(statistics.valid)), "missing": .integer(Int64(statistics.missing)),
      "minimum": statistics.valid > 0 ? .number(Double(statistics.minimum)) : .null,
      "maximum": statistics.valid > 0 ? .number(Double(statistics.maximum)) : .null,
      "sum": .number(statistics.sum), "layers": .array(layers.map(\.json)),
      "histogram": histogram,
    ]
  }

  /// Reads a summary from the journal; nil where it is not one.
  public init?(_ json: JSONValue) {
    guard let valid = json["valid"]?.intValue, let missing = json["missing"]?.intValue,
      let sum = json["sum"]?.doubleValue, let layers = json["layers"]?.arrayValue
    else { return nil }
    var statistics = FieldStatistics()
    statistics.valid = valid
    statistics.missing = missing
    statistics.sum = sum
    if let minimum = json["minimum"]?.doubleValue { statistics.minimum = Float(minimum) }
    if let maximum = json["maximum"]?.doubleValue { statistics.maximum = Float(maximum) }
    self.statistics = statistics
    let read = layers.compactMap(BuiltTiles.init)
    guard read.count == layers.count else { return nil }
    self.layers = read
    histogram = json["histogram"] ?? .null
  }
}

extension BuiltTiles {
  fileprivate var json: JSONValue {
    let limits = limits.sorted { $0.key < $1.key }.map { z, limits -> JSONValue in
      .array([z, limits.minX, limits.maxX, limits.minY, limits.maxY].map { .integer(Int64($0)) })
    }
    return [
      "style": .string(style), "tileMatrixSet": .string(tileMatrixSet),
      "count": .integer(Int64(count)), "bytes": .integer(Int64(bytes)), "limits": .array(limits),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let style = json["style"]?.stringValue, let set = json["tileMatrixSet"]?.stringValue,
      let count = json["count"]?.intValue, let bytes = json["bytes"]?.intValue,
      let limits = json["limits"]?.arrayValue
    else { return nil }
    self.init(style: style, tileMatrixSet: set)
    self.count = count
    self.bytes = bytes
    for entry in limits {
      guard let numbers = entry.arrayValue?.compactMap(\.intValue), numbers.count == 5,
        numbers[1] <= numbers[2], numbers[3] <= numbers[4]
      else { return nil }
      self.limits[numbers[0]] = TileLimits(
        minX: numbers[1], maxX: numbers[2], minY: numbers[3], maxY: numbers[4])
    }
  }
}
