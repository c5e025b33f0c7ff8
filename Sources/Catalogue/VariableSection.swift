import Cubes
import Images
import Pages
import Pyramids

/// The part of a dataset's page that is about one variable.
struct VariableSection {
  let dataset: BuiltDataset
  let variable: BuiltVariable
  let root: String

  var context: PageValue {
    var context: [String: PageValue] = [
      "variableKey": .text(variable.key), "variableName": .text(variable.name),
      "variableTitle": .text(variable.title), "variableUnits": .optional(shownUnits),
      "variableHref": .text(
        ViewerLink(dataset: dataset, variable: variable.key).href(root: root)),
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
      let unit = shownUnits.map { " \($0)" } ?? ""
      let (low, high) = (Words.value(measured.minimum), Words.value(measured.maximum))
      let about = measured.sampled ? "about " : ""
      context["measured"] = [
        "measuredRange": .text("\(about)\(low) to \(high)\(unit)"),
        "missingShare": .text(
          (measured.missingShare > 0 && measured.missingShare < 1 ? about : "")
            + Words.share(measured.missingShare)),
      ]
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

  /// `1` says that there is no unit.
  private var shownUnits: String? {
    variable.units == "1" ? nil : variable.units.map(UnitText.pretty)
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
