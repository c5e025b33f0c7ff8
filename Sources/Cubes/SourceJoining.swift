import Grids
import JSON

/// Makes variables of what sources hold, joined where there are several: along time, and along one
/// further dimension where the options name one.
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
    try checkJoinDimension()
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
    let labels = try joinedLabels(of: pieces, name)
    guard first.variable.times == nil, labels == nil, pieces.count > 1 else {
      return variable(name, pieces, labels, order(pieces, name, labels))
    }
    guard let dimension = joinDimension else {
      throw CubeError(
        "join \"\(name)\"", of: location,
        reason: "it has no time, so that the sources cannot be put in order",
        remedy:
          "give one source, name the coordinate that holds the time (time-variable), say how names of "
          + "files tell it (time-from-name), or join along another dimension (join)")
    }
    notes.add(
      "joined-once", about: name,
      "does not depend on \(dimension), along which the sources are joined; the first source counts"
    )
    return variable(name, [first], nil, order([first], name, nil))
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
    let (labels, others) = (fixedExtras(of: mine), fixedExtras(of: other))
    guard labels.map(\.name) == others.map(\.name), labels.map(\.labels) == others.map(\.labels)
    else { throw refuse("further dimensions") }
    guard (mine.times == nil) == (other.times == nil) else { throw refuse("time dimension") }
    guard mine.times?.calendar == other.times?.calendar else { throw refuse("calendar") }
  }

  /// The further dimensions along which nothing is joined.
  private func fixedExtras(of variable: SourceVariable) -> [LabelAxis] {
    variable.extras.filter { $0.name != joinDimension }
  }
}

extension SourceJoining {
  /// The dimension other than the time along which sources are joined.
  private var joinDimension: String? {
    guard contents.count > 1, let name = options.joinDimension else { return nil }
    let isTime = contents.contains { content in
      content.variables.contains { $0.times?.name == name }
    }
    return isTime || name == "time" ? nil : name
  }

  /// The axis of labels that the pieces of a variable have together.
  private struct JoinedLabels {
    let axis: LabelAxis
    /// For each piece, where its labels are in the axis.
    let places: [[Int]]
  }

  /// Unites the labels of all pieces, in the order of the sources; nil where the variable does not
  /// have the dimension along which sources are joined.
  private func joinedLabels(of pieces: [Piece], _ name: String) throws(CubeError) -> JoinedLabels? {
    guard let dimension = joinDimension else { return nil }
    let axes = pieces.map { piece in
      (piece.variable.extras + piece.variable.scalars).first { $0.name == dimension }
    }
    guard let first = axes.compactMap(\.self).first else { return nil }
    var labels: [String] = []
    var values: [Double]? = []
    var places: [[Int]] = []
    for (piece, axis) in zip(pieces, axes) {
      guard let axis else {
        throw CubeError(
          "join \"\(name)\"", of: piece.source.location, reason: "it has no \(dimension)",
          remedy: "give it a dimension or a scalar coordinate of that name, as the others have")
      }
      places.append(
        axis.labels.enumerated().map { index, label in
          if let known = labels.firstIndex(of: label) { return known }
          labels.append(label)
          if let value = axis.values?[index] { values?.append(value) } else { values = nil }
          return labels.count - 1
        })
    }
    return JoinedLabels(
      axis: LabelAxis(
        name: dimension, labels: labels, values: values, units: first.units,
        longName: first.longName), places: places)
  }

  /// Refuses a dimension to join along that no source has.
  private func checkJoinDimension() throws(CubeError) {
    guard let dimension = joinDimension else { return }
    let axes = contents.flatMap { $0.variables.flatMap { $0.extras + $0.scalars } }.map(\.name)
    guard !axes.contains(dimension) else { return }
    let known = Set(axes).sorted().joined(separator: ", ")
    throw CubeError(
      "join the sources along \"\(dimension)\"", of: location,
      reason: "none has a dimension or a scalar coordinate of that name",
      remedy: known.isEmpty
        ? "leave the key join out, to join along time" : "they have \(known), and time")
  }
}

extension SourceJoining {
  /// The steps of a variable and where they lie.
  private struct Steps {
    var axis: TimeAxis?
    /// For each step, for each label along the join.
    var places: [VariableReader.Step?]
  }

