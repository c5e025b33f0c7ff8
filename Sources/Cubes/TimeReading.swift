import Codecs
import JSON

/// The times of one source, decoded in stored order.
struct TimeReading: Sendable {
  let name: String
  let calendar: Calendar
  let units: String
  let times: [CFTime]
  let bounds: [TimeAxis.Bounds]?
}

extension TimeReading {
  /// One time, which the file itself does not hold.
  init(timeOfName time: CFTime) {
    self.init(
      name: "time", calendar: .standard, units: "seconds since 1970-01-01", times: [time],
      bounds: nil)
  }

  /// Decodes a time coordinate and its bounds.
  init(
    _ array: SourceArray, in source: any ArraySource, notes: inout NoteCollector
  ) throws(CubeError) {
    let operation = "decode the time \"\(array.name)\""
    guard !array.isString else {
      self.init(
        name: array.shortName, calendar: .standard, units: "",
        times: try Self.texts(array, in: source, operation), bounds: nil)
      return
    }
    let calendar = Self.calendar(array, notes: &notes)
    let units: TimeUnits
    do {
      units = try TimeUnits(array.text("units") ?? "", calendar: calendar)
    } catch {
      throw CubeError(operation, of: source.location, reason: error.description)
    }
    if let oddity = units.oddity { notes.add("time-units", about: array.name, oddity) }
    let times = try Self.decode(array, in: source, units, operation)
    self.init(
      name: array.shortName, calendar: calendar, units: units.text, times: times,
      bounds: try Self.bounds(of: array, in: source, units, count: times.count, notes: &notes))
  }

  private static func calendar(_ array: SourceArray, notes: inout NoteCollector) -> Calendar {
    guard let text = array.text("calendar") else {
      notes.add(
        "missing-calendar", about: array.name,
        "names no calendar; read in the standard one, as CF says")
      return .standard
    }
    if let calendar = Calendar(name: text) { return calendar }
    notes.add(
      "unknown-calendar", about: array.name,
      "has the calendar \"\(text)\", which CF does not know; read in the standard one")
    return .standard
  }

  /// The most steps of one source: those of 30 years by the minute.
  private static let limit = 1 << 24

  private static func decode(
    _ array: SourceArray, in source: any ArraySource, _ units: TimeUnits, _ operation: String
  ) throws(CubeError) -> [CFTime] {
    guard array.valueCount <= limit else {
      throw CubeError(
        operation, of: source.location,
        reason: "it has \(array.valueCount) steps, more than \(limit)")
    }
    let stored = try source.readAll(array)
    let packing = Packing(array, type: stored.type) { _, _ in }
    // Whole numbers stay whole: microseconds since 1970 need all 63 bits.
    let whole = packing.isScaled || stored.type.isFloat ? nil : stored.wholeNumbers
    let values = try CoordinateReading.values(stored, packing, array, in: source)
    var times: [CFTime] = []
    times.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      let time =
        value.isNaN ? nil : whole.map { units.time(at: $0[index]) } ?? units.time(at: value)
      guard let time else {
        throw CubeError(
          operation, of: source.location,
          reason: "value \(index) is \(value.isNaN ? "missing" : "\(value), far out of range")")
      }
      times.append(time)
    }
    return times
  }

  private static func bounds(
    of array: SourceArray, in source: any ArraySource, _ units: TimeUnits, count: Int,
    notes: inout NoteCollector
  ) throws(CubeError) -> [TimeAxis.Bounds]? {
    guard let name = array.text("bounds") ?? array.text("climatology") else { return nil }
    guard let edges = source.array(named: name), edges.elementType != nil,
      edges.shape == array.shape + [2]
    else {
      notes.add("missing-bounds", about: array.name, "names bounds \"\(name)\" that are not usable")
      return nil
    }
    // Bounds have the units of their coordinate; what they say themselves is often left over.
    guard let times = try? decode(edges, in: source, units, "decode bounds"),
      times.count == 2 * count
    else {
      notes.add("missing-bounds", about: array.name, "has bounds \"\(name)\" with missing values")
      return nil
    }
    return (0..<count).map { TimeAxis.Bounds(start: times[2 * $0], end: times[2 * $0 + 1]) }
  }

  /// Reads times written as texts such as `2017-01-16T10:09:21` or `2017-01-16_10:09:21`.
  private static func texts(
    _ array: SourceArray, in source: any ArraySource, _ operation: String
  ) throws(CubeError) -> [CFTime] {
    var times: [CFTime] = []
    for text in try source.readStrings(array) {
      let units = "microseconds since " + text.replacing("_", with: " ")
      guard let decoder = try? TimeUnits(units, calendar: .standard), let time = decoder.time(at: 0)
      else {
        throw CubeError(operation, of: source.location, reason: "\"\(text)\" is no date")
      }
      times.append(time)
    }
    return times
  }
}

extension NumericArray {
  /// The numbers as whole ones, where they are integers that fit.
  var wholeNumbers: [Int]? {
    guard type == .int64 || type == .uint64 else { return nil }
    return bytes.withUnsafeBytes { buffer in
      (0..<count).map { Int(buffer.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    }
  }
}
