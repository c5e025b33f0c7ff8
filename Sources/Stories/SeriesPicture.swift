import Foundation
import Images
import Sanitising

/// The picture that stands where a live chart is: the values of a place over time as a line.
///
/// The line is drawn in a picture that is stretched to its room; words stand beside it as text, so
/// that they are as large on a phone as on a wall.
struct SeriesPicture {
  let series: PlaceSeries
  let title: String
  let units: String?
  let scale: Scale
  /// Where it is, in words.
  let place: String

  private static let width = 1000.0
  private static let height = 400.0
  /// Of more values than this the smallest and the largest of each column are drawn.
  private static let columns = 1000

  // MARK: Axes

  /// Whether values stand on powers of ten: where the colours do and all values can.
  var isLogarithmic: Bool {
    guard scale == .logarithmic, let range = series.range else { return false }
    return range.lowerBound > 0
  }

  private var axis: Scale { isLogarithmic ? .logarithmic : .linear }

  /// The values at the ends of the picture.
  private func ends(of range: ClosedRange<Double>) -> ClosedRange<Double> {
    if isLogarithmic {
      let room = pow(range.upperBound / range.lowerBound, 0.05)
      let least = max(room, 1.05)
      return (range.lowerBound / least)...(range.upperBound * least)
    }
    let width = range.upperBound - range.lowerBound
    let room = width > 0 ? width * 0.06 : max(abs(range.upperBound) * 0.05, 0.5)
    return (range.lowerBound - room)...(range.upperBound + room)
  }

  /// How far from the top a value stands, 0…1.
  private func depth(_ value: Double, in ends: ClosedRange<Double>) -> Double {
    let (low, high) = (ends.lowerBound, ends.upperBound)
    if isLogarithmic { return (log(high) - log(value)) / (log(high) - log(low)) }
    return (high - value) / (high - low)
  }

  /// How far from the left a position stands, 0…1.
  private func distance(_ position: Double) -> Double {
    guard let first = series.positions.first, let last = series.positions.last, last > first else {
      return 0.5
    }
    return (position - first) / (last - first)
  }

  /// A word below the picture, and where it stands.
  struct TimeTick: Equatable {
    let distance: Double
    let label: String
  }

  /// Where years, months, days or minutes begin in the data, whichever are few; round years, where
  /// there are many.
  var timeTicks: [TimeTick] {
    // As many characters of an ISO 8601 text, and how many labels of that length a phone has room for.
    for (length, most) in [(4, 5), (7, 4), (10, 3), (16, 2)] {
      var begins: [TimeTick] = []
      for (time, position) in zip(series.times, series.positions) {
        let part = String(time.prefix(time.hasPrefix("-") ? length + 1 : length))
        if begins.last?.label != part {
          begins.append(TimeTick(distance: distance(position), label: part))
        }
      }
      guard begins.count > 2 || length == 16 else { continue }
      return Self.few(begins, most: most, areYears: length == 4)
        .map { TimeTick(distance: $0.distance, label: $0.label.replacing("T", with: " ")) }
    }
    return []
  }

  private static func few(_ begins: [TimeTick], most: Int, areYears: Bool) -> [TimeTick] {
    guard begins.count > most else { return begins }
    if areYears {
      for step in [2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000] {
        let round = begins.filter { (Int($0.label) ?? 1) % step == 0 }
        if (2...most).contains(round.count) { return round }
      }
    }
    let step = (begins.count + most - 1) / most
    return begins.enumerated().filter { $0.offset % step == 0 }.map(\.element)
  }

  // MARK: The line