  /// All steps in ascending order, each once; what was not so is noted.
  private mutating func order(
    _ pieces: [Piece], _ name: String, _ labels: JoinedLabels?
  ) -> Steps {
    typealias Entry = (time: CFTime, bounds: TimeAxis.Bounds?, part: Int, index: Int)
    guard let first = pieces.first?.variable.times else {
      var places = [VariableReader.Step?](repeating: nil, count: labels?.axis.count ?? 1)
      for part in pieces.indices { place(part, at: 0, index: 0, labels, in: &places) }
      return Steps(axis: nil, places: places)
    }
    var entries: [Entry] = []
    var isSorted = true
    for (part, piece) in pieces.enumerated() {
      guard let times = piece.variable.times else { continue }
      isSorted = isSorted && zip(times.times, times.times.dropFirst()).allSatisfy { $0 <= $1 }
      if labels == nil, let last = entries.last, let next = times.times.first {
        isSorted = isSorted && last.time <= next
      }
      for (index, time) in times.times.enumerated() {
        entries.append((time, times.bounds?[index], part, index))
      }
    }
    if !isSorted {
      notes.add(
        "unsorted-times", about: first.name, "is not in ascending order; the steps were sorted")
    }
    // Equal times stay in the order given, so that the first source counts.
    entries = entries.enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    var kept: [Entry] = []
    var places: [VariableReader.Step?] = []
    var repeated: [CFTime] = []
    for entry in entries {
      if entry.time != kept.last?.time {
        kept.append(entry)
        places += [VariableReader.Step?](repeating: nil, count: labels?.axis.count ?? 1)
      }
      if !place(entry.part, at: kept.count - 1, index: entry.index, labels, in: &places) {
        repeated.append(entry.time)
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
    if let labels { noteMissing(places, name, axis, labels.axis) }
    return Steps(axis: axis, places: places)
  }

  /// Puts a step of a part where its labels belong; false where all of those places are taken.
  @discardableResult
  private func place(
    _ part: Int, at step: Int, index: Int, _ labels: JoinedLabels?,
    in places: inout [VariableReader.Step?]
  ) -> Bool {
    let count = labels?.axis.count ?? 1
    var isNew = false
    for (position, label) in (labels?.places[part] ?? [0]).enumerated()
    where places[step * count + label] == nil {
      places[step * count + label] = VariableReader.Step(
        part: part, index: index, position: position)
      isNew = true
    }
    return isNew
  }

  private mutating func noteMissing(
    _ places: [VariableReader.Step?], _ name: String, _ times: TimeAxis, _ labels: LabelAxis
  ) {
    guard let gap = places.firstIndex(of: nil) else { return }
    let count = places.count { $0 == nil }
    notes.add(
      "missing-fields", about: name,
      "has no values in any source for \(count) \(count == 1 ? "field" : "fields"), the first at "
        + "\(times.labels[gap / labels.count]), \(labels.name) \(labels.labels[gap % labels.count])"
    )
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
    _ name: String, _ pieces: [Piece], _ labels: JoinedLabels?, _ steps: Steps
  ) -> Variable? {
    guard let first = pieces.first?.variable else { return nil }
    var extras = first.extras
    var dimensions = Array(zip(first.array.dimensions, first.array.shape))
    if let axis = labels?.axis {
      // Like xarray, a dimension that the first source does not have goes before the others.
      if let place = extras.firstIndex(where: { $0.name == axis.name }) {
        extras[place] = axis
      } else {
        extras.insert(axis, at: 0)
      }
      if !first.array.dimensions.contains(axis.name) { dimensions.insert((axis.name, 1), at: 0) }
    }
    let stepCount = steps.axis?.count ?? 1
    let timePlace = first.uses.firstIndex(of: .time).map { first.array.dimensions[$0] }
    let shape = dimensions.map { dimension, length in
      dimension == timePlace
        ? stepCount : extras.first { $0.name == dimension }?.count ?? length
    }
    let joined = labels.flatMap { labels in
      extras.firstIndex { $0.name == labels.axis.name }
        .map { VariableReader.Joined(axis: $0, count: labels.axis.count) }
    }
    let reader = VariableReader(
      parts: pieces.map { piece in
        VariableReader.Part(
          source: piece.source, array: piece.variable.array,
          uses: Self.uses(of: piece.variable, among: extras), packing: piece.variable.packing)
      }, stepCount: stepCount, joined: joined, steps: steps.places,
      extraCounts: extras.map(\.count), rows: first.grid.rows, columns: first.grid.columns)
    return Variable(
      name: name, attributes: first.array.attributes, storedType: first.type,
      dimensionNames: dimensions.map(\.0), shape: shape, grid: first.grid, time: steps.axis,
      extras: extras, scalars: first.scalars.filter { $0.name != labels?.axis.name },
      flags: FlagTable(attributes: first.array.attributes), validRange: first.packing.validRange,
      levels: [], reader: reader)
  }

  /// What the stored dimensions of a piece stand for, with the numbers that further dimensions have
  /// in the joined variable.
  private static func uses(
    of piece: SourceVariable, among extras: [LabelAxis]
  ) -> [DimensionUse] {
    piece.uses.map { use in
      guard case .extra(let number) = use,
        let place = extras.firstIndex(where: { $0.name == piece.extras[number].name })
      else { return use }
      return .extra(place)
    }
  }
}
