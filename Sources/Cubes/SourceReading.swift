import Codecs
import Grids
import JSON

/// Reads the metadata of one source by the CF conventions.
struct SourceReading {
  private let source: any ArraySource
  private let options: CubeOptions
  /// The time that the name of the file tells.
  private let timeOfName: CFTime?
  private var grids: GridReading
  private var notes = NoteCollector()
  private var timesRead: [String: TimeReading] = [:]
  private var labelsRead: [String: LabelAxis] = [:]

  private init(_ source: any ArraySource, options: CubeOptions, timeOfName: CFTime?) {
    self.source = source
    self.options = options
    self.timeOfName = timeOfName
    grids = GridReading(source, options: options)
  }

  /// Describes the gridded variables of a source.
  ///
  /// What one variable lacks does not hide the others: it is listed as skipped.
  static func contents(
    of source: any ArraySource, options: CubeOptions, timeOfName: CFTime? = nil,
    notes: inout NoteCollector
  ) -> SourceContents {
    var reading = SourceReading(source, options: options, timeOfName: timeOfName)
    let contents = reading.contents()
    notes.add(reading.notes)
    notes.add(reading.grids.notes)
    return contents
  }

  private mutating func contents() -> SourceContents {
    let helpers = supporting
    var variables: [SourceVariable] = []
    var skipped: [SkippedVariable] = []
    for array in source.arrays where !helpers.contains(array.name) {
      do {
        variables.append(try variable(array))
      } catch {
        skipped.append(SkippedVariable(name: array.name, reason: Self.reason(error)))
      }
    }
    return SourceContents(source: source, variables: variables, skipped: skipped)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as GridReading.Unplaced: error.reason
    case let error as CubeError: error.reason
    default: "\(error)"
    }
  }

  /// Names of arrays that describe others: coordinates, bounds and grid mappings.
  private var supporting: Set<String> {
    var names = Set<String>()
    for array in source.arrays {
      if array.dimensions.count <= 1, array.dimensions.first == array.name {
        names.insert(array.name)
      }
      if array.dimensions.count == 1, let dimension = array.dimensions.first,
        source.coordinate(of: dimension)?.name == array.name
      {
        names.insert(array.name)
      }
      for key in ["bounds", "climatology"] {
        if let name = array.text(key), let found = source.array(named: name, near: array) {
          names.insert(found.name)
        }
      }
      for found in auxiliary(of: array) { names.insert(found.name) }
      for word in (array.text("grid_mapping") ?? "").split(separator: " ") {
        let name = String(word.last == ":" ? word.dropLast() : word)
        if let found = source.array(named: name, near: array) { names.insert(found.name) }
      }
      if array.shape.isEmpty || array.shape == [1],
        array.attributes["grid_mapping_name"] != nil || array.attributes["crs_wkt"] != nil
          || array.attributes["spatial_ref"] != nil
      {
        names.insert(array.name)
      }
    }
    return names
  }

  /// The arrays that the attribute `coordinates` names, of the variable or of the whole (xarray).
  private func auxiliary(of array: SourceArray) -> [SourceArray] {
    let texts = [array.text("coordinates"), source.attributes["coordinates"]?.stringValue]
    return texts.compactMap { $0 }.flatMap { $0.split { $0 == " " || $0 == "\t" || $0 == "\n" } }
      .compactMap { source.array(named: String($0), near: array) }
  }
}