  /// The line, broken where values are missing; single values are dots.
  private func path(_ ends: ClosedRange<Double>) -> String {
    var path = ""
    var isDrawing = false
    func text(_ number: Double) -> String {
      let rounded = (number * 10).rounded() / 10
      return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
    let points = thinned
    for (index, point) in points.enumerated() {
      guard point.value.isFinite else {
        isDrawing = false
        continue
      }
      let x = text(distance(point.position) * Self.width)
      let y = text(depth(point.value, in: ends) * Self.height)
      let isAlone =
        !isDrawing && (index + 1 == points.count || !points[index + 1].value.isFinite)
      path += isDrawing ? "L\(x) \(y)" : "M\(x) \(y)"
      if isAlone { path += "h0" }
      isDrawing = true
    }
    return path
  }

  /// The values to draw: all, or of each column the smallest, the largest and whether one is missing.
  private var thinned: [(position: Double, value: Double)] {
    let all = zip(series.positions, series.values).map { (position: $0, value: $1) }
    guard all.count > 2 * Self.columns else { return all }
    var kept: [(position: Double, value: Double)] = []
    var start = 0
    while start < all.count {
      let column = Int(distance(all[start].position) * Double(Self.columns))
      var end = start
      while end < all.count, Int(distance(all[end].position) * Double(Self.columns)) == column {
        end += 1
      }
      end = max(end, start + 1)
      let part = all[start..<end]
      let known = part.filter(\.value.isFinite)
      if let low = known.min(by: { $0.value < $1.value }),
        let high = known.max(by: { $0.value < $1.value })
      {
        kept += low.position <= high.position ? [low, high] : [high, low]
      } else if let first = part.first {
        kept.append(first)
      }
      start = end
    }
    return kept
  }

  // MARK: Writing

  /// What the picture says, in words.
  var words: String {
    let what = "\(title) at \(place)"
    let from = series.times.first.map(EmbedPicture.words) ?? ""
    let to = series.times.last.map(EmbedPicture.words) ?? ""
    guard let range = series.range else { return "\(what), \(from) to \(to): no values" }
    let ends = tickLabels([range.lowerBound, range.upperBound])
    let unit = units.map { " \($0)" } ?? ""
    let missing = series.values.count { !$0.isFinite }
    return "\(what), \(from) to \(to): \(series.times.count) times, \(ends[0]) to "
      + "\(ends[1])\(unit)" + (missing > 0 ? ", \(missing) missing" : "")
  }

  /// Writes the picture.
  func write(to writer: inout MarkupWriter) {
    guard let range = series.range else {
      writer.element("p", [MarkupAttribute("class", "absent")], text: words)
      return
    }
    let ends = self.ends(of: range)
    let ticks = niceTicks(in: ends, scale: axis, count: 4)
    let depths = ticks.map { depth($0, in: ends) }
    func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
    writer.start(
      "div",
      [
        MarkupAttribute("class", "plot still"), MarkupAttribute("role", "img"),
        MarkupAttribute("aria-label", words),
      ])
    writer.element(
      "p", [MarkupAttribute("class", "plot-title")],
      text: title + (units.map { ", \($0)" } ?? ""))
    writer.start("div", [MarkupAttribute("class", "plot-area")])
    writer.start("div", [MarkupAttribute("class", "plot-values")])
    for (depth, label) in zip(depths, tickLabels(ticks)) {
      writer.element("span", [MarkupAttribute("style", "top: \(percent(depth))")], text: label)
    }
    writer.end("div")
    writer.start(
      "svg",
      [
        MarkupAttribute("viewBox", "0 0 \(Int(Self.width)) \(Int(Self.height))"),
        MarkupAttribute("preserveAspectRatio", "none"), MarkupAttribute("aria-hidden", "true"),
      ])
    let grid = depths.map { "M0 \(($0 * Self.height).rounded())H\(Int(Self.width))" }
    for (name, d) in [("grid", grid.joined()), ("line", path(ends))] {
      writer.start("path", [MarkupAttribute("class", name), MarkupAttribute("d", d)])
      writer.end("path")
    }
    writer.end("svg")
    writer.start("div", [MarkupAttribute("class", "plot-times")])
    for tick in timeTicks {
      // At the ends words stay within the picture.
      let side = tick.distance < 0.06 ? "start" : tick.distance > 0.94 ? "end" : "middle"
      writer.element(
        "span",
        [
          MarkupAttribute("class", side),
          MarkupAttribute("style", "left: \(percent(tick.distance))"),
        ], text: tick.label)
    }
    writer.end("div")
    writer.end("div")
    writer.end("div")
  }
}
