import Grids
import JSON

/// Makes variables of what sources hold, joined along time where there are several.
struct SourceJoining {
  private let contents: [SourceContents]
  private let options: CubeOptions
  private let location: String
  private(set) var notes = NoteCollector()
  private(set) var skipped: [SkippedVariable] = []

  private struct Piece {
    let source: any ArraySource
    let variable: SourceVariable
  }

  init(_ contents: [SourceContents], options: CubeOptions, location: String) {
    self.contents = contents
    self.options = options
    self.location = location
  }

  /// The variables, in the order in which sources first name them.
  mutating func variables() throws(CubeError) -> [Variable] {
    var order: [String] = []
    var pieces: [String: [Piece]] = [:]
    for content in contents {
      for variable in content.variables {
        if pieces[variable.array.name] == nil { order.append(variable.array.name) }
        pieces[variable.array.name, default: []].append(
          Piece(source: content.source, variable: variable))
      }
      for skip in content.skipped where !skipped.contains(where: { $0.name == skip.name }) {
        skipped.append(skip)
      }
    }
    var variables: [Variable] = []
    for name in order {
      let pieces = pieces[name] ?? []
      if pieces.count < contents.count {
        notes.add(
          "not-in-all-sources", about: name,
          "is in \(pieces.count) of \(contents.count) sources; it has no steps for the others")
      }
      if let variable = try join(pieces, named: name) { variables.append(variable) }
    }
    return variables
  }

  private mutating func join(_ pieces: [Piece], named name: String) throws(CubeError) -> Variable? {
    guard let first = pieces.first else { return nil }
    for piece in pieces.dropFirst() { try check(piece, fits: first, name) }
    guard let times = first.variable.times else {
      if pieces.count > 1 {
        throw CubeError(
          "join \"\(name)\"", of: location,
          reason: "it has no time, so that the sources cannot be put in order",
          remedy: "give one source, or name the coordinate with the option timeVariable")
      }
      let step = VariableReader.Step(part: 0, index: 0)
      return variable(name, pieces, time: nil, steps: [step])
    }
    let (axis, steps) = order(pieces, name, like: times)
    return variable(name, pieces, time: axis, steps: steps)
  }

  /// Refuses pieces whose cells or labels are not those of the first.
  private func check(_ piece: Piece, fits first: Piece, _ name: String) throws(CubeError) {
    let (mine, other) = (first.variable, piece.variable)
    func refuse(_ what: String) -> CubeError {
      CubeError(
        "join \"\(name)\"", of: piece.source.location,
        reason: "its \(what) differs from that of \(first.source.location)",
        remedy: "give sources of one grid, or make a dataset of each")
    }
    guard mine.grid == other.grid else { throw refuse("grid") }
    guard mine.extras.map(\.labels) == other.extras.map(\.labels) else {
      throw refuse("further dimensions")
    }
    guard (mine.times == nil) == (other.times == nil) else { throw refuse("time dimension") }
    guard mine.times?.calendar == other.times?.calendar else { throw refuse("calendar") }
  }
}

extension SourceJoining {
  /// All steps in ascending order, each once; what was not so is noted.
  private mutating func order(
    _ pieces: [Piece], _ name: String, like first: TimeReading
  ) -> (TimeAxis, [VariableReader.Step]) {
    var places: [(time: CFTime, bounds: TimeAxis.Bounds?, step: VariableReader.Step)] = []
    for (part, piece) in pieces.enumerated() {
      guard let times = piece.variable.times else { continue }
      for (index, time) in times.times.enumerated() {
        places.append((time, times.bounds?[index], VariableReader.Step(part: part, index: index)))
      }
    }
    let isSorted = zip(places, places.dropFirst()).allSatisfy { $0.time <= $1.time }
    if !isSorted {
      notes.add(
        "unsorted-times", about: first.name, "is not in ascending order; the steps were sorted")
      // Equal times stay in the order given, so that the first source counts.
      places = places.enumerated()
        .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
    var kept: [(time: CFTime, bounds: TimeAxis.Bounds?, step: VariableReader.Step)] = []
    var repeated: [CFTime] = []
    for place in places {
      if place.time == kept.last?.time {
        repeated.append(place.time)
      } else {
        kept.append(place)
      }
    }
    if let example = repeated.first {
      notes.add(
        "repeated-times", about: first.name,
        "has \(repeated.count) \(repeated.count == 1 ? "step" : "steps") more than once, such as "
          + "\(example.iso); the source given first counts")
    }
    let axis = TimeAxis(
      name: first.name, calendar: first.calendar, units: first.units, times: kept.map(\.time),
      bounds: kept.allSatisfy { $0.bounds != nil } ? kept.compactMap(\.bounds) : nil)
    noteGaps(in: axis)
    return (axis, kept.map(\.step))
  }

  /// Notes steps that are missing from an otherwise even axis; months may differ in length.
  private mutating func noteGaps(in axis: TimeAxis) {
    let seconds = axis.times.map { axis.calendar.approximateSeconds($0) }
    let lengths = zip(seconds.dropFirst(), seconds).map { $0 - $1 }
    guard lengths.count >= 3 else { return }
    let usual = lengths.sorted()[lengths.count / 2]
    let even = lengths.filter { abs($0 - usual) <= 0.12 * usual }
    guard even.count * 3 >= lengths.count * 2,
      let gap = lengths.firstIndex(where: { $0 > 1.5 * usual })
    else { return }
    let count = lengths.count { $0 > 1.5 * usual }
    notes.add(
      "missing-times", about: axis.name,
      "has \(count) \(count == 1 ? "gap" : "gaps") in otherwise even steps, the first between "
        + "\(axis.times[gap].iso) and \(axis.times[gap + 1].iso)")
  }

  private func variable(
    _ name: String, _ pieces: [Piece], time: TimeAxis?, steps: [VariableReader.Step]
  ) -> Variable? {
    guard let first = pieces.first?.variable else { return nil }
    let shape = zip(first.array.shape, first.uses).map { length, use in
      use == .time ? steps.count : length
    }
    let reader = VariableReader(
      parts: pieces.map { piece in
        VariableReader.Part(
          source: piece.source, array: piece.variable.array, uses: piece.variable.uses,
          packing: piece.variable.packing)
      }, steps: steps, extraCounts: first.extras.map(\.count), rows: first.grid.rows,
      columns: first.grid.columns)
    return Variable(
      name: name, attributes: first.array.attributes, storedType: first.type,
      dimensionNames: first.array.dimensions, shape: shape, grid: first.grid, time: time,
      extras: first.extras, scalars: first.scalars,
      flags: FlagTable(attributes: first.array.attributes), validRange: first.packing.validRange,
      levels: [], reader: reader)
  }
}
