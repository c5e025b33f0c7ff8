import Cubes
import Images
import Pages
import Pyramids

/// The part of a dataset's page that is about one variable.
struct VariableSection {
  let dataset: BuiltDataset
  let variable: BuiltVariable
  /// Its place among the variables of the page.
  let number: Int
  let root: String

  var context: PageValue {
    var context: [String: PageValue] = [
      "variableKey": .text(variable.key), "variableName": .text(variable.name),
      "variableTitle": .text(variable.title), "variableUnits": .optional(variable.shownUnits),
      "variableHref": .text(
        ViewerLink(dataset: dataset, variable: variable.key).href(root: root)),
      "variableCube": .optional(
        dataset.cubes.contains { $0.key == variable.key }
          ? CubeLink(dataset: dataset, variable: variable).href(root: root) : nil),
      "variablePaper": .optional(variable.paperCubePDF.map { root + $0 }),
      "standardName": .optional(variable.standardName),
      "variableThumbnail": .optional(
        variable.styles.lazy.compactMap(\.thumbnail).first.map { root + $0 }),
      "dimensions": .list(variable.dimensions.map(dimension)),
      "manyStyles": .flag(variable.styles.count > 1),
      "styles": .list(variable.styles.map(style)),
    ]
    if let text = variable.description {
      context["variableProse"] = ["proseBlocks": Prose.blocks(text)]
    }
    if let measured = variable.measured {
      let unit = variable.shownUnits.map { " \($0)" } ?? ""
      let (low, high) = (Words.value(measured.minimum), Words.value(measured.maximum))
      let about = measured.sampled ? "about " : ""
      context["measured"] = [
        "measuredRange": .text("\(about)\(low) to \(high)\(unit)"),
        "missingShare": .text(
          (measured.missingShare > 0 && measured.missingShare < 1 ? about : "")
            + Words.share(measured.missingShare)),
      ]
    }
    if let histogram = variable.histogram, let style = variable.styles.first?.style {
      context["histogram"] =
        HistogramDrawing(
          histogram: histogram, style: style, variable: variable, number: number
        ).context
    }
    if let flags = variable.flags {
      context["flags"] = [
        "flagSummary": .text("\(flags.entries.count) flags and their meanings"),
        "flagRows": .list(
          flags.entries.map { entry in
            [
              "flagValue": .text(Words.value(entry.value)),
              "flagMeaning": .text(entry.meaning.replacing("_", with: " ")),
            ]
          }),
      ]
    }
    return .table(context)
  }

  private func style(_ style: BuiltStyle) -> PageValue {
    [
      "legend": .text(root + style.legendSVG), "legendWidth": .number(style.legendWidth),
      "legendHeight": .number(style.legendHeight), "styleTitle": .text(style.style.title),
    ]
  }

  private func dimension(_ dimension: TileDimension) -> PageValue {
    let unit = dimension.units.map { " \(UnitText.pretty($0))" } ?? ""
    let text: String
    if dimension.isTime, let first = dimension.values.first, let last = dimension.values.last {
      let count = dimension.values.count
      let period = Words.period(TimeRange(first: first, last: last, count: count))
      text = count == 1 ? period : "\(Words.grouped(count)) steps, \(period)"
    } else if dimension.values.count <= 4 {
      text = dimension.values.map { $0 + unit }.joined(separator: ", ")
    } else {
      let (first, last) = (dimension.values.first ?? "", dimension.values.last ?? "")
      text = "\(Words.grouped(dimension.values.count)) from \(first) to \(last)\(unit)"
    }
    return ["dimensionTitle": .text(dimension.title), "dimensionText": .text(text)]
  }
}

/// How often values of a variable occur, as bars in the colours of its first style.
struct HistogramDrawing {
  let histogram: ValueHistogram
  let style: Style
  let variable: BuiltVariable
  let number: Int

  private static let barCount = 64
  private static let height = 48.0

  var context: PageValue {
    let bars = self.bars
    let most = Double(max(bars.max() ?? 0, 1))
    let path = bars.enumerated().map { index, count in
      let top = count > 0 ? max(1, Double(count) / most * Self.height) : 0
      return
        "M\(index * 4) \(Int(Self.height))v-\(Words.coordinate(top))h3.4v\(Words.coordinate(top))z"
    }.joined()
    let colours = style.colourMap.colours
    let stops = (0...8).map { stop -> PageValue in
      let colour = colours[min(colours.count - 1, stop * (colours.count - 1) / 8)]
      return [
        "stopAt": .text(Words.coordinate(Double(stop) / 8)),
        "stopColour": .text(String(colour.hex.prefix(7))),
      ]
    }
    let all = histogram.counts.reduce(0, +) + histogram.below + histogram.above
    let outside = histogram.below + histogram.above
    let edges = histogram.edges
    let unit = variable.shownUnits.map { " \($0)" } ?? ""
    return [
      "histogramPath": .text(path), "histogramID": .text("histogram-\(number)"),
      "histogramStops": .list(stops),
      "histogramLabel": .text(
        "Histogram of \(variable.title) from \(Words.value(edges.first ?? 0)) to "
          + "\(Words.value(edges.last ?? 0))\(unit)"),
      "histogramLow": .text(Words.value(edges.first ?? 0)),
      "histogramMiddle": .text(Words.value(edges[edges.count / 2])),
      "histogramHigh": .text(Words.value(edges.last ?? 0) + unit),
      "histogramOutside": .optional(
        outside > 0 ? "\(Words.share(Double(outside) / Double(max(all, 1)))) beyond" : nil),
    ]
  }

  /// The counts in fewer bins.
  private var bars: [Int] {
    let size = max(1, histogram.counts.count / Self.barCount)
    return stride(from: 0, to: histogram.counts.count, by: size).map { start in
      histogram.counts[start..<min(start + size, histogram.counts.count)].reduce(0, +)
    }
  }
}

extension BuiltVariable {
  /// The unit as people read it; `1` says that there is none.
  var shownUnits: String? { units == "1" ? nil : units.map(UnitText.pretty) }
}
