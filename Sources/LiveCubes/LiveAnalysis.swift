import Cubes
import Grids
import Jobs
import Synchronization
import Vectors

/// A value at each step under a shape.
public struct LiveSeries: Sendable, Equatable {
  /// What was found at one step.
  public struct Step: Sendable, Equatable {
    /// The label of the step on the time axis; `nil` where the variable has no time.
    public let time: String?
    /// How many cells have a value.
    public let count: Int
    /// The mean of the values; NaN of none, like those that follow.
    public let mean: Double
    /// Their deviation.
    public let deviation: Double
    /// The least of them.
    public let minimum: Double
    /// The greatest of them.
    public let maximum: Double
    /// The middle one, where it was wanted.
    public let median: Double?
  }

  /// In the order of time.
  public let steps: [Step]
}

/// What the values under a shape have in common.
public struct LiveStatistics: Sendable, Equatable {
  /// How many there are.
  public let count: Int
  /// The least of them; NaN of none, like those that follow.
  public let minimum: Double
  /// The greatest of them.
  public let maximum: Double
  /// Their mean.
  public let mean: Double
  /// Their deviation.
  public let deviation: Double
  /// How often they occur; `nil` of none.
  public let histogram: LiveHistogram?
}

/// Which steps of a variable are meant.
public struct FieldQuestion: Sendable, Hashable {
  /// The steps, in order; one `nil` where there is no time.
  public let times: [Int?]
  /// A position on each further axis.
  public let extras: [Int]

  /// Names steps.
  public init(times: [Int?], extras: [Int]) {
    self.times = times
    self.extras = extras
  }
}

/// Reads the values under shapes, each chunk of the storage once.
struct ValuesUnder {
  let variable: Variable
  let limits: LiveLimits
  let pool: WorkerPool
  let signal: StopSignal

  func series(
    _ shape: Shape, _ question: FieldQuestion, wantsMedian: Bool
  ) throws -> LiveSeries {
    guard question.times.count <= limits.steps else {
      throw LiveError(
        .tooLarge, "A series of \(question.times.count) steps is longer than \(limits.steps)",
        remedy: "ask for a part of it with startDate and endDate")
    }
    let summaries = try self.summaries(
      shape, question, keepingValues: wantsMedian, most: limits.seriesValues)
    return LiveSeries(
      steps: zip(question.times, summaries).map { time, summary in
        let isEmpty = summary.count == 0
        return LiveSeries.Step(
          time: time.flatMap { variable.time?.labels[$0] }, count: summary.count,
          mean: isEmpty ? .nan : summary.mean, deviation: summary.deviation,
          minimum: isEmpty ? .nan : summary.minimum, maximum: isEmpty ? .nan : summary.maximum,
          median: summary.median())
      })
  }

  func statistics(_ shape: Shape, _ question: FieldQuestion, bins: Int) throws -> LiveStatistics {
    let summaries = try self.summaries(shape, question, keepingValues: true, most: limits.cells)
    var all = ValueSummary(keepingValues: true)
    for summary in summaries {
      summary.values?.withUnsafeBufferPointer { all.add($0) }
    }
    guard all.count > 0 else {
      return LiveStatistics(
        count: 0, minimum: .nan, maximum: .nan, mean: .nan, deviation: .nan, histogram: nil)
    }
    return LiveStatistics(
      count: all.count, minimum: all.minimum, maximum: all.maximum, mean: all.mean,
      deviation: all.deviation,
      histogram: LiveHistogram(
        all.values ?? [], minimum: all.minimum, maximum: all.maximum, bins: bins))
  }

  /// The values of each step, summed up.
  private func summaries(
    _ shape: Shape, _ question: FieldQuestion, keepingValues: Bool, most: Int
  ) throws -> [ValueSummary] {
    let cells = try CellSelection(
      shape, in: variable.grid, limit: limits.cells, check: { try signal.check() })
    let (values, isTooMany) = cells.count.multipliedReportingOverflow(by: question.times.count)
    guard !isTooMany, values <= most, !keepingValues || values <= limits.cells * 4 else {
      throw LiveError(
        .tooLarge, "\(cells.count) cells at \(question.times.count) steps are too many values",
        remedy: "send a smaller area, or ask for fewer steps")
    }
    let empty = ValueSummary(keepingValues: keepingValues)
    guard cells.count > 0 else { return question.times.map { _ in empty } }
    let fields = question.times.map { FieldSelection(time: $0, extras: question.extras) }
    let numbers = Dictionary(
      fields.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let groups = try variable.storageGroups(of: fields)
    let found = try pool.map(groups.count) { index in
      try self.summaries(of: groups[index], under: cells, startingWith: empty)
    }
    var summaries = [ValueSummary](repeating: empty, count: fields.count)
    for (group, parts) in zip(groups, found) {
      for (field, summary) in zip(group, parts) {
        if let number = numbers[field] { summaries[number] = summary }
      }
    }
    return summaries
  }

  private func summaries(
    of group: [FieldSelection], under cells: CellSelection, startingWith empty: ValueSummary
  ) throws -> [ValueSummary] {
    var summaries = [ValueSummary](repeating: empty, count: group.count)
    for block in variable.blocks(rows: cells.box.rows, columns: cells.box.columns) {
      let runs = cells.runs(in: block.rows).compactMap { run -> CellSelection.Run? in
        let columns = run.columns.clamped(to: block.columns)
        return columns.isEmpty ? nil : CellSelection.Run(row: run.row, columns: columns)
      }
      // A chunk under which nothing of the shape lies is not read.
      guard let part = Self.box(of: runs) else { continue }
      try signal.check()
      var values = [Double](repeating: .nan, count: part.count)
      try variable.read(group, rows: part.rows, columns: part.columns) {
        (number, window) throws(CubeError) in
        try window.decode(into: &values, rowStride: part.columns.count)
        values.withUnsafeBufferPointer { values in
          for run in runs {
            let start =
              (run.row - part.rows.lowerBound) * part.columns.count
              + run.columns.lowerBound - part.columns.lowerBound
            summaries[number].add(
              UnsafeBufferPointer(rebasing: values[start..<start + run.columns.count]))
          }
        }
      }
    }
    return summaries
  }

  private static func box(of runs: [CellSelection.Run]) -> GridBlock? {
    guard let first = runs.first, let last = runs.last,
      let left = runs.map(\.columns.lowerBound).min(),
      let right = runs.map(\.columns.upperBound).max()
    else { return nil }
    return GridBlock(rows: first.row..<last.row + 1, columns: left..<right)
  }
}
