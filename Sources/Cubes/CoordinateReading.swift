import Codecs
import JSON

/// Reads coordinates: small arrays that are needed whole.
enum CoordinateReading {
  /// The most values a coordinate may have.
  static let limit = 1 << 28
  /// The most positions of a further dimension, each of which gets a text.
  static let labelLimit = 1 << 20

  /// All values of a numeric coordinate, decoded; missing ones are NaN.
  static func values(
    of array: SourceArray, in source: any ArraySource
  ) throws(CubeError) -> [Double] {
    guard let type = array.elementType, !type.isComplex else {
      throw CubeError(
        "read the coordinate \"\(array.name)\"", of: source.location,
        reason: array.unreadable ?? "it does not hold numbers")
    }
    guard array.valueCount <= limit else {
      throw CubeError(
        "read the coordinate \"\(array.name)\"", of: source.location,
        reason: "its shape \(array.shape) is too large")
    }
    let stored = try source.readAll(array)
    return try values(stored, Packing(array, type: stored.type) { _, _ in }, array, in: source)
  }

  /// Decodes numbers that were read.
  static func values(
    _ stored: NumericArray, _ packing: Packing, _ array: SourceArray, in source: any ArraySource
  ) throws(CubeError) -> [Double] {
    var values = [Double](repeating: .nan, count: stored.count)
    let layout = WindowLayout(
      start: 0, rows: 1, columns: stored.count, rowStride: stored.count, columnStride: 1)
    do {
      try packing.decode(stored, layout, into: &values, rowStride: stored.count)
    } catch {
      throw CubeError(
        "decode the coordinate \"\(array.name)\"", of: source.location,
        reason: error.description)
    }
    return values
  }

  /// The axis that a further dimension becomes; numbered from 0 where it has no coordinate.
  static func labels(
    dimension: String, length: Int, coordinate: SourceArray?, in source: any ArraySource
  ) throws(CubeError) -> LabelAxis {
    guard length <= labelLimit else {
      throw CubeError(
        "number the dimension \"\(dimension)\"", of: source.location,
        reason: "the dimension \"\(dimension)\" has \(length) positions, more than \(labelLimit)")
    }
    let name = dimension.split(separator: "/").last.map(String.init) ?? dimension
    guard let coordinate, coordinate.unreadable == nil,
      coordinate.valueCount == length
    else {
      return LabelAxis(name: name, labels: (0..<length).map(String.init))
    }
    let longName = coordinate.text("long_name") ?? coordinate.text("standard_name")
    if coordinate.isString {
      let labels = try source.readStrings(coordinate)
      guard labels.count == length else {
        return LabelAxis(name: name, labels: (0..<length).map(String.init))
      }
      return LabelAxis(name: name, labels: labels, longName: longName)
    }
    let values = try values(of: coordinate, in: source)
    if AxisRole.isTimeUnit(coordinate.text("units")) {
      var unused = NoteCollector()
      if let times = try? TimeReading(coordinate, in: source, notes: &unused) {
        return LabelAxis(
          name: name, labels: times.times.map { $0.iso.filter { $0 != ":" } }, values: values,
          units: times.units, longName: longName)
      }
    }
    let isSingle = coordinate.elementType == .float32
    let labels = values.map { value in
      isSingle ? LabelAxis.label(of: Float(value)) : LabelAxis.label(of: value)
    }
    return LabelAxis(
      name: name, labels: labels, values: values, units: coordinate.text("units"),
      longName: longName)
  }
}