extension SourceReading {
  private mutating func variable(_ array: SourceArray) throws -> SourceVariable {
    func unplaced(_ reason: String) -> GridReading.Unplaced { GridReading.Unplaced(reason: reason) }
    if let reason = array.unreadable { throw unplaced(reason) }
    guard !array.isString else { throw unplaced("it holds texts") }
    guard let type = array.elementType, !type.isComplex else {
      throw unplaced("it holds complex or unknown numbers")
    }
    guard !array.shape.contains(0) else {
      throw unplaced("one of its dimensions has no positions yet (shape \(array.shape))")
    }
    let auxiliary = auxiliary(of: array)
    let found = try grids.find(array, auxiliary: auxiliary)
    var uses = [DimensionUse](repeating: .single, count: array.dimensions.count)
    uses[found.row] = .row
    uses[found.column] = .column
    var times: TimeReading?
    var extras: [LabelAxis] = []
    var scalars: [LabelAxis] = []
    for (place, dimension) in array.dimensions.enumerated()
    where place != found.row && place != found.column {
      if times == nil, let time = timeCoordinate(of: dimension, auxiliary) {
        times = try read(time)
        uses[place] = .time
        continue
      }
      let axis = try labels(dimension, length: array.shape[place])
      if axis.count == 1 {
        scalars.append(axis)
      } else {
        uses[place] = .extra(extras.count)
        extras.append(axis)
      }
    }
    // Every combination is a field of its own, and listed as one.
    let fields = extras.reduce(1.0) { $0 * Double($1.count) }
    guard fields <= Double(CoordinateReading.labelLimit) else {
      throw unplaced(
        "its further dimensions (\(extras.map(\.name).joined(separator: ", "))) have "
          + "more than \(CoordinateReading.labelLimit) combinations; choose some of them first")
    }
    try addScalars(auxiliary, of: array, times: &times, to: &scalars)
    if let timeOfName {
      if times == nil {
        times = TimeReading(timeOfName: timeOfName)
      } else {
        notes.add(
          "time-in-file", about: array.name, "has times of its own; that of the name does not count"
        )
      }
    }
    var collected = notes
    let packing = Packing(array, type: type) { id, text in
      collected.add(id, about: array.name, text)
    }
    notes = collected
    return SourceVariable(
      array: array, type: type, uses: uses, packing: packing, grid: found.grid, times: times,
      extras: extras, scalars: scalars)
  }

  /// Coordinates without dimensions that the variable names.
  private mutating func addScalars(
    _ auxiliary: [SourceArray], of array: SourceArray, times: inout TimeReading?,
    to scalars: inout [LabelAxis]
  ) throws {
    for scalar in auxiliary
    where scalar.valueCount == 1
      && Set(scalar.dimensions).isDisjoint(with: array.dimensions)
      && scalar.unreadable == nil && (scalar.isString || scalar.elementType != nil)
    {
      let role = AxisRole(of: scalar)
      if role == .time {
        if times == nil { times = try read(scalar) }
      } else if !role.isHorizontal {
        scalars.append(try labels(scalar.shortName, length: 1, coordinate: scalar))
      }
    }
  }

  /// The array that holds the times along a dimension.
  ///
  /// That is its own coordinate; where this has no time unit, an auxiliary one (NEMO's
  /// `time_centered`).
  private func timeCoordinate(of dimension: String, _ auxiliary: [SourceArray]) -> SourceArray? {
    if let name = options.timeVariable, let array = source.array(named: name),
      array.dimensions == [dimension]
    {
      return array
    }
    let own = source.coordinate(of: dimension)
    if let own {
      if AxisRole(of: own) == .time { return own }
      // A unit of its own, say metres, or a standard name make it something else for good.
      if own.text("units") != nil || AxisRole(of: own).isHorizontal { return nil }
      if own.isString, own.shortName.lowercased() == "time" { return own }
    }
    let candidates = auxiliary + source.arrays.filter { own == nil && $0.shape.count == 1 }
    return candidates.first { $0.dimensions == [dimension] && AxisRole(of: $0) == .time }
  }

  private mutating func read(_ time: SourceArray) throws -> TimeReading {
    if let times = timesRead[time.name] { return times }
    let times = try TimeReading(time, in: source, notes: &notes)
    timesRead[time.name] = times
    return times
  }

  private mutating func labels(
    _ dimension: String, length: Int, coordinate: SourceArray? = nil
  ) throws -> LabelAxis {
    if let axis = labelsRead[dimension] { return axis }
    let axis = try CoordinateReading.labels(
      dimension: dimension, length: length,
      coordinate: coordinate ?? labelCoordinate(of: dimension), in: source)
    labelsRead[dimension] = axis
    return axis
  }

  /// The coordinate of a further dimension: its own, else one of texts over it alone.
  private func labelCoordinate(of dimension: String) -> SourceArray? {
    source.coordinate(of: dimension)
      ?? source.arrays.first { $0.dimensions == [dimension] && $0.isString }
  }
}
