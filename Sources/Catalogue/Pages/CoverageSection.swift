import Pages
import Pyramids

/// Where and when there are values: a small map, and a strip of time that shows gaps.
struct CoverageSection {
  let entry: Entry

  private static let width = 1000.0
  private static let height = 44.0
  /// More bars than this would be thinner than a pixel.
  private static let mostBars = 250

  var context: [String: PageValue] {
    let bounds = entry.dataset.bounds
    var context: [String: PageValue] = [
      "extent": .table(ExtentMap(bounds: bounds).context), "areaText": .text(Words.area(bounds)),
    ]
    if let line = entry.timeLine, line.times.count > 1 { context["timeStrip"] = strip(line) }
    return context
  }

  private func strip(_ line: TimeLine) -> PageValue {
    let gaps = line.gaps
    let longest = gaps.max { $0.days < $1.days }
    let first = line.times.first ?? ""
    let last = line.times.last ?? ""
    let ends = Words.period(TimeRange(first: first, last: last, count: line.times.count))
    let gapText =
      longest.map { gap in
        let ends = Words.period(TimeRange(first: gap.after, last: gap.before, count: 2))
        let count = gaps.count == 1 ? "One gap" : "\(Words.grouped(gaps.count)) gaps, the longest"
        return "\(count) of \(TimeLine.words(days: gap.days)) (\(ends))"
      } ?? "No gaps"
    let rhythm = line.isEven ? line.rhythm : line.rhythm.map { "uneven, mostly \($0)" }
    let shares = line.shares.filter { $0 < 1 }
    let filled =
      shares.isEmpty
      ? nil
      : "values in \(Words.share(line.shares.min() ?? 0)) to \(Words.share(line.shares.max() ?? 0)) of "
        + "the cells at a time"
    let summary =
      ["\(Words.grouped(line.times.count)) steps", rhythm].compactMap { $0 }.joined(separator: ", ")
    return [
      "stripLabel": .text("Coverage from \(ends): \(summary). \(gapText)."),
      "stripBars": .list(bars(line)), "stripGaps": .list(gapBars(line, gaps)),
      "stripFirst": .text(Words.moment(first)), "stripLast": .text(Words.moment(last)),
      "stripSummary": .text(summary), "stripGapText": .text(gapText),
      "stripFilled": .optional(filled),
    ]
  }

  /// The times as bars whose height is the share of cells with a value, next to the fullest one.
  private func bars(_ line: TimeLine) -> [PageValue] {
    let most = max(line.shares.max() ?? 1, 1e-9)
    let scale = Scale(line, width: Self.width)
    var bars: [PageValue] = []
    // Neighbours that share a place are one bar, as high as their mean.
    let count = min(Self.mostBars, line.times.count)
    let place = { (index: Int) in
      line.times.count <= Self.mostBars
        ? index : min(count - 1, Int(scale.x(line.days[index]) / Self.width * Double(count)))
    }
    var index = 0
    while index < line.times.count {
      var end = index + 1
      while end < line.times.count, place(end) == place(index) { end += 1 }
      let share = line.shares[index..<end].reduce(0, +) / Double(end - index) / most
      let left = scale.x(line.days[index])
      let right = end - index > 1 ? scale.x(line.days[end - 1]) + scale.step : left + scale.step
      let height = share > 0 ? max(3, share * Self.height) : 0
      bars.append([
        "barX": .text(Words.coordinate(left)),
        "barWidth": .text(Words.coordinate(max(1.5, (right - left) * 0.86))),
        "barY": .text(Words.coordinate(Self.height - height)),
        "barHeight": .text(Words.coordinate(height)),
      ])
      index = end
    }
    return bars
  }

  private func gapBars(_ line: TimeLine, _ gaps: [TimeLine.Gap]) -> [PageValue] {
    let scale = Scale(line, width: Self.width)
    return gaps.prefix(Self.mostBars).compactMap { gap in
      guard let index = line.times.firstIndex(of: gap.after) else { return nil }
      let left = scale.x(line.days[index]) + scale.step
      let right = scale.x(line.days[index + 1])
      return right - left < 1
        ? nil
        : [
          "gapX": .text(Words.coordinate(left)), "gapWidth": .text(Words.coordinate(right - left)),
        ]
    }
  }

  /// From days to places on the strip; the last bar ends at its end.
  private struct Scale {
    let first: Double
    let factor: Double
    let step: Double

    init(_ line: TimeLine, width: Double) {
      first = line.days.first ?? 0
      let span = (line.days.last ?? 0) - first
      let usual: Double =
        switch line.step {
        case .years(let count): 365.25 * Double(count)
        case .months(let count): 30.4 * Double(count)
        case .days(let count): count
        case nil: 1
        }
      // Passes seconds apart are still to be seen over years.
      let shown = min(max(usual, span / 400), max(span, 1e-9))
      factor = width / (span + shown)
      step = shown * factor
    }

    func x(_ days: Double) -> Double { (days - first) * factor }
  }
}
